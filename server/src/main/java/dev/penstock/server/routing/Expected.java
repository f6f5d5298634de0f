package dev.penstock.server.routing;

/// What whoever writes a route has read of it.
public sealed interface Expected {
    /// It was said that the route has this revision.
    record Revision(long revision) implements Expected {}

    /// It was said that it is not there.
    record Absent() implements Expected {}

    /// It was said that it is there, whatever it says.
    record Present() implements Expected {}

    /// Nothing was said: enough for a new route only.
    record Nothing() implements Expected {}
}
