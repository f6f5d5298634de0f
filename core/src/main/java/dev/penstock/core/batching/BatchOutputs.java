package dev.penstock.core.batching;

/// What one run produced, in native memory, shared by the requests of its batch until each has released it.
public interface BatchOutputs {
    /// Where the rows of that output begin; they follow one another without gaps.
    ///
    /// @param output index in the signature
    long address(int output);

    /// Bytes of one row of that output.
    long rowBytes(int output);

    /// How many rows the run had, of all requests together; 0 if nobody knows.
    default int rows() {
        return 0;
    }

    /// When the run that made these began, on the engine's clock.
    long startedNanos();

    /// When it ended.
    long endedNanos();

    /// Since when a thread was there for the first request of the run's batch; if nobody said, when the run
    /// began.
    default long attendedNanos() {
        return startedNanos();
    }

    /// Says so. By whoever put the batch together, before anybody else has these.
    default void attended(long sinceNanos) {}

    /// One request of the batch has read what it needs. Thread-safe.
    void release();
}
