package dev.penstock.monitor.recording;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.penstock.core.ModelKey;
import dev.penstock.core.NanoClock;
import dev.penstock.core.RunObserver;
import dev.penstock.core.RunRows;
import dev.penstock.core.Signature;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiFunction;

/// The recordings of all loaded versions, within one bound on memory. Thread-safe.
public final class Recordings implements RunObserver.Source {
    private static final System.Logger LOG = System.getLogger(Recordings.class.getName());

    private final BiFunction<ModelKey, Map<String, String>, MonitorSettings> settings;
    private final RecordingMemory memory;
    private final NanoClock clock;
    private final ReentrantLock lock = new ReentrantLock();

    @GuardedBy("lock")
    private final List<VersionRecording> open = new ArrayList<>();

    /// @param settings what is monitored of each version, by what its configuration says of watching it
    /// @param memory for all versions; one that finds no room serves without
    /// @param clock times some of the recording
    public Recordings(
            BiFunction<ModelKey, Map<String, String>, MonitorSettings> settings,
            RecordingMemory memory,
            NanoClock clock) {
        this.settings = settings;
        this.memory = memory;
        this.clock = clock;
    }

    @Override
    public RunObserver of(ModelKey key, Signature signature, int writers, Map<String, String> watching) {
        MonitorSettings asked;
        VersionRecording recording;
        try {
            asked = settings.apply(key, watching);
            if (asked.isOff()) {
                return RunObserver.NOBODY;
            }
            recording = new VersionRecording(key, signature, asked, writers, memory, clock);
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, key + " is not monitored", e);
            return RunObserver.NOBODY;
        }
        lock.lock();
        try {
            open.add(recording);
        } finally {
            lock.unlock();
        }
        return new Listed(recording);
    }

    /// A recording that leaves the list when its version is unloaded.
    private final class Listed implements RunObserver {
        private final VersionRecording recording;

        Listed(VersionRecording recording) {
            this.recording = recording;
        }

        @Override
        public void ran(int writer, RunRows run) {
            recording.ran(writer, run);
        }

        @Override
        public void close() {
            recording.close();
            lock.lock();
            try {
                open.remove(recording);
            } finally {
                lock.unlock();
            }
        }
    }

    /// Of every loaded copy of a version, the oldest first: while one is loaded anew there are two of it, which
    /// add up.
    public List<VersionRecording> open() {
        lock.lock();
        try {
            return List.copyOf(open);
        } finally {
            lock.unlock();
        }
    }

    public RecordingMemory memory() {
        return memory;
    }
}
