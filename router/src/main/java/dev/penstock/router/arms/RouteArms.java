package dev.penstock.router.arms;

import dev.penstock.core.ModelKey;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The arms of one route that were bound last, each with its history. Not thread-safe: its owner's lock is
/// held.
final class RouteArms {
    /// With a target and a salt each: more than a route has, so that those of the targets before are there
    /// for a while.
    static final int MOST_ARMS = 96;

    private static final int MOST_SALTS = 2;

    /// For each name of an arm: these keep more than their last epoch.
    private static final int MOST_TARGETS = 2;

    /// Whose units are told apart together.
    private record Salt(String assignment, String rollout) {}

    /// What the arms under one salt have together.
    ///
    /// @param windows of those whose shares are dealt often. The others have their own in each epoch: a step
    ///     begins with what comes in it
    private record Together(FirstSeen units, SubWindows windows, PredictionBins bins) {
        static Together begun() {
            return new Together(new FirstSeen(), new SubWindows(), new PredictionBins());
        }
    }

    private record Arm(Salt salt, String name, ModelKey target) {}

    // The maps have at their ends what was bound last.
    private final Map<Arm, ArmHistory> arms = new LinkedHashMap<>();
    private final Map<Salt, Together> salts = new LinkedHashMap<>();

    /// Of the default arm that was bound last.
    private final AtomicReference<@Nullable Circuit> usual = new AtomicReference<>();

    /// Told of arms that get no requests any more.
    private final TripListener listener;

    /// How its rollout dealt; null if nobody said.
    private @Nullable ArmDeals deals;

    /// Whether circuits take nothing away.
    private boolean onlyTells;

    /// An arm that was bound just now.
    ///
    /// @param evicted whether another one is not known any more
    record Bound(ArmHistory history, ArmLedger ledger, boolean evicted) {}

    RouteArms(TripListener listener) {
        this.listener = listener;
    }

    /// @param oftenDealt whether shares are dealt anew all the time
    /// @param nowMillis since 1970
    Bound bind(ArmKey key, boolean candidate, boolean oftenDealt, long nowMillis) {
        Salt salt = new Salt(key.assignment(), key.rollout());
        Together all = bound(salts, salt, MOST_SALTS, Together::begun);
        Arm arm = new Arm(salt, key.arm(), key.target());
        ArmName name = new ArmName(key.route(), key.arm(), key.target());
        boolean evicts = arms.size() == MOST_ARMS && !arms.containsKey(arm);
        ArmHistory history = bound(arms, arm, MOST_ARMS, () -> new ArmHistory(name));
        history.circuit().onlyTell(onlyTells);
        if (!candidate) {
            usual.set(history.circuit());
        }
        forgetEpochs(arm.name());
        ArmLedger ledger = history.at(
                key.epoch(),
                () -> {
                    SubWindows windows = oftenDealt ? all.windows() : new SubWindows();
                    return new ArmLedger(key, candidate, all.units(), windows, all.bins(), usual, history, listener);
                },
                nowMillis);
        tell(history);
        return new Bound(history, ledger, evicts);
    }

    /// See [ArmLedgers#dealt].
    void dealt(ArmDeals now) {
        deals = now;
        arms.values().forEach(this::tell);
    }

    private void tell(ArmHistory history) {
        ArmDeals known = deals;
        if (known != null && known.rollout().equals(history.last().key().rollout())) {
            history.dealt(known);
        }
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

    /// But the last ones of those who were bound last as that arm.
    private void forgetEpochs(String arm) {
        List<ArmHistory> known = arms.values().stream()
                .filter(history -> history.name().arm().equals(arm))
                .toList();
        known.subList(0, Math.max(0, known.size() - MOST_TARGETS)).forEach(ArmHistory::forgetEpochs);
    }

    /// Who was bound last comes last.
    List<ArmHistory> histories() {
        return List.copyOf(arms.values());
    }

    /// For each of the last epochs of each arm.
    Map<ArmKey, ArmCounts> counts() {
        Map<ArmKey, ArmCounts> counts = new LinkedHashMap<>();
        for (ArmHistory history : arms.values()) {
            for (ArmLedger ledger : history.ledgers()) {
                counts.put(ledger.key(), ledger.counts());
            }
            ArmKey last = history.last().key();
            history.unseen().forEach((epoch, told) -> counts.merge(last.at(epoch), told, ArmCounts::plus));
        }
        return counts;
    }

    /// @return [OnceCounts#NONE] if that key is not known
    OnceCounts once(ArmKey key) {
        for (ArmHistory history : arms.values()) {
            for (ArmLedger ledger : history.ledgers()) {
                if (ledger.key().equals(key)) {
                    return ledger.onceSince();
                }
            }
        }
        return OnceCounts.NONE;
    }

    /// Under the salt that was bound last; null if it is not known.
    @Nullable
    ArmLedger last(ArmName name) {
        ArmLedger last = null;
        for (ArmHistory history : arms.values()) {
            if (history.name().equals(name)) {
                last = history.last();
            }
        }
        return last;
    }

    /// See [ArmLedgers#tripReasons].
    Map<ArmName, String> tripReasons(String rollout) {
        Map<ArmName, String> reasons = new LinkedHashMap<>();
        for (ArmHistory history : arms.values()) {
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
    }

    void onlyTell(boolean only) {
        onlyTells = only;
        arms.values().forEach(history -> history.circuit().onlyTell(only));
    }

    /// See [ArmLedgers#rearm].
    void rearm(String arm) {
        for (ArmHistory history : arms.values()) {
            if (history.last().key().arm().equals(arm)) {
                history.circuit().rearm();
            }
            history.ledgers().forEach(ArmLedger::rearm);
        }
        beginAnew(arms.values().stream().flatMap(history -> history.ledgers().stream()));
    }

    /// From now on every bucket counts again.
    void nextSubWindow() {
        beginAnew(arms.values().stream().map(ArmHistory::last));
    }

    /// Once each, also of those that have one together.
    private static void beginAnew(Stream<ArmLedger> ledgers) {
        ledgers.map(ArmLedger::windows).distinct().forEach(SubWindows::next);
    }
}
