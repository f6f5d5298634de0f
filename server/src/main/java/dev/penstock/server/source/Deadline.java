package dev.penstock.server.source;

import java.util.function.Supplier;

/// Until when a fetch may go on: a time, or that nobody wants it any more.
///
/// @param nanos on the clock of whoever fetches
/// @param givenUp why it is not wanted any more, or ""; asked often, from the thread that fetches
public record Deadline(long nanos, Supplier<String> givenUp) {
    /// @throws FetchException with `UNREACHABLE` if it is not wanted any more
    public void checkWanted() {
        String reason = givenUp.get();
        if (!reason.isEmpty()) {
            throw new FetchException(FetchException.Reason.UNREACHABLE, "it was given up: " + reason);
        }
    }
}
