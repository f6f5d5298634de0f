package dev.penstock.router.arms;

import dev.penstock.core.EnumCounters;
import dev.penstock.core.ErrorCode;
import dev.penstock.core.LatencyHistogram;
import dev.penstock.core.ThreadCounts;
import java.util.EnumMap;
import java.util.concurrent.atomic.AtomicLong;

/// What one thread counted of an arm, or all that have no counts of their own.
final class ArmTotals extends ThreadCounts {
    private final EnumMap<AssignmentReason, AtomicLong> reasons = new EnumMap<>(AssignmentReason.class);
    private final LatencyHistogram latency = new LatencyHistogram();
    private final LatencyHistogram latencyOnce = new LatencyHistogram();
    private final LatencyHistogram otherLatency = new LatencyHistogram();
    private final AtomicLong eligibleOnce = new AtomicLong();
    private final EnumMap<Ending, AtomicLong> endings = new EnumMap<>(Ending.class);
    private final EnumMap<Ending, AtomicLong> endingsOnce = new EnumMap<>(Ending.class);
    private final AtomicLong firstExposures = new AtomicLong();

    /// Failures are seldom, or it does not matter what they cost.
    private final EnumCounters<ErrorCode> failures;

    /// @param failures of all threads
    ArmTotals(long owner, EnumCounters<ErrorCode> failures) {
        super(owner);
        this.failures = failures;
        for (AssignmentReason reason : AssignmentReason.values()) {
            reasons.put(reason, new AtomicLong());
        }
        for (Ending ending : Ending.values()) {
            endings.put(ending, new AtomicLong());
            endingsOnce.put(ending, new AtomicLong());
        }
    }

    void assigned(AssignmentReason reason) {
        add(of(reasons, reason), 1);
    }

    void answered(boolean byChance, long nanos) {
        record(byChance ? latency : otherLatency, nanos);
    }

    void answeredOnce(long nanos) {
        record(latencyOnce, nanos);
    }

    /// @param eligible whether it came by chance
    void failed(boolean eligible, ErrorCode code, Ending ending) {
        failures.increment(code);
        if (eligible) {
            add(of(endings, ending), 1);
        }
    }

    void eligibleOnce() {
        add(eligibleOnce, 1);
    }

    void once(Ending ending) {
        add(of(endingsOnce, ending), 1);
    }

    void exposed() {
        add(firstExposures, 1);
    }

    private static <E extends Enum<E>> AtomicLong of(EnumMap<E, AtomicLong> counts, E one) {
        AtomicLong count = counts.get(one);
        if (count == null) {
            throw new AssertionError(one);
        }
        return count;
    }

    long reason(AssignmentReason reason) {
        return of(reasons, reason).getAcquire();
    }

    LatencyHistogram latency() {
        return latency;
    }

    LatencyHistogram latencyOnce() {
        return latencyOnce;
    }

    LatencyHistogram otherLatency() {
        return otherLatency;
    }

    /// Of those that came by chance, but for answers.
    long endings(Ending ending) {
        return of(endings, ending).getAcquire();
    }

    long endingsOnce(Ending ending) {
        return of(endingsOnce, ending).getAcquire();
    }

    long eligibleOnceCount() {
        return eligibleOnce.getAcquire();
    }

    long firstExposures() {
        return firstExposures.getAcquire();
    }
}
