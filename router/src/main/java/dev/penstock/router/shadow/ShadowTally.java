package dev.penstock.router.shadow;

import dev.penstock.core.EnumCounters;
import dev.penstock.core.ErrorCode;
import dev.penstock.core.LatencyHistogram;
import dev.penstock.router.arms.GroupTally;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/// Counts what copies say. Thread-safe, and nobody waits for another: of those who count one serves callers,
/// and another gets a processor last.
public final class ShadowTally {
    private final EnumCounters<ErrorCode> failed = new EnumCounters<>(ErrorCode.class);
    private final EnumCounters<ShadowDrop> dropped = new EnumCounters<>(ShadowDrop.class);
    private final GroupTally disagreements = new GroupTally();
    private final GroupTally failures = new GroupTally();
    private final GroupTally shift = new GroupTally();
    private final GroupTally longer = new GroupTally();
    private final LatencyHistogram primaryRun = new LatencyHistogram();
    private final LatencyHistogram shadowRun = new LatencyHistogram();
    private final AtomicLong incomparable = new AtomicLong();
    private final AtomicLong compared = new AtomicLong();
    private final AtomicLong disagreed = new AtomicLong();
    private final AtomicLongArray table = new AtomicLongArray(ShadowCounts.CLASSES * ShadowCounts.CLASSES);
    private final AtomicLongArray differences = new AtomicLongArray(DifferenceScale.CLASSES);

    public void dropped(ShadowDrop why) {
        dropped.increment(why);
    }

    /// @param group of the unit, 0 to 63
    public void failed(ErrorCode code, int group) {
        failed(code);
        failures.add(group, 1);
    }

    /// Of whichever unit: it is in no group.
    public void failed(ErrorCode code) {
        failed.increment(code);
    }

    /// @param primaryNanos how long the primary's run was; 0 if it had none of its own
    /// @param shadowNanos how long the copy's run had a processor
    /// @param group of the unit, 0 to 63
    public void ran(long primaryNanos, long shadowNanos, int group) {
        if (primaryNanos > 0) {
            longer.add(group, RunRatio.log(primaryNanos, shadowNanos));
            primaryRun.record(primaryNanos);
            shadowRun.record(shadowNanos);
        }
    }

    /// @param group of the unit, 0 to 63
    public void compared(Compared result, int group) {
        failures.add(group, 0);
        if (result.verdict() == Compared.Verdict.INCOMPARABLE) {
            incomparable.incrementAndGet();
            disagreements.add(group, 1);
            return;
        }
        boolean differs = result.verdict() == Compared.Verdict.DISAGREE;
        // Before what is a part of it, as it is read after that.
        compared.incrementAndGet();
        if (differs) {
            disagreed.incrementAndGet();
        }
        disagreements.add(group, differs ? 1 : 0);
        if (Double.isFinite(result.mean())) {
            shift.add(group, result.mean());
        }
        for (Compared.Labels row : result.labels()) {
            table.incrementAndGet(place(row.primary()) * ShadowCounts.CLASSES + place(row.shadow()));
        }
        if (!Double.isNaN(result.largest())) {
            differences.incrementAndGet(DifferenceScale.classOf(result.largest()));
        }
    }

    private static int place(int label) {
        return Math.min(label, ShadowCounts.CLASSES - 1);
    }

    /// Up to now. Of a copy that is being counted meanwhile, some may be in and some not; never more disagree
    /// than were compared.
    public ShadowCounts counts() {
        long differing = disagreed.get();
        return new ShadowCounts(
                compared.get(),
                differing,
                incomparable.get(),
                counts(ErrorCode.class, failed),
                counts(ShadowDrop.class, dropped),
                list(table),
                list(differences),
                disagreements.sums(),
                failures.sums(),
                shift.sums(),
                longer.sums(),
                primaryRun.snapshot(),
                shadowRun.snapshot());
    }

    private static List<Long> list(AtomicLongArray counters) {
        long[] counts = new long[counters.length()];
        for (int i = 0; i < counts.length; i++) {
            counts[i] = counters.get(i);
        }
        return ShadowCounts.list(counts);
    }

    private static <E extends Enum<E>> Map<E, Long> counts(Class<E> type, EnumCounters<E> counters) {
        Map<E, Long> counts = new EnumMap<>(type);
        for (E one : type.getEnumConstants()) {
            if (counters.count(one) > 0) {
                counts.put(one, counters.count(one));
            }
        }
        return counts;
    }
}
