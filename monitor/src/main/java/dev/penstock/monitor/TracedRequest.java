package dev.penstock.monitor;

/// A request that was traced, as an example of how long others took.
///
/// @param nanos how long it took, or a part of it
/// @param traceId 32 hexadecimal digits
/// @param unixMillis when it ended
public record TracedRequest(long nanos, String traceId, long unixMillis) {}
