package dev.penstock.router.shadow;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.penstock.core.EnumCounters;
import dev.penstock.core.ErrorCode;
import dev.penstock.core.LatencyHistogram;
import dev.penstock.router.arms.GroupTally;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/// Counts what copies say. Thread-safe; [#dropped] never blocks, so that those may call it who serve callers.
public final class ShadowTally {
    private final EnumCounters<ErrorCode> failed = new EnumCounters<>(ErrorCode.class);
    private final EnumCounters<ShadowDrop> dropped = new EnumCounters<>(ShadowDrop.class);
    private final GroupTally disagreements = new GroupTally();
    private final GroupTally shift = new GroupTally();
    private final LatencyHistogram primaryRun = new LatencyHistogram();
    private final LatencyHistogram shadowRun = new LatencyHistogram();
    private final ReentrantLock lock = new ReentrantLock();

    @GuardedBy("lock")
    private long incomparable;

    @GuardedBy("lock")
    private long compared;

    @GuardedBy("lock")
    private long disagreed;

    @GuardedBy("lock")
    private final long[] table = new long[ShadowCounts.CLASSES * ShadowCounts.CLASSES];

    @GuardedBy("lock")
    private final long[] differences = new long[DifferenceScale.CLASSES];

    public void dropped(ShadowDrop why) {
        dropped.increment(why);
    }

    public void failed(ErrorCode code) {
        failed.increment(code);
    }

    /// @param primaryNanos how long the primary's run was; 0 if it had none of its own
    /// @param shadowNanos how long the copy's run had a processor
    public void ran(long primaryNanos, long shadowNanos) {
        if (primaryNanos > 0) {
            primaryRun.record(primaryNanos);
            shadowRun.record(shadowNanos);
        }
    }

    /// @param group of the unit, 0 to 63
    public void compared(Compared result, int group) {
        if (result.verdict() == Compared.Verdict.INCOMPARABLE) {
            lock.lock();
            try {
                incomparable++;
            } finally {
                lock.unlock();
            }
            return;
        }
        boolean differs = result.verdict() == Compared.Verdict.DISAGREE;
        disagreements.add(group, differs ? 1 : 0);
        if (Double.isFinite(result.mean())) {
            shift.add(group, result.mean());
        }
        lock.lock();
        try {
            compared++;
            disagreed += differs ? 1 : 0;
            for (Compared.Labels row : result.labels()) {
                table[place(row.primary()) * ShadowCounts.CLASSES + place(row.shadow())]++;
            }
            if (!Double.isNaN(result.largest())) {
                differences[DifferenceScale.classOf(result.largest())]++;
            }
        } finally {
            lock.unlock();
        }
    }

    private static int place(int label) {
        return Math.min(label, ShadowCounts.CLASSES - 1);
    }

    public ShadowCounts counts() {
        lock.lock();
        try {
            return new ShadowCounts(
                    compared,
                    disagreed,
                    incomparable,
                    counts(ErrorCode.class, failed),
                    counts(ShadowDrop.class, dropped),
                    ShadowCounts.list(table),
                    ShadowCounts.list(differences),
                    disagreements.sums(),
                    shift.sums(),
                    primaryRun.snapshot(),
                    shadowRun.snapshot());
        } finally {
            lock.unlock();
        }
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
