package dev.penstock.server.memory;

import dev.penstock.core.Check;
import dev.penstock.core.ModelKey;
import java.util.List;

/// What one version in memory holds of it, at one moment.
///
/// @param id of this load of the version: it may be in memory twice
/// @param lastUsedNanos when it was last used; only of those that are [Hold#IDLE] or [Hold#BUSY]
public record Holding(long id, ModelKey key, long bytes, Hold hold, long lastUsedNanos) {
    public Holding {
        Check.argument(bytes >= 0, "bytes of %s: %d (expected: >= 0)", key, bytes);
    }

    /// Whether it can be had.
    public enum Hold {
        /// It stays until somebody wants it to go.
        RESIDENT,
        /// It was loaded when it was asked for, and nobody uses it now.
        IDLE,
        /// The same, and somebody does.
        BUSY,
        /// It goes when what runs is done.
        LEAVING
    }

    /// Of all of them together.
    static long totalBytes(List<Holding> holdings) {
        long bytes = 0;
        for (Holding holding : holdings) {
            bytes += holding.bytes();
        }
        return bytes;
    }
}
