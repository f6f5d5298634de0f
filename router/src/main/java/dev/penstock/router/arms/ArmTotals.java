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
    private final AtomicLong failed = new AtomicLong();
    private final AtomicLong abandoned = new AtomicLong();
    private final AtomicLong eligibleOnce = new AtomicLong();
    private final AtomicLong failedOnce = new AtomicLong();
    private final AtomicLong abandonedOnce = new AtomicLong();
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
    }

    void assigned(AssignmentReason reason) {
        add(of(reason), 1);
    }

    void answered(boolean byChance, long nanos) {
        record(byChance ? latency : otherLatency, nanos);
    }

    void answeredOnce(long nanos) {
        record(latencyOnce, nanos);
    }

    void failed(boolean eligible, ErrorCode code) {
        failures.increment(code);
        if (eligible) {
            add(code == ErrorCode.CANCELLED ? abandoned : failed, 1);
        }
    }

    void eligibleOnce() {
        add(eligibleOnce, 1);
    }

    void failedOnce() {
        add(failedOnce, 1);
    }

    void abandonedOnce() {
        add(abandonedOnce, 1);
    }

    void exposed() {
        add(firstExposures, 1);
    }

    private AtomicLong of(AssignmentReason reason) {
        AtomicLong count = reasons.get(reason);
        if (count == null) {
            throw new AssertionError(reason);
        }
        return count;
    }

    long reason(AssignmentReason reason) {
        return of(reason).getAcquire();
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

    long failed() {
        return failed.getAcquire();
    }

    long abandoned() {
        return abandoned.getAcquire();
    }

    long eligibleOnceCount() {
        return eligibleOnce.getAcquire();
    }

    long failedOnceCount() {
        return failedOnce.getAcquire();
    }

    long abandonedOnceCount() {
        return abandonedOnce.getAcquire();
    }

    long firstExposures() {
        return firstExposures.getAcquire();
    }
}
