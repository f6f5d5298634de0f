package dev.penstock.server.memory;

import java.util.List;

/// Whether a version fits into memory.
public sealed interface Room {
    /// It does, once those are gone.
    ///
    /// @param leave all [Holding.Hold#IDLE], the least recently used first; empty if it fits beside all others
    record Fits(List<Holding> leave) implements Room {
        public Fits {
            leave = List.copyOf(leave);
        }
    }

    /// Not while others are in use or on their way out; nobody need go until they are not.
    record Later(Shortage shortage) implements Room {}

    /// Not beside what stays.
    record Never(Shortage shortage) implements Room {}
}
