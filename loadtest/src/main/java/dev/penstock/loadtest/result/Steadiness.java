package dev.penstock.loadtest.result;

/// Whether a load had come to rest when it was measured: three windows in a row whose rates and
/// latencies differ by no more than a tolerance.
///
/// @param reached whether there were such windows
/// @param windows how many it took until then, or how many there were
/// @param tolerance 0.1 is 10 %
public record Steadiness(boolean reached, int windows, double tolerance) {}
