package dev.penstock.router.rollout;

import java.util.List;

/// What a server that does not drive a rollout counted of it since its last one. Immutable.
///
/// @param source the server since its start: what it counted before is of another one
/// @param number 1 for the first one of a source
public record Tally(String source, long number, List<Epoch> epochs) {
    public Tally {
        epochs = List.copyOf(epochs);
    }
}
