package dev.penstock.loadtest.scenario;

/// How the highest rate that keeps the SLO is looked for.
///
/// @param fromPerSecond the first rate to try
/// @param toPerSecond no rate above it is tried
/// @param precision the search ends when it knows the rate that well; 0.05 is 5 %
/// @param most steps at most, repeated ones among them
public record Search(double fromPerSecond, double toPerSecond, double precision, int most) {}
