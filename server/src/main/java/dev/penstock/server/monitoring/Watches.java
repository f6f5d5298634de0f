package dev.penstock.server.monitoring;

import dev.penstock.core.ModelKey;
import dev.penstock.monitor.recording.VersionRecording;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Which versions are watched: those that are loaded, and those that sleep. Not thread-safe; waits for nothing.
final class Watches {
    private final MonitoringSettings settings;
    private final Sleepers sleepers;
    private final Baselines baselines;
    private final Function<ModelKey, @Nullable HourSlots> hours;

    private final Map<ModelKey, VersionWatch> watches = new LinkedHashMap<>();
    private final Map<ModelKey, VersionWatch> shown = Collections.unmodifiableMap(watches);

    /// All recordings, and those of each version.
    private List<VersionRecording> listed = List.of();

    private Map<ModelKey, List<VersionRecording>> loaded = Map.of();

    /// Those of which it is not read yet what they are held against: they learn nothing until then.
    private final Set<ModelKey> unread = new HashSet<>();

    /// @param hours in which what came to a version is kept; null if there is no data folder
    Watches(
            MonitoringSettings settings,
            Sleepers sleepers,
            Baselines baselines,
            Function<ModelKey, @Nullable HourSlots> hours) {
        this.settings = settings;
        this.sleepers = sleepers;
        this.baselines = baselines;
        this.hours = hours;
    }

    /// Knows which versions are loaded now.
    ///
    /// @param open their recordings, the oldest first
    /// @param restedMillis when all were looked at that had anything new
    void list(List<VersionRecording> open, long restedMillis, long nowMillis) {
        recall(nowMillis);
        if (open.equals(listed)) {
            return;
        }
        listed = open;
        Map<ModelKey, List<VersionRecording>> byVersion = new LinkedHashMap<>();
        for (VersionRecording recording : open) {
            byVersion.computeIfAbsent(recording.key(), _ -> new ArrayList<>()).add(recording);
        }
        loaded = byVersion;
        keep(restedMillis, nowMillis);
        byVersion.forEach(
                (key, copies) -> watches.computeIfAbsent(key, this::newWatch).load(copies));
    }

    private VersionWatch newWatch(ModelKey key) {
        if (!baselines.areRead(key.name())) {
            unread.add(key);
        }
        return new VersionWatch(key, settings, baselines.assigned(key), new UsualOf(key, shown, hours.apply(key)));
    }

    /// What versions are held against was read meanwhile.
    private void recall(long nowMillis) {
        for (ModelKey key : List.copyOf(unread)) {
            VersionWatch watch = watches.get(key);
            if (watch == null || baselines.areRead(key.name())) {
                unread.remove(key);
                Baseline usual = baselines.assigned(key);
                if (watch != null && usual != null) {
                    watch.hold(usual, nowMillis);
                }
            }
        }
    }

    /// Those that are gone, and are not asleep, are watched no more.
    void keep(long restedMillis, long nowMillis) {
        sleepers.keep(watches, loaded.keySet(), restedMillis, nowMillis);
    }

    /// Learns edges, and what is usual, where it is known that nobody knows that.
    ///
    /// @return a baseline that was learnt just now
    @Nullable
    Baseline learn(VersionWatch watch, long nowMillis) {
        return unread.contains(watch.key()) ? null : watch.learn(nowMillis);
    }

    /// Has a version held against that from now on, if it is watched.
    void hold(ModelKey key, Baseline usual, long nowMillis) {
        unread.remove(key);
        VersionWatch watch = watches.get(key);
        if (watch != null) {
            watch.hold(usual, nowMillis);
        }
    }

    @Nullable
    VersionWatch of(ModelKey key) {
        return watches.get(key);
    }

    Set<ModelKey> keys() {
        return shown.keySet();
    }

    Collection<VersionWatch> all() {
        return shown.values();
    }
}
