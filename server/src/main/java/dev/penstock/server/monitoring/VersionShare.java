package dev.penstock.server.monitoring;

import dev.penstock.core.ModelKey;
import dev.penstock.monitor.recording.Cumulative;
import dev.penstock.monitor.recording.RecordingMemory;
import dev.penstock.monitor.recording.Replica;
import dev.penstock.monitor.recording.Windows;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What this server shares of one version as long as it counts by one plan, and what it knows of others. Not
/// thread-safe.
final class VersionShare {
    private static final long STEP_MILLIS = MonitoringSettings.SHORT.toMillis();

    private final ModelKey key;
    private final Windows windows;
    private final Replica life;
    private final RecordingMemory memory;

    /// When it was known last what others had counted.
    private final Map<Replica, Long> heard = new HashMap<>();

    private boolean seeded;

    /// Of a life that began since then all was told here.
    private long completeMillis;

    private long seenShared;
    private long step;
    private long hour = Long.MIN_VALUE;
    private long bytes;

    /// @param life of this server, as others know it
    /// @param memory in which what others count has to find room
    VersionShare(ModelKey key, Windows windows, Replica life, RecordingMemory memory) {
        this.key = key;
        this.windows = windows;
        this.life = life;
        this.memory = memory;
        this.step = Math.floorDiv(life.epoch(), STEP_MILLIS);
    }

    boolean isOf(Windows others) {
        return windows == others;
    }

    boolean isSeeded() {
        return seeded;
    }

    /// Gives its memory back.
    void close() {
        memory.release(bytes);
        bytes = 0;
    }

    /// What others are to know now: once in each sub-window in which something came, when it is over.
    ///
    /// @param own all that was counted here since the windows began
    /// @return null if they need not
    CountExchange.@Nullable Out share(Cumulative own, long nowMillis, boolean ending) {
        long now = Math.floorDiv(nowMillis, STEP_MILLIS);
        boolean isNews = own.seen() > seenShared;
        if (!isNews || (now == step && !ending)) {
            step = isNews ? step : now;
            return null;
        }
        long nowHour = Math.floorDiv(nowMillis, HourSlots.HOUR_MILLIS);
        boolean hourly = nowHour != hour;
        step = now;
        hour = nowHour;
        seenShared = own.seen();
        return new CountExchange.Out(key, life, nowMillis, hourly, own);
    }

    /// What was counted before: it is in windows, and nobody looks at it again.
    void past(SharedWindow window) {
        if (seeded || !isOthers(window)) {
            return;
        }
        Cumulative counts = window.by(windows.plan());
        if (hasRoom(window.life()) && windows.putPast(window.life(), counts, window.atMillis())) {
            heard.merge(window.life(), window.atMillis(), Math::max);
        } else {
            completeMillis = Math.max(completeMillis, window.atMillis());
        }
    }

    /// All is known that was told before: a life that is not known has told nothing yet.
    void seeded() {
        seeded = true;
    }

    /// @return whether it is known now
    boolean news(SharedWindow window, long nowMillis) {
        if (!seeded || !isOthers(window)) {
            return false;
        }
        if (!hasRoom(window.life()) || !taken(window, nowMillis)) {
            completeMillis = nowMillis;
            return false;
        }
        heard.merge(window.life(), window.atMillis(), Math::max);
        return true;
    }

    private boolean taken(SharedWindow window, long nowMillis) {
        Replica other = window.life();
        Cumulative counts = window.by(windows.plan());
        if (windows.replicas().contains(other)) {
            return windows.put(other, counts, nowMillis);
        }
        if (other.epoch() < completeMillis || !windows.remembers(other.epoch())) {
            // Nobody knows when it counted that: it may be of days.
            return windows.putPast(other, counts, nowMillis);
        }
        return windows.put(other, Cumulative.zero(windows.plan()), nowMillis) && windows.put(other, counts, nowMillis);
    }

    private boolean isOthers(SharedWindow window) {
        return !window.life().equals(life);
    }

    /// Of lives that left the longest window the memory is given back.
    private boolean hasRoom(Replica other) {
        heard.keySet().retainAll(windows.replicas());
        long each = windows.plan().bytes(0);
        long lives = (long) heard.size() + (heard.containsKey(other) ? 0 : 1);
        long wanted = lives * each;
        if (wanted > bytes && !memory.tryReserve(wanted - bytes)) {
            return false;
        }
        memory.release(Math.max(0, bytes - wanted));
        bytes = wanted;
        return true;
    }

    /// When others knew last what that one had counted; null if it is of this server.
    @Nullable
    Long heardMillis(Replica other) {
        return heard.get(other);
    }

    Replica life() {
        return life;
    }
}
