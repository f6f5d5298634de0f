package dev.penstock.loadtest.engine;

import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/// What one loop counted, but for what is counted by windows. Written by the loop's thread, read by others
/// after it has ended.
final class Tally {
    static final long MAX_NANOS = TimeUnit.HOURS.toNanos(1);
    static final int DIGITS = 3;

    final Histogram rejectedLatency = newHistogram();
    final Histogram sendLag = newHistogram();

    /// Of what succeeded, from when it was sent.
    final Histogram serviceTime = newHistogram();

    /// Until it was noticed that a request was due.
    final Histogram clientLag = newHistogram();

    /// Of what had to wait for a place in flight.
    final Histogram placeWait = newHistogram();

    /// By code; of [Codes#OK] it stays 0.
    final long[] errors = new long[Codes.COUNT];

    long verified;
    long bytesSent;
    long bytesReceived;

    long cpuNanos;

    /// In an open loop how long the loop had something to do, waiting for a processor included; otherwise its
    /// CPU time. Of several loops that of the busiest.
    long busyNanos;

    /// When the first request that counts was begun, and the last was answered; of those that had any.
    long firstNanos;

    long lastNanos;

    /// Whether there was any that counts.
    boolean begun;

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

    void waitedForPlace(long nanos) {
        placeWait.recordValue(bounded(nanos));
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
        serviceTime.add(other.serviceTime);
        clientLag.add(other.clientLag);
        placeWait.add(other.placeWait);
        for (int code = 0; code < errors.length; code++) {
            errors[code] += other.errors[code];
        }
        verified += other.verified;
        bytesSent += other.bytesSent;
        bytesReceived += other.bytesReceived;
        cpuNanos += other.cpuNanos;
        busyNanos = Math.max(busyNanos, other.busyNanos);
        if (other.begun) {
            firstNanos = begun ? firstNanos + Math.min(0, other.firstNanos - firstNanos) : other.firstNanos;
            lastNanos = begun ? lastNanos + Math.max(0, other.lastNanos - lastNanos) : other.lastNanos;
            begun = true;
        }
    }
}
