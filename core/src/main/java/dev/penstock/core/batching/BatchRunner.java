package dev.penstock.core.batching;

/// One thread's buffers for batches of one model. Confined to that thread.
public interface BatchRunner {
    int maxRows();

    /// Where the rows of that input are gathered: room for [#maxRows] rows, one after another.
    long inputAddress(int input);

    /// Whether [#run] would start at once: some set of outputs is free. A thread that releases outputs itself must ask
    /// before it runs, because waiting it would wait for itself.
    boolean hasFreeOutputs();

    /// Runs the first `rows` gathered rows. Blocks, usually inside native code, and before it until an earlier run's
    /// outputs are released if all sets are in use.
    ///
    /// @param holders how often the outputs will be released
    /// @throws dev.penstock.core.ServingException if the model failed; the gathered rows are still there
    BatchOutputs run(int rows, int holders);
}
