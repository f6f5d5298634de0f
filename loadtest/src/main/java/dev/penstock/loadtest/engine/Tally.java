package dev.penstock.loadtest.engine;

import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/// What one loop counted, but for what is counted by windows. Written by the loop's thread, read by others after it has
/// ended.
final class Tally {
    static final long MAX_NANOS = TimeUnit.HOURS.toNanos(1);
    static final int DIGITS = 3;

    final Histogram rejectedLatency = newHistogram();
    final Histogram sendLag = newHistogram();

    /// Until it was noticed that a request was due.
    final Histogram clientLag = newHistogram();

    /// By code; of [Codes#OK] it stays 0.
    final long[] errors = new long[Codes.COUNT];

    long verified;
    long reconnects;
    long bytesSent;
    long bytesReceived;

    long cpuNanos;

    /// When the first request that counts was begun, and the last was answered; of those that had any.
    long firstNanos;

    long lastNanos;

    /// @param code other than [Codes#OK]
    void failed(int code, long nanos) {
        errors[code]++;
        if (Codes.isRejection(code)) {
            rejectedLatency.recordValue(bounded(nanos));
        }
    }

    void noticed(long lagNanos) {
        clientLag.recordValue(bounded(lagNanos));
    }

    void sent(long lagNanos) {
        sendLag.recordValue(bounded(lagNanos));
    }

    static Histogram newHistogram() {
        return new Histogram(MAX_NANOS, DIGITS);
    }

    static long bounded(long nanos) {
        return Math.clamp(nanos, 0, MAX_NANOS);
    }

    void add(Tally other) {
        rejectedLatency.add(other.rejectedLatency);
        sendLag.add(other.sendLag);
        clientLag.add(other.clientLag);
        for (int code = 0; code < errors.length; code++) {
            errors[code] += other.errors[code];
        }
        verified += other.verified;
        reconnects += other.reconnects;
        bytesSent += other.bytesSent;
        bytesReceived += other.bytesReceived;
        cpuNanos += other.cpuNanos;
        firstNanos += Math.min(0, other.firstNanos - firstNanos);
        lastNanos += Math.max(0, other.lastNanos - lastNanos);
    }
}
