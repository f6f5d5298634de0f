package dev.penstock.server.source.fetch;

import dev.penstock.server.source.Fetched;

/// One kind of place. Thread-safe; blocks.
@FunctionalInterface
interface Source {
    /// @throws dev.penstock.server.source.FetchException if it cannot be had
    Fetched fetch(String uri, Intake intake);
}
