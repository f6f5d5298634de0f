package dev.penstock.core.batching;

import dev.penstock.core.ModelKey;
import dev.penstock.core.Shape;
import dev.penstock.core.Signature;

/// A loaded model, for inputs of one shape group, as the batching engine runs it. Thread-safe.
public interface BatchModel extends AutoCloseable {
    ModelKey key();

    /// As the file itself says it.
    Signature signature();

    RowLayout layout();

    /// How many threads share one run.
    default int threadsPerRun() {
        return 1;
    }

    /// Whether a run is the work of the thread that asks for it alone, so that its processor time tells what the run
    /// costs, whatever else the machine does.
    default boolean computesInCaller() {
        return false;
    }

    /// The shape of one row of an output.
    ///
    /// @param output index in the signature
    Shape outputRowShape(int output);

    /// The runner of one thread, made at the first call for its index, which reserves its memory and may load
    /// a session. Any thread may make that call, the loading thread for instance, so that no other has to
    /// wait for it.
    ///
    /// @param index from 0 up to the `runners` of the order that loaded the model. Each belongs to one
    ///     thread: the workers have the first ones, event loops that run models themselves those after them.
    BatchRunner batchRunner(int index);

    /// The same rows with room for another number of them, with runners of its own. It is the caller's to close.
    BatchModel withMaxRows(int maxRows);

    /// Gives the runners' memory back. Not while one runs or anything still reads outputs. Closing a second time does
    /// nothing, and what nobody closes is closed with the model.
    @Override
    void close();
}
