package dev.penstock.server.monitoring;

import dev.penstock.monitor.recording.RecordingMemory;
import dev.penstock.server.admin.BaselineRecords;
import dev.penstock.server.store.BaselineChange;
import dev.penstock.server.store.ModelStore;
import dev.penstock.server.store.StoredBaselines;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;

/// Monitoring of no version, with a real record that answers nobody until this is closed, and little patience.
public final class HangingMonitoring implements AutoCloseable {
    /// That whoever asks is to have.
    public static final Duration PATIENCE = Duration.ofMillis(100);

    private final CountDownLatch goOn = new CountDownLatch(1);
    private final Monitoring monitoring;

    /// @param store whoever opened it closes it
    public HangingMonitoring(ModelStore store) {
        monitoring = new Monitoring(
                List::of,
                _ -> true,
                new RecordingMemory(1 << 20),
                WatchedModel.SETTINGS,
                2,
                new Hanging(new SharedRecord(store), goOn),
                null,
                null,
                InstantSource.system(),
                PATIENCE);
    }

    private record Hanging(BaselineRecords record, CountDownLatch goOn) implements BaselineRecords {
        @Override
        public void onChange(Runnable listener) {
            record.onChange(listener);
        }

        @Override
        public <T> T read(Function<StoredBaselines, T> reading) {
            await();
            return record.read(reading);
        }

        @Override
        public long change(
                String model, long revision, BaselineChange change, String who, String action, String detail) {
            await();
            return record.change(model, revision, change, who, action, detail);
        }

        private void await() {
            try {
                goOn.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            }
        }
    }

    public Monitoring monitoring() {
        return monitoring;
    }

    @Override
    public void close() {
        goOn.countDown();
        monitoring.close();
    }
}
