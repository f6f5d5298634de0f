package dev.penstock.core.batching;

import org.jspecify.annotations.Nullable;

/// The one lane of a model whose rows all have the same shape, for callers that make their own [RowsCall]s; see
/// [VersionRows].
///
/// @param inline what event loops run it with, or null if only workers do
public record FixedLane(
        Lane lane, BatchModel model, @Nullable InlineVersion inline) {}
