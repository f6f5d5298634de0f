package dev.penstock.loadtest.compare;

/// One number of one stage, in both results.
///
/// @param a NaN if there is none, as `b`
/// @param change of [Metric#ERRORS] the difference B - A, of all else the ratio B / A
public record Line(
        String stage, Metric metric, double a, double b, Interval change, Verdict verdict, LimitVerdict limit) {}
