package dev.penstock.core;

/// Elapsed time in nanoseconds, comparable only by subtraction.
@FunctionalInterface
public interface NanoClock {
    /// The one clock of a running program, and the only place that reads it.
    NanoClock SYSTEM = System::nanoTime;

    long nanoTime();
}
