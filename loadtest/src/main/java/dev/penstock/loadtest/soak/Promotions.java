package dev.penstock.loadtest.soak;

import java.util.concurrent.atomic.AtomicLongArray;

/// When requests were told to go to which version. Versions follow each other by one. One thread writes, any
/// may ask.
final class Promotions {
    private static final long NEVER = 0;

    private final long epochNanos;
    private final AtomicLongArray ordered;
    private final AtomicLongArray confirmed;

    /// @param versions how many there will be at most
    /// @param nowNanos before anything that is told to this
    Promotions(int versions, long nowNanos) {
        this.epochNanos = nowNanos - 1;
        this.ordered = new AtomicLongArray(versions + 2);
        this.confirmed = new AtomicLongArray(versions + 2);
    }

    /// The server is about to be told.
    void ordered(int version, long nowNanos) {
        ordered.set(version, nowNanos - epochNanos);
    }

    /// The server has said that it is so.
    void confirmed(int version, long nowNanos) {
        confirmed.set(version, nowNanos - epochNanos);
    }

    /// Why a version cannot have answered a request that was under way in that time; empty if it can.
    String objection(long version, long sentNanos, long answeredNanos) {
        if (version < 1 || version > ordered.length() - 2) {
            return "there is no such version";
        }
        long began = ordered.get((int) version);
        if (began == NEVER || began > answeredNanos - epochNanos) {
            return "it was not promoted yet";
        }
        long ended = confirmed.get((int) version + 1);
        if (ended != NEVER && ended < sentNanos - epochNanos) {
            return "the request was sent %d us after version %d had taken over"
                    .formatted((sentNanos - epochNanos - ended) / 1000, version + 1);
        }
        return "";
    }
}
