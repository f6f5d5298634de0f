package dev.penstock.core;

import java.util.Map;

/// Sees what a loaded version computes for its callers: neither trial runs nor answers from a cache. Must not
/// throw.
///
/// Every thread that runs the version is a writer of its own, numbered as its [Runner] is, so that whatever it
/// counts needs no other thread.
public interface RunObserver extends AutoCloseable {
    /// Of versions that nobody watches.
    RunObserver NOBODY = (writer, run) -> {};

    /// A run has ended well. Called by the thread that ran it, one call at a time for each writer; what it
    /// takes is taken from the next run.
    ///
    /// @param writer from 0; less than the `writers` this was made for
    void ran(int writer, RunRows run);

    /// The version is unloaded: nothing runs any more.
    @Override
    default void close() {}

    /// Makes the observer of each version. Thread-safe; must not throw.
    interface Source {
        /// Nobody watches anything.
        Source NONE = (key, signature, writers, watching) -> NOBODY;

        /// Of a version that was loaded. What it returns is closed when that copy of the version is unloaded;
        /// another copy may be loaded before.
        ///
        /// @param signature as the file itself says it
        /// @param writers how many threads may run it
        /// @param watching what the model's configuration says of it, by name; what an observer does not know
        ///     is not its business
        RunObserver of(ModelKey key, Signature signature, int writers, Map<String, String> watching);
    }
}
