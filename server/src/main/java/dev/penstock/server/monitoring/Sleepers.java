package dev.penstock.server.monitoring;

import dev.penstock.core.ModelKey;
import dev.penstock.monitor.recording.RecordingMemory;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/// Versions that left memory until somebody asks for them. They are watched on: they have the windows, the
/// baseline and the alert that they had, within the memory of recordings. Not thread-safe.
final class Sleepers {
    /// Of more, those that fell asleep first are forgotten.
    private static final int MOST = 256;

    private final Predicate<ModelKey> serving;
    private final RecordingMemory memory;

    /// The bytes that are reserved for each, in the order in which they fell asleep.
    private final Map<ModelKey, Long> bytes = new LinkedHashMap<>();

    /// @param serving whether a version may be asked for, loaded or not
    Sleepers(Predicate<ModelKey> serving, RecordingMemory memory) {
        this.serving = serving;
        this.memory = memory;
    }

    /// Takes out those that are neither loaded nor asleep, and those that find no room.
    ///
    /// @param restedMillis when all were looked at that had anything new
    void keep(Map<ModelKey, VersionWatch> watches, Set<ModelKey> loaded, long restedMillis, long nowMillis) {
        for (ModelKey key : List.copyOf(bytes.keySet())) {
            if (loaded.contains(key) || !serving.test(key)) {
                forget(key);
            }
        }
        for (VersionWatch watch : List.copyOf(watches.values())) {
            ModelKey key = watch.key();
            if (!loaded.contains(key) && !bytes.containsKey(key)) {
                // What its last copy counted last.
                watch.load(List.of());
                watch.rest(restedMillis);
                watch.observe(nowMillis);
                if (!fallsAsleep(watch)) {
                    watches.remove(key);
                    watch.close();
                }
            }
        }
        while (bytes.size() > MOST) {
            ModelKey first = bytes.keySet().iterator().next();
            forget(first);
            VersionWatch forgotten = watches.remove(first);
            if (forgotten != null) {
                forgotten.close();
            }
        }
    }

    private boolean fallsAsleep(VersionWatch watch) {
        long reserved = watch.bytesAsleep();
        boolean kept = watch.hasCounts() && serving.test(watch.key()) && memory.tryReserve(reserved);
        if (kept) {
            bytes.put(watch.key(), reserved);
        }
        return kept;
    }

    private void forget(ModelKey key) {
        Long reserved = bytes.remove(key);
        memory.release(reserved == null ? 0 : reserved);
    }
}
