package dev.penstock.server.rest;

import dev.penstock.server.fast.ByteBudget;

/// What all connections of a port may hold together: bodies that arrive or wait for their outcome, and answers that
/// their callers do not take. Thread-safe.
final class HeldMemory {
    /// Of what the JVM may use for buffers.
    private static final int SHARE = 4;

    /// What is said to those for whom there is no room.
    static final String FULL =
            "the server holds as many bytes of requests and answers as it may (a quarter of its memory); try again later";

    private final ByteBudget budget;
    private final long maxBytes;
    private final int maxBodyBytes;

    HeldMemory(long maxBytes, int maxBodyBytes) {
        this.maxBodyBytes = maxBodyBytes;
        this.budget = new ByteBudget(maxBytes);
        this.maxBytes = maxBytes;
    }

    /// Never less than two of the largest bodies need.
    static HeldMemory of(HttpLimits limits) {
        long share = Runtime.getRuntime().maxMemory() / SHARE;
        return new HeldMemory(Math.max(share, 2L * limits.maxBodyBytes()), limits.maxBodyBytes());
    }

    /// Of one request.
    int maxBodyBytes() {
        return maxBodyBytes;
    }

    ByteBudget budget() {
        return budget;
    }

    /// What is said to those for whom there is no room.
    String refusal() {
        return "the server holds as many bytes of requests and answers as it may, %d (a quarter of its memory); try again later"
                .formatted(maxBytes);
    }
}
