package dev.penstock.core.batching;

import org.jspecify.annotations.Nullable;

/// A lane and what belongs to it: the one of a model whose rows all have the same shape, for callers that make their
/// own [RowsCall]s (see [VersionRows]), or the one of a [ShapeGroup].
///
/// @param inline what event loops run it with, or null if only workers do
/// @param singleRows whether the model is not batched: a lane takes its requests of one row, and those of more
///     rows, which must share a run and could not in this lane, run alone
public record FixedLane(
        Lane lane, BatchModel model, @Nullable InlineVersion inline, boolean singleRows) {
    /// The most rows of one request for the lane.
    public int maxRequestRows() {
        return singleRows ? 1 : lane.maxRequestRows();
    }

    /// Blocks until what waits has run, then gives all memory back. Once, after the last offer to `inline`.
    void close() {
        if (inline != null) {
            inline.close();
        }
        lane.close().join();
        model.close();
    }
}
