package dev.penstock.core.batching;

import dev.penstock.core.ErrorCode;

/// A request for a model whose inputs have rows of a fixed size: what the batching engine sees of it. Usually pooled
/// by its door. The engine holds it from an accepted offer to its one outcome.
public interface RowsCall {
    /// Rows of every input, at least 1.
    int rows();

    /// On the engine's clock; [dev.penstock.core.InferenceRequest#NO_DEADLINE] when there is none.
    long deadlineNanos();

    /// How long it wants to wait for its run at most, where its model's [dev.penstock.core.QueuePolicy]
    /// allows that; 0 if it does not say.
    default long timeoutNanos() {
        return 0;
    }

    /// Who asks, as a hash: requests of one caller say the same. What waits is run in turns, caller by caller.
    default int caller() {
        return 0;
    }

    /// Whether the caller went away, so that a run would be for nobody. Any thread may ask.
    boolean abandoned();

    /// Copies rows of one input, as little-endian elements, to native memory. The sizes were checked.
    ///
    /// @param input index in the signature
    /// @param firstRow of this request
    /// @param rowCount how many rows from there on
    /// @param toAddress where the first of them goes
    void copyRows(int input, int firstRow, int rowCount, long toAddress);

    /// The answer: rows `firstRow` to `firstRow + rows()` of `outputs`. On any thread; must not block.
    ///
    /// The receiver calls [BatchOutputs#release] exactly once when it has read its rows, on any thread.
    void completed(BatchOutputs outputs, int firstRow);

    /// There is no answer. On any thread; must not block.
    void failed(ErrorCode code, String message);
}
