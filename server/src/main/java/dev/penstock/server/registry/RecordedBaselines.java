package dev.penstock.server.registry;

import dev.penstock.server.admin.BaselineRecords;
import dev.penstock.server.store.Act;
import dev.penstock.server.store.BaselineChange;
import dev.penstock.server.store.StoredBaselines;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/// The baselines of the durable record. Thread-safe.
final class RecordedBaselines implements BaselineRecords {
    private final RecordKeeper keeper;
    private final InstantSource time;
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

    RecordedBaselines(RecordKeeper keeper, InstantSource time) {
        this.keeper = keeper;
        this.time = time;
    }

    @Override
    public void onChange(Runnable listener) {
        listeners.add(listener);
    }

    /// Perhaps something has changed.
    void tell() {
        listeners.forEach(Runnable::run);
    }

    @Override
    public <T> T read(Function<StoredBaselines, T> reading) {
        return keeper.read(store -> reading.apply(store.baselines()));
    }

    @Override
    public long change(String model, long revision, BaselineChange change, String who, String action, String detail) {
        Act act = new Act(who, action, detail, time.instant());
        return keeper.write(store -> store.baselines().change(model, revision, change, act));
    }
}
