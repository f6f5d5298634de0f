package dev.penstock.loadtest.engine;

/// How much of a request was written.
enum Written {
    ALL,
    /// There is no room, for this request or others.
    FULL,
    /// Others may go on; who makes room for this one puts it back into [Connection#unwritten].
    PARKED
}
