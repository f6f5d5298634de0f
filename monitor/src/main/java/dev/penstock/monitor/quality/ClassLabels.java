package dev.penstock.monitor.quality;

import dev.penstock.core.Check;

/// Labels by predicted class, of a classifier of several classes. Immutable.
public final class ClassLabels {
    private final int classes;
    private final double[] counts;
    private final double total;

    /// @param classes how many there are, at least 2
    /// @param counts of each predicted class in turn, how often each class was its label
    public ClassLabels(int classes, long[] counts) {
        Check.argument(classes >= 2, "classes: %d (expected: >= 2)", classes);
        Check.argument(
                counts.length == Math.multiplyExact(classes, classes),
                "counts: %d (expected: %d)",
                counts.length,
                classes * classes);
        this.classes = classes;
        this.counts = new double[counts.length];
        double sum = 0;
        for (int i = 0; i < counts.length; i++) {
            Check.argument(counts[i] >= 0, "counts: %d (expected: >= 0)", counts[i]);
            this.counts[i] = (double) counts[i];
            sum += this.counts[i];
        }
        total = sum;
    }

    /// The share that was right. NaN without labels.
    public double accuracy() {
        double right = 0;
        for (int i = 0; i < classes; i++) {
            right += counts[i * classes + i];
        }
        return right / total;
    }

    /// One class against all others.
    public Confusion confusionOf(int classIndex) {
        Check.argument(classIndex >= 0 && classIndex < classes, "class: %d (expected: 0..%d)", classIndex, classes - 1);
        double both = counts[classIndex * classes + classIndex];
        double predicted = 0;
        double labelled = 0;
        for (int i = 0; i < classes; i++) {
            predicted += counts[classIndex * classes + i];
            labelled += counts[i * classes + classIndex];
        }
        // Sums of whole numbers: exact up to 2^53, so no difference of them is negative.
        return new Confusion(both, predicted - both, labelled - both, total - predicted - labelled + both);
    }

    /// The mean of F1 over the classes that were predicted or labelled, each with the same weight.
    public double macroF1() {
        double sum = 0;
        int seen = 0;
        for (int i = 0; i < classes; i++) {
            double f1 = confusionOf(i).f1();
            if (!Double.isNaN(f1)) {
                sum += f1;
                seen++;
            }
        }
        return sum / seen;
    }

    /// The mean of recall over the classes that were labelled: what the accuracy would be if all were equally
    /// frequent.
    public double balancedAccuracy() {
        double sum = 0;
        int seen = 0;
        for (int i = 0; i < classes; i++) {
            double recall = confusionOf(i).recall();
            if (!Double.isNaN(recall)) {
                sum += recall;
                seen++;
            }
        }
        return sum / seen;
    }
}
