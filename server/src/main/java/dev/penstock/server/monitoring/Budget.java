package dev.penstock.server.monitoring;

import dev.penstock.core.ModelKey;
import dev.penstock.monitor.recording.Cumulative;
import dev.penstock.monitor.recording.Sampling;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Keeps what recording takes of the processors within bounds: where all rows would take more, fewer are
/// recorded. Not thread-safe.
final class Budget {
    /// How much of a rate is what was seen last; the rest is what it was before.
    private static final double NEWEST_PART = 0.3;

    /// In rows per second: of less it does not matter how many rows are recorded.
    private static final double NOTHING = 0.01;

    private final double nanosPerSecond;

    /// Of all that have counted.
    private final Map<ModelKey, Rate> rates = new HashMap<>();

    /// Those of them that count lately.
    private final Map<ModelKey, VersionWatch> busy = new LinkedHashMap<>();

    private long sharedMillis;

    private record Rate(long seen, double rowsPerSecond) {
        Rate next(long seenNow, double seconds) {
            // A new plan counts from zero.
            double rows = (double) (seenNow < seen ? seenNow : seenNow - seen);
            return new Rate(seenNow, (1 - NEWEST_PART) * rowsPerSecond + NEWEST_PART * rows / seconds);
        }
    }

    private static final Rate NO_RATE = new Rate(0, 0);

    /// @param nanosPerSecond of all processors together
    Budget(double nanosPerSecond) {
        this.nanosPerSecond = nanosPerSecond;
    }

    /// @param looked those of the watched versions that may have counted since this was called last
    /// @param watched all of them
    void share(List<VersionWatch> looked, Set<ModelKey> watched, long nowMillis) {
        rates.keySet().retainAll(watched);
        busy.keySet().retainAll(watched);
        double seconds = (double) (nowMillis - sharedMillis) / 1000;
        sharedMillis = nowMillis;
        for (VersionWatch watch : looked) {
            Cumulative total = watch.total();
            if (total != null) {
                count(watch, total.seen(), seconds);
            }
        }
        Set<VersionWatch> counted = new LinkedHashSet<>(looked);
        for (VersionWatch watch : List.copyOf(busy.values())) {
            Rate before = rates.get(watch.key());
            if (before != null && !counted.contains(watch)) {
                count(watch, before.seen(), seconds);
            }
        }
        share();
    }

    private void count(VersionWatch watch, long seen, double seconds) {
        Rate before = rates.getOrDefault(watch.key(), new Rate(seen, 0));
        Rate now = seconds > 0 ? before.next(seen, seconds) : before;
        rates.put(watch.key(), now);
        if (now.rowsPerSecond() >= NOTHING) {
            busy.put(watch.key(), watch);
        } else if (busy.remove(watch.key()) != null) {
            watch.copies().sample(0);
        }
    }

    private void share() {
        List<VersionWatch> all = List.copyOf(busy.values());
        List<Sampling.Load> loads = new ArrayList<>();
        for (VersionWatch watch : all) {
            Rate rate = rates.getOrDefault(watch.key(), NO_RATE);
            loads.add(new Sampling.Load(
                    rate.rowsPerSecond(),
                    watch.copies().nanosPerRow(),
                    watch.copies().shift()));
        }
        int[] shifts = Sampling.shifts(loads, nanosPerSecond);
        for (int i = 0; i < shifts.length; i++) {
            all.get(i).copies().sample(shifts[i]);
        }
    }
}
