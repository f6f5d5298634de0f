package dev.penstock.server.rest;

import dev.penstock.server.fast.ByteBudget;

/// What the connections of a port may hold: bodies that arrive or wait for their outcome, and answers that their
/// callers do not take.
///
/// @param budget of all connections, and of other ports that share it
/// @param maxBodyBytes of one request
record HeldMemory(ByteBudget budget, int maxBodyBytes) {
    /// Of the largest bodies, for a port that shares its budget with no other.
    private static final long BODIES = 64;

    /// For a port that shares its budget with no other, so that it answers when the others are overloaded.
    static HeldMemory ofPort(HttpLimits limits) {
        return new HeldMemory(new ByteBudget(BODIES * limits.maxBodyBytes(), ""), limits.maxBodyBytes());
    }

    String refusal(long bytes) {
        return budget.refusal(bytes);
    }
}
