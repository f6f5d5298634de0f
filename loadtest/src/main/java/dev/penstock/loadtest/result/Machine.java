package dev.penstock.loadtest.result;

/// The computer that a client ran on.
///
/// @param cores that the client may use
/// @param loadAverage of the last minute, before the test; negative where there is none
public record Machine(String processor, int cores, String system, String java, double loadAverage) {}
