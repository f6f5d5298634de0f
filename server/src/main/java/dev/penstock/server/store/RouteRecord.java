package dev.penstock.server.store;

import java.time.Instant;

/// What is recorded of one route. Immutable: a change is a new one.
///
/// @param name that callers know
/// @param revision grows with every change and is never used again, not even by a route of the same name; 0
///     if it is not in the store yet
/// @param generation how often it was written, from 1; 0 if it is not in the store yet
/// @param assignment how often it was changed who belongs to which arm whatever the weights, from 1
/// @param spec what it says, as JSON
/// @param changed when it was written last
/// @param by whom
public record RouteRecord(
        String name, long revision, long generation, long assignment, String spec, Instant changed, String by) {
    /// One that is not in the store yet.
    public static RouteRecord fresh(String name, String spec) {
        return new RouteRecord(name, 0, 0, 1, spec, Instant.EPOCH, "");
    }

    /// With another text, to be written in the place of this.
    ///
    /// @param reassigned whether units change arms that would not by their weights
    public RouteRecord with(String nextSpec, boolean reassigned) {
        return new RouteRecord(
                name, revision, generation, reassigned ? assignment + 1 : assignment, nextSpec, changed, by);
    }
}
