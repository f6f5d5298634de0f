package dev.penstock.server.registry;

import dev.penstock.core.NanoClock;
import dev.penstock.router.cache.ResponseCaches;
import java.time.Duration;

/// Response caches for tests that use none.
final class NoCaches {
    private NoCaches() {}

    static ResponseCaches caches() {
        return new ResponseCaches(
                new ResponseCaches.Settings(0, Duration.ZERO, 1),
                (key, failure, rows, queueNanos, runNanos) -> {},
                NanoClock.SYSTEM);
    }
}
