package dev.penstock.server.registry;

import dev.penstock.core.Check;
import dev.penstock.core.NanoClock;
import dev.penstock.server.store.LastRead;
import java.time.Duration;

/// What tells this server from others that share its record.
///
/// @param id also after a restart
/// @param patience how long a version is left to the server that is to judge it
/// @param clock that patience is measured with
/// @param lastRead what it goes by where it starts and the record cannot be reached
public record Replica(String id, Duration patience, NanoClock clock, LastRead lastRead) {
    public static final Duration USUAL_PATIENCE = Duration.ofMinutes(1);

    public Replica {
        Check.argument(!id.isEmpty(), "id: '%s' (expected: a name)", id);
        Check.argument(!patience.isNegative(), "patience: %s (expected: >= 0s)", patience);
    }
}
