package dev.penstock.core.batching;

import dev.penstock.core.LoadedModel;

/// Whether a model can run rows of several requests together.
public sealed interface Batchability {
    /// It can; the receiver closes `model` when it needs it no longer.
    record Batchable(BatchModel model) implements Batchability {}

    /// It cannot.
    ///
    /// @param reason in words for the model's status: `input 'text' is BYTES, whose rows have no fixed size`
    record Refused(String reason) implements Batchability {}

    /// See [BatchableModel#batchModel].
    static Batchability of(LoadedModel model, ShapeGroup group, int maxRows) {
        return model instanceof BatchableModel batchable
                ? batchable.batchModel(group, maxRows)
                : new Refused("its runtime runs every request alone");
    }
}
