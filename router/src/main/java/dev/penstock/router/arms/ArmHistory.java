package dev.penstock.router.arms;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

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

    long sinceMillis() {
        return sinceMillis;
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
        }
        ledgers = List.copyOf(epochs.values());
    }

    /// In the order in which they were last begun. Any thread may ask.
    List<ArmLedger> ledgers() {
        return ledgers;
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
        return total;
    }
}
