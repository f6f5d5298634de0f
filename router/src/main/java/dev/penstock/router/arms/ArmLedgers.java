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
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// What is counted of all arms of all routes on this replica. Memory is bounded: by the routes that are kept
/// ([#keep]), and for each by the arms that were bound last ([RouteArms]). Thread-safe; no request comes
/// here, only to the [ArmObserver]s that were had here.
public final class ArmLedgers implements ArmObservers {
    /// For how long a bucket counts once; docs/rollout-statistics.md says why not for less.
    public static final Duration SUB_WINDOW = Duration.ofMinutes(5);

    private final TripListener listener;
    private final InstantSource time;
    private final ReentrantLock lock = new ReentrantLock();

    @GuardedBy("lock")
    private final Map<String, RouteArms> routes = new LinkedHashMap<>();

    @GuardedBy("lock")
    private long subWindowNanos;

    private final ArmVoices voices = new ArmVoices();

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
        return of(key, candidate, false);
    }

    @Override
    public ArmObserver ofOftenDealt(ArmKey key, boolean candidate) {
        return of(key, candidate, true);
    }

    private ArmObserver of(ArmKey key, boolean candidate, boolean oftenDealt) {
        lock.lock();
        try {
            RouteArms arms = routes.computeIfAbsent(key.route(), _ -> new RouteArms(listener));
            RouteArms.Bound bound = arms.bind(key, candidate, oftenDealt, time.millis());
            voices.bound(bound.history(), bound.ledger());
            if (bound.evicted()) {
                voices.keep(histories());
            }
            return bound.ledger();
        } finally {
            lock.unlock();
        }
    }

    @GuardedBy("lock")
    private List<ArmHistory> histories() {
        return routes.values().stream()
                .flatMap(arms -> arms.histories().stream())
                .toList();
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
            routes.values().forEach(RouteArms::nextSubWindow);
        } finally {
            lock.unlock();
        }
    }

    /// What was counted of a route up to now, for each of the last epochs of each arm; nothing if it is not
    /// known.
    public Map<ArmKey, ArmCounts> counts(String route) {
        lock.lock();
        try {
            RouteArms known = routes.get(route);
            return known == null ? Map.of() : known.counts();
        } finally {
            lock.unlock();
        }
    }

    /// What was counted once since the route's arms were armed last ([#rearm]); nothing if that key is not
    /// known.
    public OnceCounts once(ArmKey key) {
        lock.lock();
        try {
            RouteArms known = routes.get(key.route());
            return known == null ? OnceCounts.NONE : known.once(key);
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
            RouteArms known = routes.get(route);
            return known == null ? Map.of() : known.tripReasons(rollout);
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
            RouteArms known = only ? routes.computeIfAbsent(route, _ -> new RouteArms(listener)) : routes.get(route);
            if (known != null) {
                known.onlyTell(only);
            }
        } finally {
            lock.unlock();
        }
    }

    /// How a rollout dealt, in the place of what was told of its route before: what is said of answers counts
    /// by that, also where it was dealt before this replica was there.
    public void dealt(String route, ArmDeals deals) {
        lock.lock();
        try {
            routes.computeIfAbsent(route, _ -> new RouteArms(listener)).dealt(deals);
        } finally {
            lock.unlock();
        }
    }

    /// Arms of a route are compared with each other from now on, and no others: what is said of one counts only
    /// while all of them can be spoken of ([#isAwaited]).
    ///
    /// @param arms none if nothing is compared any more
    /// @param sinceMillis since 1970: what was answered before is compared with nothing
    public void compares(String route, Set<String> arms, long sinceMillis) {
        voices.compares(route, arms, sinceMillis);
    }

    /// Whether an arm is compared with one, or is one itself, that cannot be spoken of now. Waits for nobody.
    ///
    /// @param hash of the arm, as for [#voice]
    /// @param minute in which it answered, since 1970
    /// @param absent whether nobody can speak of a version for the moment
    public boolean isAwaited(int hash, long minute, Predicate<ModelKey> absent) {
        return voices.isAwaited(hash, minute, absent);
    }

    /// Lets an arm have its requests again, with any target; failures of before are held against nobody
    /// ([#once]).
    @Override
    public void rearm(String route, String arm) {
        lock.lock();
        try {
            RouteArms known = routes.get(route);
            if (known != null) {
                known.rearm(arm);
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
    /// @param weight that the arm had then, in 1/10,000
    /// @return null if the arm is not known any more, or a rollout began since that minute; of what was
    ///     answered under shares that are not kept any more, one that counts it apart
    ///     ([ArmCounts#lateRewards])
    public @Nullable ArmVoice voice(int hash, ModelKey target, long minute, int weight) {
        return voices.of(hash, target, minute, weight);
    }

    /// Under the salt that was bound last.
    private @Nullable ArmLedger last(ArmName name) {
        lock.lock();
        try {
            RouteArms known = routes.get(name.route());
            return known == null ? null : known.last(name);
        } finally {
            lock.unlock();
        }
    }
}
