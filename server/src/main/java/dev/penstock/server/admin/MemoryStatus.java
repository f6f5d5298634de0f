package dev.penstock.server.admin;

/// What a version takes of the memory for models.
///
/// @param predictedBytes by its files
/// @param measuredBytes what the process grew by when it was loaded last, which is an estimate while others are
///     served; -1 if that is not known
/// @param loaded whether it is in memory
/// @param onDemand whether it is loaded when it is asked for, and may leave when others need its room
public record MemoryStatus(long predictedBytes, long measuredBytes, boolean loaded, boolean onDemand) {}
