package dev.penstock.router.cache;

import dev.penstock.core.Check;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// How somebody wants a model's answers kept.
///
/// @param maxBytes the most memory that they may take; 0 for a fair share of what all models have together
/// @param ttl how long an answer is given again; zero for as long as there is room, null for what is usual in
///     this process
public record CacheOrder(long maxBytes, @Nullable Duration ttl) {
    public CacheOrder {
        Check.argument(maxBytes >= 0, "maxBytes: %d (expected: >= 0)", maxBytes);
        Check.argument(ttl == null || !ttl.isNegative(), "ttl: %s (expected: >= 0)", String.valueOf(ttl));
    }
}
