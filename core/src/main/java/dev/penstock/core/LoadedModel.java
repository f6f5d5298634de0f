package dev.penstock.core;

import java.util.List;

/// A model in memory. Thread-safe; owns its sessions and runners.
///
/// Closed by its owner when nobody holds a lease any more: closing what still runs would take the process down.
public interface LoadedModel extends AutoCloseable {
    ModelKey key();

    /// As the file itself says it, without any configuration laid over it.
    Signature signature();

    /// The runner of one thread, made at the first call. Each index belongs to one thread.
    ///
    /// @param index from 0 up to the order's `runners`
    Runner runner(int index);

    /// How many threads share one run.
    default int threadsPerRun() {
        return 1;
    }

    /// Whether it was found to answer rows alike alone and among others, so that they run together.
    default RowSharing rowSharing() {
        return RowSharing.ALONE;
    }

    /// What a person should know of how it is run: why its requests are not batched, say. May change.
    default List<String> remarks() {
        return List.of();
    }

    /// Closes every runner and session. Not while a runner runs.
    @Override
    void close();
}
