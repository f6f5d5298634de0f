package dev.penstock.monitor.drift;

import dev.penstock.monitor.statistics.WelchTest;

/// How the means of two samples of a feature differ. It is told, and never an alarm. What cannot be said is
/// NaN.
///
/// @param baseline the baseline's mean
/// @param baselineDeviation its standard deviation
/// @param window the window's mean
/// @param windowDeviation its standard deviation
/// @param t by Welch
/// @param p two-sided
public record MeanComparison(
        double baseline, double baselineDeviation, double window, double windowDeviation, double t, double p) {
    public static final MeanComparison UNKNOWN =
            new MeanComparison(Double.NaN, Double.NaN, Double.NaN, Double.NaN, Double.NaN, Double.NaN);

    static MeanComparison of(Moments before, Moments now) {
        double t = Double.NaN;
        double p = Double.NaN;
        if (before.isSample() && now.isSample()) {
            WelchTest test = WelchTest.of(before.sample(), now.sample());
            t = test.t();
            p = test.pValue();
        }
        return new MeanComparison(before.mean(), before.deviation(), now.mean(), now.deviation(), t, p);
    }
}
