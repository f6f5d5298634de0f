package dev.penstock.monitor.recording;

/// One life of one process: whoever starts again counts from zero, as another epoch.
///
/// @param id of the process among its peers
/// @param epoch when it began to count, in milliseconds since 1970, or any later moment before its first row
public record Replica(String id, long epoch) {}
