package dev.penstock.server.monitoring;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.ServingException;
import dev.penstock.server.admin.BaselineRecords;
import dev.penstock.server.admin.CountRecords;
import dev.penstock.server.store.Act;
import dev.penstock.server.store.BaselineChange;
import dev.penstock.server.store.CountStore;
import dev.penstock.server.store.ModelStore;
import dev.penstock.server.store.StoredBaselines;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;

/// A real record as one server reaches it, without its registry. Others may have the same store.
final class SharedRecord implements BaselineRecords {
    /// What servers count, reached the same way.
    final CountRecords counts = new CountRecords() {
        @Override
        public <T> T read(Function<CountStore, T> reading) {
            checkReachable();
            return reading.apply(store.counts());
        }

        @Override
        public void write(Consumer<CountStore> writing) {
            checkReachable();
            writing.accept(store.counts());
        }
    };

    private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");

    private final ModelStore store;
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

    /// How often baselines were to be read.
    final AtomicInteger reads = new AtomicInteger();

    /// Whether it can be reached.
    volatile boolean reachable = true;

    /// How often it can be reached before it cannot.
    final AtomicInteger calls = new AtomicInteger(Integer.MAX_VALUE);

    /// @param store whoever opened it closes it
    SharedRecord(ModelStore store) {
        this.store = store;
    }

    /// It may have changed.
    void tell() {
        listeners.forEach(Runnable::run);
    }

    @Override
    public void onChange(Runnable listener) {
        listeners.add(listener);
    }

    @Override
    public <T> T read(Function<StoredBaselines, T> reading) {
        reads.incrementAndGet();
        checkReachable();
        return reading.apply(store.baselines());
    }

    @Override
    public long change(String model, long revision, BaselineChange change, String who, String action, String detail) {
        checkReachable();
        return store.baselines().change(model, revision, change, new Act(who, action, detail, NOON));
    }

    private void checkReachable() {
        if (!reachable || calls.getAndDecrement() <= 0) {
            throw new ServingException(ErrorCode.NOT_READY, "the record is away");
        }
    }
}
