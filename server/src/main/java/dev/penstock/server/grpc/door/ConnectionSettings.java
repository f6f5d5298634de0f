package dev.penstock.server.grpc.door;

import dev.penstock.core.Check;
import java.time.Duration;

/// How long connections may last and how they are looked after; the same on every transport. Zero stands for never
/// where a time is none.
///
/// @param maxAge of a connection, give or take a tenth so that not all end together; then it is told to go
/// @param maxAgeGrace what its calls under way have then; zero is as long as they take
/// @param maxIdle without any call; then it is told to go
/// @param keepAliveTime without a word from the peer; then it is asked for one
/// @param keepAliveTimeout what it has to answer; then the connection is closed
/// @param permitKeepAliveTime between two such questions of a peer; one that goes on asking sooner is cut off
public record ConnectionSettings(
        Duration maxAge,
        Duration maxAgeGrace,
        Duration maxIdle,
        Duration keepAliveTime,
        Duration keepAliveTimeout,
        Duration permitKeepAliveTime) {
    /// Shorter lives would be spent on connecting.
    private static final Duration SHORTEST = Duration.ofSeconds(1);

    public static final ConnectionSettings DEFAULT = new ConnectionSettings(
            Duration.ZERO,
            Duration.ZERO,
            Duration.ZERO,
            Duration.ofMinutes(2),
            Duration.ofSeconds(20),
            Duration.ofSeconds(10));

    public ConnectionSettings {
        checkLongEnough("maxAge", maxAge);
        checkLongEnough("maxIdle", maxIdle);
        checkLongEnough("keepAliveTime", keepAliveTime);
        Check.argument(!maxAgeGrace.isNegative(), "maxAgeGrace: %s (expected: >= 0)", maxAgeGrace);
        Check.argument(keepAliveTimeout.isPositive(), "keepAliveTimeout: %s (expected: > 0)", keepAliveTimeout);
        Check.argument(
                !permitKeepAliveTime.isNegative(), "permitKeepAliveTime: %s (expected: >= 0)", permitKeepAliveTime);
    }

    private static void checkLongEnough(String name, Duration time) {
        Check.argument(
                time.isZero() || time.compareTo(SHORTEST) >= 0, "%s: %s (expected: 0, or at least 1 s)", name, time);
    }
}
