package dev.penstock.loadtest.compare;

import dev.penstock.loadtest.result.StageResult;
import dev.penstock.loadtest.result.Window;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.HdrHistogram.Histogram;

/// How sure the numbers of a stage are.
///
/// Requests that are close in time share their fate, so they are no independent samples; windows nearly
/// are. Each interval therefore takes the windows as clusters: what varies between them more than
/// chance alone would is counted (the design effect). Student's t stands for the normal distribution,
/// as the variance is an estimate from few windows.
final class Estimates {
    /// With fewer windows than that, how much they vary is anybody's guess.
    private static final int LEAST_WINDOWS = 3;

    private final StageResult stage;
    private final List<Window> windows;
    private final double confidence;

    /// @param confidence of each interval alone, 0 to 1
    Estimates(StageResult stage, double confidence) {
        this.stage = stage;
        this.windows = stage.windows();
        this.confidence = confidence;
    }

    /// Right answers per second: a ratio of sums over windows.
    Interval rate() {
        double rate = stage.perSecond();
        if (windows.size() < LEAST_WINDOWS) {
            return Interval.unknown(rate);
        }
        Ratio ratio = new Ratio(window -> (double) window.succeeded(), Estimates::seconds);
        double margin = bound() * Math.sqrt(ratio.variance());
        return new Interval(Math.max(0, rate - margin), rate, rate + margin);
    }

    /// A quantile in microseconds: R. S. Woodruff, "Confidence intervals for medians and other position
    /// measures", Journal of the American Statistical Association 47 (1952).
    ///
    /// @param percentile above 0, below 100
    Interval latencyMicros(double percentile) {
        Histogram nanos = stage.latency();
        if (nanos.getTotalCount() == 0) {
            return Interval.unknown(Double.NaN);
        }
        double estimate = stage.latencyMicros(percentile);
        if (windows.size() < LEAST_WINDOWS) {
            return Interval.unknown(estimate);
        }
        double share = percentile / 100;
        double margin = bound() * Math.sqrt(varianceBelow(nanos.getValueAtPercentile(percentile), share));
        double low = share - margin <= 0 ? 0 : (double) nanos.lowestEquivalentValue(valueAt(share - margin)) / 1e3;
        double high = share + margin >= 1
                ? Double.POSITIVE_INFINITY
                : (double) nanos.highestEquivalentValue(valueAt(share + margin)) / 1e3;
        return new Interval(Math.min(low, estimate), estimate, Math.max(high, estimate));
    }

    /// The variance of the share of answers that took no longer than a time which is their quantile at
    /// `share`.
    private double varianceBelow(long nanos, double share) {
        Ratio below = new Ratio(window -> (double) window.latency().countUpTo(nanos), window ->
                (double) window.latency().count());
        double byChance = share * (1 - share) / (double) stage.latency().getTotalCount();
        return Math.max(byChance, below.variance());
    }

    private long valueAt(double share) {
        return stage.latency().getValueAtPercentile(share * 100);
    }

    /// The share of requests without a right answer: Wilson's interval, for as many requests as would
    /// say as much if they were independent.
    Interval errorShare() {
        double share = stage.errorShare();
        double all = (double) (stage.succeeded() + stage.failed() + stage.overflowed());
        if (windows.size() < LEAST_WINDOWS || all == 0) {
            return Interval.unknown(share);
        }
        Ratio errors = new Ratio(window -> (double) (window.failed() + window.overflowed()), Estimates::requests);
        double byChance = share * (1 - share) / all;
        double effect = byChance > 0 ? Math.max(1, errors.variance() / byChance) : 1;
        return wilson(share, all / effect, bound());
    }

    /// E. B. Wilson, "Probable inference, the law of succession, and statistical inference", Journal of
    /// the American Statistical Association 22 (1927).
    private static Interval wilson(double share, double count, double bound) {
        double square = bound * bound / count;
        double middle = (share + square / 2) / (1 + square);
        double margin = bound / (1 + square) * Math.sqrt((share * (1 - share) + square / 4) / count);
        double low = share == 0 ? 0 : Math.max(0, middle - margin);
        double high = share == 1 ? 1 : Math.min(1, middle + margin);
        return new Interval(low, share, high);
    }

    private double bound() {
        return Student.bound(confidence, windows.size() - 1);
    }

    private static double seconds(Window window) {
        return (double) window.length().toNanos() / 1e9;
    }

    private static double requests(Window window) {
        return (double) (window.succeeded() + window.failed() + window.overflowed());
    }

    /// One sum over the windows divided by another.
    private final class Ratio {
        private final ToDoubleFunction<Window> above;
        private final ToDoubleFunction<Window> below;

        Ratio(ToDoubleFunction<Window> above, ToDoubleFunction<Window> below) {
            this.above = above;
            this.below = below;
        }

        /// Of the ratio, from how the windows differ: W. G. Cochran, "Sampling Techniques", section
        /// 6.3. Zero if there is nothing below.
        double variance() {
            double all = windows.stream().mapToDouble(below).sum();
            if (all == 0) {
                return 0;
            }
            double ratio = windows.stream().mapToDouble(above).sum() / all;
            double squares = 0;
            for (Window window : windows) {
                double off = above.applyAsDouble(window) - ratio * below.applyAsDouble(window);
                squares += off * off;
            }
            double count = (double) windows.size();
            return count / (count - 1) * squares / (all * all);
        }
    }
}
