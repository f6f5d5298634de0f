package dev.penstock.router.arms;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.penstock.core.ModelKey;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What is counted of all arms of all routes on this replica. Memory is bounded: by the routes that are kept
/// ([#keep]), and for each by the arms that were bound last. Thread-safe; no request comes here, only to the
/// [ArmObserver]s that were had here.
public final class ArmLedgers implements ArmObservers {
    /// For how long a bucket counts once; docs/rollout-statistics.md says why not for less.
    public static final Duration SUB_WINDOW = Duration.ofMinutes(5);

    /// Arms of one route, with a target and a salt each: more than a route has, so that those of the targets
    /// before are there for a while.
    static final int MOST_ARMS = 96;

    private static final int MOST_SALTS = 2;

    /// For each name of an arm: these keep more than their last epoch.
    private static final int MOST_TARGETS = 2;

    private final TripListener listener;
    private final InstantSource time;
    private final ReentrantLock lock = new ReentrantLock();

    @GuardedBy("lock")
    private final Map<String, Route> routes = new LinkedHashMap<>();

    @GuardedBy("lock")
    private long subWindowNanos;

    private final ArmVoices voices = new ArmVoices();

    /// Whose units are told apart together.
    private record Salt(String assignment, String rollout) {}

    private record Arm(Salt salt, String name, ModelKey target) {}

    /// One route. The maps have at their ends what was bound last.
    private static final class Route {
        private final Map<Arm, ArmHistory> arms = new LinkedHashMap<>();
        private final Map<Salt, FirstSeen> units = new LinkedHashMap<>();
        private final PredictionBins bins = new PredictionBins();

        /// Of the default arm that was bound last.
        private final AtomicReference<@Nullable Circuit> usual = new AtomicReference<>();

        /// Whether circuits take nothing away.
        private boolean onlyTells;

        void onlyTell(boolean only) {
            onlyTells = only;
            arms.values().forEach(history -> history.circuit().onlyTell(only));
        }

        /// But the last ones of those who were bound last as that arm.
        void forgetEpochs(String arm) {
            List<ArmHistory> known = arms.values().stream()
                    .filter(history -> history.name().arm().equals(arm))
                    .toList();
            known.subList(0, Math.max(0, known.size() - MOST_TARGETS)).forEach(ArmHistory::forgetEpochs);
        }
    }

    /// One that takes what is said of an answer whenever that was given.
    ///
    /// @param listener told of arms that get no requests any more
    /// @param nowNanos of the clock that [#tick] will tell
    public ArmLedgers(TripListener listener, long nowNanos) {
        this(listener, nowNanos, InstantSource.fixed(Instant.EPOCH));
    }

    /// @param listener told of arms that get no requests any more
    /// @param nowNanos of the clock that [#tick] will tell
    /// @param time of the clock on the wall, by which answers are dated
    public ArmLedgers(TripListener listener, long nowNanos, InstantSource time) {
        this.listener = listener;
        this.time = time;
        this.subWindowNanos = nowNanos;
    }

    @Override
    public ArmObserver of(ArmKey key, boolean candidate) {
        lock.lock();
        try {
            Route route = routes.computeIfAbsent(key.route(), _ -> new Route());
            Salt salt = new Salt(key.assignment(), key.rollout());
            FirstSeen units = bound(route.units, salt, MOST_SALTS, FirstSeen::new);
            Arm arm = new Arm(salt, key.arm(), key.target());
            ArmName name = new ArmName(key.route(), key.arm(), key.target());
            boolean evicts = route.arms.size() == MOST_ARMS && !route.arms.containsKey(arm);
            ArmHistory history = bound(route.arms, arm, MOST_ARMS, () -> new ArmHistory(name));
            history.circuit().onlyTell(route.onlyTells);
            if (!candidate) {
                route.usual.set(history.circuit());
            }
            route.forgetEpochs(arm.name());
            ArmLedger ledger = history.at(
                    key.epoch(),
                    () -> new ArmLedger(key, candidate, units, route.bins, route.usual, history, listener),
                    time.millis());
            voices.bound(history, ledger);
            if (evicts) {
                voices.keep(histories());
            }
            return ledger;
        } finally {
            lock.unlock();
        }
    }

    @GuardedBy("lock")
    private List<ArmHistory> histories() {
        return routes.values().stream()
                .flatMap(route -> route.arms.values().stream())
                .toList();
    }

    /// What is there for that key, or made for it, as the last of the map; who was bound longest ago is
    /// dropped.
    private static <K, V> V bound(Map<K, V> map, K key, int most, Supplier<V> maker) {
        V known = map.remove(key);
        V value = known == null ? maker.get() : known;
        map.put(key, value);
        if (map.size() > most) {
            map.remove(map.keySet().iterator().next());
        }
        return value;
    }

    @Override
    public void keep(Collection<String> names) {
        lock.lock();
        try {
            routes.keySet().retainAll(names);
            voices.keep(histories());
        } finally {
            lock.unlock();
        }
    }

    /// Begins another sub-window when it is time. About once a second.
    public void tick(long nowNanos) {
        lock.lock();
        try {
            if (nowNanos - subWindowNanos < SUB_WINDOW.toNanos()) {
                return;
            }
            subWindowNanos = nowNanos;
            histories().forEach(history -> history.last().nextSubWindow());
        } finally {
            lock.unlock();
        }
    }

    /// What was counted of a route up to now, for each of the last epochs of each arm; nothing if it is not
    /// known.
    public Map<ArmKey, ArmCounts> counts(String route) {
        lock.lock();
        try {
            Map<ArmKey, ArmCounts> counts = new LinkedHashMap<>();
            for (ArmHistory history : histories(route)) {
                for (ArmLedger ledger : history.ledgers()) {
                    counts.put(ledger.key(), ledger.counts());
                }
            }
            return counts;
        } finally {
            lock.unlock();
        }
    }

    /// What was counted once since the route's arms were armed last ([#rearm]); nothing if that key is not
    /// known.
    public OnceCounts once(ArmKey key) {
        lock.lock();
        try {
            for (ArmHistory history : histories(key.route())) {
                for (ArmLedger ledger : history.ledgers()) {
                    if (ledger.key().equals(key)) {
                        return ledger.onceSince();
                    }
                }
            }
            return OnceCounts.NONE;
        } finally {
            lock.unlock();
        }
    }

    /// What was ever counted of arms that are still known. It only grows.
    public Map<ArmName, ArmCounts> totals() {
        lock.lock();
        try {
            Map<ArmName, ArmCounts> totals = new LinkedHashMap<>();
            for (ArmHistory history : histories()) {
                totals.merge(history.name(), history.total(), ArmCounts::plus);
            }
            return totals;
        } finally {
            lock.unlock();
        }
    }

    /// Where the time of their requests went, since the same beginnings.
    public Map<ArmName, PhaseLatencies> phases() {
        lock.lock();
        try {
            Map<ArmName, PhaseLatencies> phases = new LinkedHashMap<>();
            for (ArmHistory history : histories()) {
                phases.merge(history.name(), history.phases().counts(), PhaseLatencies::plus);
            }
            return phases;
        } finally {
            lock.unlock();
        }
    }

    /// Arms that get no requests here.
    public List<ArmName> tripped() {
        return List.copyOf(trips().keySet());
    }

    @Override
    public Map<ArmName, String> trips() {
        lock.lock();
        try {
            // The same arm with another salt or in another rollout is another one: who was bound last counts.
            Map<ArmName, ArmHistory> last = new LinkedHashMap<>();
            histories().forEach(history -> last.put(history.name(), history));
            Map<ArmName, String> trips = new LinkedHashMap<>();
            last.forEach((name, history) -> {
                if (history.last().tripped()) {
                    trips.put(name, history.circuit().reason());
                }
            });
            return trips;
        } finally {
            lock.unlock();
        }
    }

    /// Why arms of a route get no requests here since that rollout began, or would get none if their guards did
    /// more than tell.
    public Map<ArmName, String> tripReasons(String route, String rollout) {
        lock.lock();
        try {
            Map<ArmName, String> reasons = new LinkedHashMap<>();
            for (ArmHistory history : histories(route)) {
                String reason = history.circuit().reason();
                String begun = history.last().key().rollout();
                // A rollout that an earlier release began is not named in its route.
                boolean isOf = begun.equals(rollout) || begun.isEmpty();
                // Whoever opens it is about to say why.
                if (isOf && history.last().isFaulty() && !reason.isEmpty()) {
                    reasons.put(history.name(), reason);
                }
            }
            return reasons;
        } finally {
            lock.unlock();
        }
    }

    /// Stops giving an arm requests here, for a reason that its counts tell. The default arm goes on.
    ///
    /// @param reason for people
    public void trip(ArmName name, String reason) {
        ArmLedger ledger = last(name);
        if (ledger != null) {
            ledger.trip(reason);
        }
    }

    @Override
    public void onlyTell(String route, boolean only) {
        lock.lock();
        try {
            // None of its arms may have been bound yet.
            Route known = only ? routes.computeIfAbsent(route, _ -> new Route()) : routes.get(route);
            if (known != null) {
                known.onlyTell(only);
            }
        } finally {
            lock.unlock();
        }
    }

    /// Lets an arm have its requests again, with any target; failures of before are held against nobody
    /// ([#once]).
    @Override
    public void rearm(String route, String arm) {
        lock.lock();
        try {
            for (ArmHistory history : histories(route)) {
                if (history.last().key().arm().equals(arm)) {
                    history.circuit().rearm();
                }
                history.ledgers().forEach(ArmLedger::rearm);
            }
        } finally {
            lock.unlock();
        }
    }

    /// Who is told what is said of an answer. Waits for nobody.
    ///
    /// @param hash of the arm, as [ArmName#hash] gives it and its token has it
    /// @param target the version that answered
    /// @param minute in which it did, since 1970
    /// @return null if the arm is not known any more, or a rollout began since that minute; of what was
    ///     answered
    ///     under shares that are not kept any more, one that counts it apart ([ArmCounts#lateRewards])
    public @Nullable ArmVoice voice(int hash, ModelKey target, long minute) {
        return voices.of(hash, target, minute);
    }

    /// Under the salt that was bound last.
    private @Nullable ArmLedger last(ArmName name) {
        lock.lock();
        try {
            ArmLedger last = null;
            for (ArmHistory history : histories(name.route())) {
                if (history.name().equals(name)) {
                    last = history.last();
                }
            }
            return last;
        } finally {
            lock.unlock();
        }
    }

    @GuardedBy("lock")
    private List<ArmHistory> histories(String route) {
        Route known = routes.get(route);
        return known == null ? List.of() : List.copyOf(known.arms.values());
    }
}
