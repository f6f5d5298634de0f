package dev.penstock.core.batching;

import dev.penstock.core.LoadedModel;

/// A loaded model that may be able to run rows of several requests together.
public interface BatchableModel extends LoadedModel {
    /// Tries the model with 1 and with 3 rows, to learn whether each of its outputs has a row for every row of input
    /// and how large that is. Blocks for those runs: for the thread that loads, not for one that serves.
    ///
    /// Thread-safe. What it offers is closed with this model at the latest.
    ///
    /// @param maxRows room for that many rows in each runner
    Batchability batchModel(ShapeGroup group, int maxRows);
}
