package dev.penstock.server.registry;

import dev.penstock.core.Check;
import dev.penstock.core.NanoClock;
import java.time.Duration;

/// What tells this server from others that share its record.
///
/// @param id also after a restart
/// @param patience how long a version is left to the server that is to judge it
/// @param clock that patience is measured with
public record Replica(String id, Duration patience, NanoClock clock) {
    public static final Duration USUAL_PATIENCE = Duration.ofMinutes(1);

    public Replica {
        Check.argument(!id.isEmpty(), "id: '%s' (expected: a name)", id);
        Check.argument(!patience.isNegative(), "patience: %s (expected: >= 0s)", patience);
    }
}
