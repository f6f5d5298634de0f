package dev.penstock.core.batching;

import dev.penstock.core.Check;

/// What may wait for one model, beyond what its own configuration says.
///
/// @param soloRequests requests that run alone
/// @param bytes of the inputs of all that waits; one request may have more
public record QueueBounds(int soloRequests, long bytes) {
    public QueueBounds {
        Check.argument(soloRequests > 0, "soloRequests: %d (expected: > 0)", soloRequests);
        Check.argument(bytes >= 0, "bytes: %d (expected: >= 0)", bytes);
    }
}
