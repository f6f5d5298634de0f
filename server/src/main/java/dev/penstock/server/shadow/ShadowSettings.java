package dev.penstock.server.shadow;

import java.time.Duration;

/// What copies of requests may take.
///
/// @param maxCopies that wait, for all routes together
/// @param maxBytes of them
/// @param maxAge that a copy may wait, from when its request came
public record ShadowSettings(int maxCopies, long maxBytes, Duration maxAge) {
    public static final ShadowSettings STANDARD = new ShadowSettings(1_024, 64L << 20, Duration.ofSeconds(5));

    public ShadowSettings {
        check(maxCopies > 0, "maxCopies", maxCopies);
        check(maxBytes > 0, "maxBytes", maxBytes);
        check(maxAge.isPositive(), "maxAge", maxAge);
    }

    private static void check(boolean holds, String name, Object value) {
        if (!holds) {
            throw new IllegalArgumentException("%s: %s (expected: > 0)".formatted(name, value));
        }
    }
}
