package dev.penstock.server.monitoring;

import dev.penstock.core.ModelKey;
import dev.penstock.monitor.recording.Cumulative;
import dev.penstock.monitor.recording.Sampling;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Keeps what recording takes of the processors within bounds: where all rows would take more, fewer are
/// recorded. Not thread-safe.
final class Budget {
    /// How much of a rate is what was seen last; the rest is what it was before.
    private static final double NEWEST_PART = 0.3;

    private final double nanosPerSecond;
    private final Map<ModelKey, Rate> rates = new HashMap<>();

    private record Rate(long seen, long atMillis, double rowsPerSecond) {
        Rate next(long seenNow, long nowMillis) {
            double seconds = (double) (nowMillis - atMillis) / 1000;
            // A new plan counts from zero.
            double rows = (double) (seenNow < seen ? seenNow : seenNow - seen);
            double mixed = (1 - NEWEST_PART) * rowsPerSecond + NEWEST_PART * rows / seconds;
            return new Rate(seenNow, nowMillis, mixed);
        }
    }

    /// @param nanosPerSecond of all processors together
    Budget(double nanosPerSecond) {
        this.nanosPerSecond = nanosPerSecond;
    }

    void share(Collection<VersionWatch> watches, long nowMillis) {
        rates.keySet()
                .removeIf(key -> watches.stream().noneMatch(watch -> watch.key().equals(key)));
        List<VersionWatch> counted = new ArrayList<>();
        List<Sampling.Load> loads = new ArrayList<>();
        for (VersionWatch watch : watches) {
            Cumulative total = watch.total();
            if (total != null) {
                Rate before = rates.getOrDefault(watch.key(), new Rate(total.seen(), nowMillis, 0));
                Rate now = nowMillis > before.atMillis() ? before.next(total.seen(), nowMillis) : before;
                rates.put(watch.key(), now);
                counted.add(watch);
                loads.add(new Sampling.Load(
                        now.rowsPerSecond(),
                        watch.copies().nanosPerRow(),
                        watch.copies().shift()));
            }
        }
        int[] shifts = Sampling.shifts(loads, nanosPerSecond);
        for (int i = 0; i < shifts.length; i++) {
            counted.get(i).copies().sample(shifts[i]);
        }
    }
}
