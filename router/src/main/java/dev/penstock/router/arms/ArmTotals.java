package dev.penstock.router.arms;

import dev.penstock.core.EnumCounters;
import dev.penstock.core.ErrorCode;
import dev.penstock.core.LatencyHistogram;
import dev.penstock.core.LatencySnapshot;
import dev.penstock.core.ThreadCounts;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/// What one thread counted of an arm, or all that have no counts of their own.
///
/// A request without a unit is a unit by itself, so whatever counts a unit once has all of these: they are
/// added when somebody reads.
final class ArmTotals extends ThreadCounts {
    private final EnumMap<AssignmentReason, AtomicLong> reasons = counters(AssignmentReason.class);

    // Of requests that came by chance: those of units, and single ones.
    private final LatencyHistogram latencyOfUnits = new LatencyHistogram();
    private final LatencyHistogram latencyOfSingles = new LatencyHistogram();
    private final EnumMap<Ending, AtomicLong> endingsOfUnits = counters(Ending.class);
    private final EnumMap<Ending, AtomicLong> endingsOfSingles = counters(Ending.class);

    // Of units only.
    private final LatencyHistogram latencyOnce = new LatencyHistogram();
    private final EnumMap<Ending, AtomicLong> endingsOnce = counters(Ending.class);
    private final AtomicLong eligibleOnce = new AtomicLong();
    private final AtomicLong firstExposures = new AtomicLong();

    private final LatencyHistogram otherLatency = new LatencyHistogram();

    /// Failures are seldom, or it does not matter what they cost.
    private final EnumCounters<ErrorCode> failures;

    /// @param failures of all threads
    ArmTotals(long owner, EnumCounters<ErrorCode> failures) {
        super(owner);
        this.failures = failures;
    }

    private static <E extends Enum<E>> EnumMap<E, AtomicLong> counters(Class<E> type) {
        EnumMap<E, AtomicLong> counters = new EnumMap<>(type);
        for (E constant : type.getEnumConstants()) {
            counters.put(constant, new AtomicLong());
        }
        return counters;
    }

    private static <E extends Enum<E>> AtomicLong of(EnumMap<E, AtomicLong> counters, E one) {
        AtomicLong counter = counters.get(one);
        if (counter == null) {
            throw new AssertionError(one);
        }
        return counter;
    }

    void assigned(AssignmentReason reason) {
        add(of(reasons, reason), 1);
    }

    void answered(AssignmentReason reason, long nanos) {
        record(latency(reason), nanos);
    }

    private LatencyHistogram latency(AssignmentReason reason) {
        return switch (reason) {
            case HASH -> latencyOfUnits;
            case RANDOM -> latencyOfSingles;
            case OVERRIDE, NO_MATCH, NOT_READY, TRIPPED, FALLBACK -> otherLatency;
        };
    }

    void failed(AssignmentReason reason, ErrorCode code) {
        failures.increment(code);
        if (reason.byChance()) {
            boolean single = reason == AssignmentReason.RANDOM;
            add(of(single ? endingsOfSingles : endingsOfUnits, Ending.of(code)), 1);
        }
    }

    /// A unit was asked for whose bucket was not yet.
    void eligibleOnce() {
        add(eligibleOnce, 1);
    }

    /// The same, and answered.
    void answeredOnce(long nanos) {
        record(latencyOnce, nanos);
    }

    /// A unit's request ended in that way as none of its bucket did yet.
    void once(Ending ending) {
        add(of(endingsOnce, ending), 1);
    }

    /// A unit came that was not seen before.
    void exposed() {
        add(firstExposures, 1);
    }

    /// Of some threads together: all but failures by code, and what others say of answers.
    static ArmCounts.Builder sum(List<ArmTotals> all) {
        Map<AssignmentReason, Long> reasons = new EnumMap<>(AssignmentReason.class);
        for (AssignmentReason reason : AssignmentReason.values()) {
            long count = sum(all, one -> one.reason(reason));
            if (count > 0) {
                reasons.put(reason, count);
            }
        }
        LatencySnapshot singles = latency(all, one -> one.latencyOfSingles);
        // Before those of all answers, which are counted first: so these are never more.
        LatencySnapshot once = latency(all, one -> one.latencyOnce).plus(singles);
        LatencySnapshot byChance = latency(all, one -> one.latencyOfUnits).plus(singles);
        return new ArmCounts.Builder()
                .reasons(reasons)
                .latency(byChance, latency(all, one -> one.otherLatency))
                .latencyOnce(once)
                .failed(sum(all, one -> one.endings(Ending.FAILED)))
                .abandoned(sum(all, one -> one.endings(Ending.ABANDONED)))
                .refused(sum(all, one -> one.endings(Ending.REFUSED)))
                .once(once(all))
                .firstExposures(sum(all, one -> one.firstExposures.getAcquire() + one.singles()));
    }

    static OnceCounts once(List<ArmTotals> all) {
        // Before the eligible ones, which are counted first: so these are never more.
        long failed = sum(all, one -> one.endingsOnce(Ending.FAILED));
        long abandoned = sum(all, one -> one.endingsOnce(Ending.ABANDONED));
        long refused = sum(all, one -> one.endingsOnce(Ending.REFUSED));
        long eligible = sum(all, one -> one.eligibleOnce.getAcquire() + one.singles());
        return new OnceCounts(eligible, failed, abandoned, refused);
    }

    private long reason(AssignmentReason reason) {
        return of(reasons, reason).getAcquire();
    }

    private long singles() {
        return reason(AssignmentReason.RANDOM);
    }

    /// Of those that came by chance, but for answers.
    private long endings(Ending ending) {
        return of(endingsOfUnits, ending).getAcquire()
                + of(endingsOfSingles, ending).getAcquire();
    }

    private long endingsOnce(Ending ending) {
        return of(endingsOnce, ending).getAcquire()
                + of(endingsOfSingles, ending).getAcquire();
    }

    private static LatencySnapshot latency(List<ArmTotals> all, Function<ArmTotals, LatencyHistogram> histogram) {
        return LatencyHistogram.sum(all.stream().map(histogram).toList());
    }

    private static long sum(List<ArmTotals> all, ToLongFunction<ArmTotals> counter) {
        return all.stream().mapToLong(counter).sum();
    }
}
