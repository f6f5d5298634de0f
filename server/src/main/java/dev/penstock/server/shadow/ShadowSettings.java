package dev.penstock.server.shadow;

import java.time.Duration;

/// What copies of requests may take.
///
/// @param maxCopies that wait, for all routes together
/// @param maxBytes of them
/// @param maxAge that a copy may wait, from when its request came
/// @param cpuShare of one processor that asking shadows may take, above 0 and up to 1
public record ShadowSettings(int maxCopies, long maxBytes, Duration maxAge, double cpuShare) {
    public ShadowSettings {
        check(maxCopies > 0, "maxCopies", maxCopies, "> 0");
        check(maxBytes > 0, "maxBytes", maxBytes, "> 0");
        check(maxAge.isPositive(), "maxAge", maxAge, "> 0");
        check(cpuShare > 0 && cpuShare <= 1, "cpuShare", cpuShare, "> 0 and <= 1");
    }

    private static void check(boolean holds, String name, Object value, String expected) {
        if (!holds) {
            throw new IllegalArgumentException("%s: %s (expected: %s)".formatted(name, value, expected));
        }
    }
}
