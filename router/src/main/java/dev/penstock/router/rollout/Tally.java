package dev.penstock.router.rollout;

import java.util.List;

/// What a server that does not drive a rollout counted of it since its last one. Immutable.
///
/// @param source the server since its start: what it counted before is of another one
/// @param number 1 for the first one of a source
/// @param sinceMillis when the first of it was counted, since 1970 by that server's clock; 0 if nobody knows
public record Tally(String source, long number, List<Epoch> epochs, long sinceMillis) {
    public Tally {
        epochs = List.copyOf(epochs);
    }
}
