package dev.penstock.monitor.quality;

import dev.penstock.monitor.statistics.BernoulliSequence;
import java.util.ArrayList;
import java.util.List;

/// What labels say of predictions, with the bounds within which the true numbers lie with 95 %. Those of shares
/// hold however often they are looked at; those of means and of the area under the curve are those of a normal
/// law, for a look that nobody chose for what it shows.
public final class RealisedQuality {
    private static final double ALPHA = 0.05;

    /// Standard errors on either side that have 95 % of a normal law between them.
    private static final double NORMAL = 1.959963984540054;

    /// Fewer values have no mean whose law is near a normal one.
    private static final long LEAST = 30;

    private static final int POSITIVE = 1;

    private RealisedQuality() {}

    /// Of labels of one task; what cannot be said of them is left out.
    ///
    /// @param least how many classes there are at least
    public static List<Metric> of(Task task, LabelCounts counts, int least) {
        List<Metric> all = new ArrayList<>();
        if (counts.labels() > 0) {
            switch (task) {
                case BINARY -> binary(counts, all);
                case MULTICLASS -> classes(counts, least, all);
                case REGRESSION -> regression(counts.regression(), all);
            }
        }
        if (counts.rewards() > 0) {
            all.add(mean("reward", counts.rewards(), counts.rewardSum(), counts.rewardSquares()));
        }
        return all.stream().filter(Metric::known).toList();
    }

    private static void binary(LabelCounts counts, List<Metric> all) {
        Confusion confusion = new ClassLabels(2, counts.cells(2)).confusionOf(POSITIVE);
        all.add(share("accuracy", counts.right(), counts.labels()));
        all.add(share("precision", confusion.truePositive(), confusion.falsePositive()));
        all.add(share("recall", confusion.truePositive(), confusion.falseNegative()));
        all.add(share("specificity", confusion.trueNegative(), confusion.falsePositive()));
        all.add(Metric.unbounded("f1", confusion.f1()));
        all.add(Metric.unbounded("matthews", confusion.matthews()));
        ProbabilityErrors errors = counts.errors();
        if (errors.count() > 0) {
            all.add(areaUnderCurve(counts.scores()));
            all.add(around("log_loss", errors.logLoss(), errors.count(), counts.lossSquares()));
            all.add(around("brier", errors.brier(), errors.count(), counts.missFourths()));
            all.add(Metric.unbounded("ece", counts.scores().calibrationError()));
        }
    }

    private static void classes(LabelCounts counts, int least, List<Metric> all) {
        all.add(share("accuracy", counts.right(), counts.labels()));
        long[] cells = counts.cells(least);
        if (cells.length > 0) {
            ClassLabels labels = new ClassLabels((int) Math.round(Math.sqrt((double) cells.length)), cells);
            all.add(Metric.unbounded("balanced_accuracy", labels.balancedAccuracy()));
            all.add(Metric.unbounded("f1", labels.macroF1()));
        }
        if (counts.confidences().total() > 0) {
            all.add(Metric.unbounded("ece", counts.confidences().calibrationError()));
        }
    }

    private static void regression(RegressionErrors errors, List<Metric> all) {
        if (errors.count() > 0) {
            all.add(around("mae", errors.meanAbsoluteError(), errors.count(), errors.squareSum()));
            all.add(Metric.unbounded("rmse", errors.rootMeanSquareError()));
            all.add(around("bias", errors.bias(), errors.count(), errors.squareSum()));
            all.add(Metric.unbounded("r2", errors.rSquared()));
        }
    }

    private static Metric share(String name, double hits, double misses) {
        return share(name, Math.round(hits), Math.round(hits + misses));
    }

    private static Metric share(String name, long hits, long trials) {
        if (trials == 0) {
            return Metric.unbounded(name, Double.NaN);
        }
        BernoulliSequence bounds = BernoulliSequence.of(hits, trials, ALPHA);
        return new Metric(name, (double) hits / (double) trials, bounds.lower(), bounds.upper());
    }

    private static Metric mean(String name, long count, double sum, double squares) {
        return around(name, sum / (double) count, count, squares);
    }

    /// @param squares the sum of the squares of what the mean is of
    private static Metric around(String name, double mean, long count, double squares) {
        if (count < LEAST) {
            return Metric.unbounded(name, mean);
        }
        double n = (double) count;
        double variance = Math.max(0, squares / n - mean * mean) * n / (n - 1);
        double half = NORMAL * Math.sqrt(variance / n);
        return new Metric(name, mean, mean - half, mean + half);
    }

    /// With the standard error of Hanley and McNeil (1982).
    private static Metric areaUnderCurve(BinnedLabels scores) {
        double area = scores.byScore().areaUnderCurve();
        double positives = 0;
        for (long hits : scores.hits()) {
            positives += (double) hits;
        }
        double negatives = (double) scores.total() - positives;
        if (Math.min(positives, negatives) < LEAST) {
            return Metric.unbounded("auroc", area);
        }
        double q1 = area / (2 - area);
        double q2 = 2 * area * area / (1 + area);
        double variance =
                area * (1 - area) + (positives - 1) * (q1 - area * area) + (negatives - 1) * (q2 - area * area);
        double half = NORMAL * Math.sqrt(variance / (positives * negatives));
        return new Metric("auroc", area, Math.max(0, area - half), Math.min(1, area + half));
    }
}
