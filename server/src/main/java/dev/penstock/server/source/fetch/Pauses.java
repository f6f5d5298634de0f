package dev.penstock.server.source.fetch;

/// What is done between two tries.
@FunctionalInterface
public interface Pauses {
    /// Waits twice as long each time, from 200 ms on.
    Pauses DOUBLING = attempt -> Thread.sleep(200L << Math.min(attempt, 6));

    /// @param attempt how many failed in a row, from 0
    void pause(int attempt) throws InterruptedException;
}
