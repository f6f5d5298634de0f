package dev.penstock.router.arms;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongPredicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// One arm with one target under one salt: its circuit, and its ledgers by epoch, of which the last ones are
/// kept. Not thread-safe.
final class ArmHistory {
    /// What is in epochs before these has long been read, by whoever reads every second.
    static final int MOST_EPOCHS = 16;

    private final ArmName name;
    private final int hash;
    private final Circuit circuit = new Circuit();
    private final ArmPhases phases = new ArmPhases();

    /// In the order in which they were last begun.
    private final Map<Long, ArmLedger> epochs = new LinkedHashMap<>();

    /// The same, for any thread.
    private volatile List<ArmLedger> ledgers = List.of();

    /// When it was bound first; 0 until then.
    private volatile long sinceMillis;

    /// How its rollout dealt, as far as somebody said; for any thread.
    private volatile @Nullable ArmDeals deals;

    /// What is said of answers under shares that were dealt and not seen here, such as before a restart. Any
    /// thread asks.
    private final Map<Long, Told> unseen = new ConcurrentHashMap<>();

    /// Whether an epoch that was counted here is gone: what is said of it is told apart.
    private boolean hasForgotten;

    /// Of epochs that are gone.
    private ArmCounts before = ArmCounts.EMPTY;

    ArmHistory(ArmName name) {
        this.name = name;
        this.hash = ArmName.hash(name.route(), name.arm());
    }

    ArmName name() {
        return name;
    }

    /// As tokens name it.
    int hash() {
        return hash;
    }

    /// When it was bound first, or its rollout began, since 1970.
    long sinceMillis() {
        ArmDeals known = deals;
        return known == null ? sinceMillis : Math.min(sinceMillis, known.sinceMillis());
    }

    /// What rewards count for, as its rollout has it.
    RewardRange range() {
        ArmDeals known = deals;
        return known == null ? RewardRange.UNBOUNDED : known.range();
    }

    /// Its rollout dealt so.
    void dealt(ArmDeals now) {
        deals = now;
        for (long epoch : List.copyOf(unseen.keySet())) {
            if (!now.has(epoch)) {
                forgetUnseen(epoch);
            }
        }
        for (ArmDeals.Shares shares : now.shares()) {
            if (!hasForgotten && !epochs.containsKey(shares.epoch())) {
                unseen.putIfAbsent(shares.epoch(), new Told());
            }
        }
    }

    private void forgetUnseen(long epoch) {
        Told gone = unseen.remove(epoch);
        before = gone == null ? before : before.plus(gone.counts());
    }

    Circuit circuit() {
        return circuit;
    }

    ArmPhases phases() {
        return phases;
    }

    ArmLedger at(long epoch, Supplier<ArmLedger> maker, long nowMillis) {
        if (epochs.isEmpty()) {
            sinceMillis = nowMillis;
        }
        boolean goesOn = !epochs.isEmpty() && last().key().epoch() == epoch;
        ArmLedger known = epochs.remove(epoch);
        ArmLedger ledger = known == null ? maker.get() : known;
        epochs.put(epoch, ledger);
        if (!goesOn) {
            ledgers.forEach(before -> before.ends(nowMillis));
            ledger.begins(nowMillis);
        }
        keep(MOST_EPOCHS);
        return ledger;
    }

    /// But the last one.
    void forgetEpochs() {
        keep(1);
    }

    private void keep(int most) {
        while (epochs.size() > most) {
            ArmLedger oldest = epochs.values().iterator().next();
            before = before.plus(oldest.counts());
            epochs.remove(oldest.key().epoch());
            hasForgotten = true;
            // Counts of one key only grow, until there are none.
            forgetUnseen(oldest.key().epoch());
        }
        ledgers = List.copyOf(epochs.values());
    }

    /// In the order in which they were last begun. Any thread may ask.
    List<ArmLedger> ledgers() {
        return ledgers;
    }

    /// What was said of answers under shares that were not seen here, by epoch.
    Map<Long, ArmCounts> unseen() {
        Map<Long, ArmCounts> counts = new LinkedHashMap<>();
        unseen.forEach((epoch, told) -> {
            if (!told.isEmpty()) {
                counts.put(epoch, told.counts());
            }
        });
        return counts;
    }

    /// Who is told what is said of an answer. Any thread may ask.
    ///
    /// @param minute in which it was given, since 1970
    /// @param weight that the arm had then, in 1/10,000
    /// @return null if nobody knows under which shares that was
    @Nullable
    Told voice(long minute, int weight) {
        ArmDeals known = deals;
        List<ArmDeals.Shares> had = known == null ? List.of() : known.with(name.arm(), weight);
        if (had.isEmpty()) {
            return seen(minute, epoch -> known == null || !known.has(epoch));
        }
        Told seen = seen(minute, epoch -> had.stream().anyMatch(each -> each.epoch() == epoch));
        return seen != null || !ArmDeals.areAlike(had)
                ? seen
                : of(had.getFirst().epoch());
    }

    /// Of shares that changed within the minute the later ones have it.
    private @Nullable Told seen(long minute, LongPredicate mayBe) {
        for (ArmLedger ledger : ledgers.reversed()) {
            if (ledger.isOf(minute) && mayBe.test(ledger.key().epoch())) {
                return ledger.told(false);
            }
        }
        return null;
    }

    private @Nullable Told of(long epoch) {
        for (ArmLedger ledger : ledgers) {
            if (ledger.key().epoch() == epoch) {
                return ledger.told(false);
            }
        }
        return unseen.get(epoch);
    }

    ArmLedger last() {
        return ledgers.getLast();
    }

    /// Of all epochs.
    ArmCounts total() {
        ArmCounts total = before;
        for (ArmLedger ledger : epochs.values()) {
            total = total.plus(ledger.counts());
        }
        for (Told told : unseen.values()) {
            total = total.plus(told.counts());
        }
        return total;
    }
}
