package dev.penstock.core.batching;

/// The one lane of a model whose rows all have the same shape, for callers that make their own [RowsCall]s.
public record FixedLane(Lane lane, BatchModel model) {}
