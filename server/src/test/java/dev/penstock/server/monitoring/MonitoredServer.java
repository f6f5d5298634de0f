package dev.penstock.server.monitoring;

import dev.penstock.core.ModelKey;
import dev.penstock.core.RunObserver;
import dev.penstock.core.ServingException;
import dev.penstock.monitor.drift.DriftRules;
import dev.penstock.monitor.recording.Cumulative;
import dev.penstock.monitor.recording.RecordingMemory;
import dev.penstock.monitor.recording.Recordings;
import dev.penstock.server.alerting.TestReceiver;
import dev.penstock.server.store.ModelStore;
import dev.penstock.server.store.SlowDiskException;
import java.time.Instant;
import java.util.Map;
import java.util.SplittableRandom;

/// One of several servers with one record, that has a version which answers one number. The times are given.
final class MonitoredServer implements AutoCloseable {
    static final ModelKey KEY = new ModelKey("m", 1);
    static final long NOON = 1_800_000_000_000L;

    private static final int ROWS = 100;

    final String name;
    final RecordingMemory memory = new RecordingMemory(16 << 20);
    final SharedRecord record;
    final Monitoring monitoring;

    private final Recordings recordings = new Recordings(
            (_, says) -> ModelOrder.of(says, true, DriftRules.STANDARD).settings(), memory, () -> 0);
    private final RunObserver copy;
    private final SplittableRandom random;
    private long nowMillis;

    /// @param number of it; others answer other numbers
    MonitoredServer(ModelStore store, int number) {
        this(store, "server-" + number, number, NOON);
    }

    MonitoredServer(ModelStore store, String name, int seed, long beginMillis) {
        this.name = name;
        nowMillis = beginMillis;
        random = new SplittableRandom(seed);
        record = new SharedRecord(store);
        monitoring = new Monitoring(
                recordings::open,
                _ -> true,
                memory,
                WatchedModel.SETTINGS,
                2,
                record,
                new Sharing(record.counts, name),
                null,
                () -> Instant.ofEpochMilli(nowMillis));
        copy = recordings.of(KEY, WatchedModel.SIGNATURE, 1, Map.of());
        tick(0);
    }

    void tick(long laterMillis) {
        nowMillis += laterMillis;
        monitoring.tick(nowMillis);
    }

    /// Waits for what it reads and writes, all of which happens in order.
    ///
    /// @return false if that takes longer
    boolean isQuiet() {
        try {
            var _ = monitoring.baselines("m");
            return true;
        } catch (SlowDiskException e) {
            return false;
        } catch (ServingException e) {
            // The record is away, which is known by then.
            return true;
        }
    }

    long nowMillis() {
        return nowMillis;
    }

    Watched watched() {
        return monitoring.watched(KEY);
    }

    /// That it counts by.
    String plan() {
        Cumulative total = watched().total();
        return total == null ? "" : total.plan().id();
    }

    /// Within some seconds.
    void serve(int rows, double mean) {
        for (int done = 0; done < rows; done += ROWS) {
            float[] values = new float[ROWS];
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) (mean + random.nextGaussian());
            }
            copy.ran(0, new Answers(values));
            tick(1_000);
        }
    }

    void serveUntilWatching(double mean) {
        TestReceiver.await(
                () -> {
                    serve(ROWS, mean);
                    return watched().phase() == Watched.Phase.WATCHING;
                },
                "learnt");
    }

    @Override
    public void close() {
        monitoring.close();
    }
}
