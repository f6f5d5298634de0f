package dev.penstock.loadtest.engine;

import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/// What one loop counted. Written by the loop's thread, read by others after it has ended.
final class Tally {
    private static final long MAX_NANOS = TimeUnit.HOURS.toNanos(1);
    private static final int DIGITS = 3;

    final Histogram latency = new Histogram(MAX_NANOS, DIGITS);
    final Histogram rejectedLatency = new Histogram(MAX_NANOS, DIGITS);
    final Histogram sendLag = new Histogram(MAX_NANOS, DIGITS);

    /// By code; of [Codes#OK] it stays 0.
    final long[] errors = new long[Codes.COUNT];

    long overflowed;
    long verified;
    long reconnects;
    long bytesSent;
    long bytesReceived;

    long cpuNanos;

    /// When the first request that counts was begun, and the last was answered; of those that had any.
    long firstNanos;

    long lastNanos;

    void answered(int code, long nanos) {
        if (code == Codes.OK) {
            latency.recordValue(bounded(nanos));
            return;
        }
        errors[code]++;
        if (Codes.isRejection(code)) {
            rejectedLatency.recordValue(bounded(nanos));
        }
    }

    void sent(long lagNanos) {
        sendLag.recordValue(bounded(lagNanos));
    }

    private static long bounded(long nanos) {
        return Math.clamp(nanos, 0, MAX_NANOS);
    }

    void add(Tally other) {
        latency.add(other.latency);
        rejectedLatency.add(other.rejectedLatency);
        sendLag.add(other.sendLag);
        for (int code = 0; code < errors.length; code++) {
            errors[code] += other.errors[code];
        }
        overflowed += other.overflowed;
        verified += other.verified;
        reconnects += other.reconnects;
        bytesSent += other.bytesSent;
        bytesReceived += other.bytesReceived;
        cpuNanos += other.cpuNanos;
        firstNanos += Math.min(0, other.firstNanos - firstNanos);
        lastNanos += Math.max(0, other.lastNanos - lastNanos);
    }
}
