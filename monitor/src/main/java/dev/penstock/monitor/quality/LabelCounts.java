package dev.penstock.monitor.quality;

/// What came of predictions, as counts and sums that add up over replicas and time, in any order. Not
/// thread-safe.
public final class LabelCounts {
    /// That they take when nothing is counted yet.
    public static final long EMPTY_BYTES = 2_048;

    /// That they take at most: of two classes by their scores, of more by the classes, and all else beside
    /// them.
    public static final long MOST_BYTES = Math.max(FineLabels.MOST_BYTES, ClassCounts.MOST_BYTES) + EMPTY_BYTES;

    private final ClassCounts classes = new ClassCounts();
    private final BinnedLabels scores = BinnedLabels.fine();
    private final BinnedLabels confidences = new BinnedLabels();
    private long labels;
    private long right;

    /// Scores of two classes that are no chances, such as a single logit: those of them that look like chances
    /// are none either.
    private long noChances;

    private ProbabilityErrors errors = new ProbabilityErrors(0, 0, 0);
    private double lossSquares;
    private double missFourths;
    private RegressionErrors regression = RegressionErrors.NONE;
    private long rewards;
    private double rewardSum;
    private double rewardSquares;

    /// Counts a label of a classifier.
    ///
    /// @param task not regression
    /// @param predicted the class that was answered
    /// @param score as tokens have it; NaN or out of 0..1 if there is no chance
    /// @param label the class that it is
    public void label(Task task, int predicted, double score, int label) {
        boolean hit = predicted == label;
        labels++;
        right += hit ? 1 : 0;
        classes.add(predicted, label);
        if (!(score >= 0 && score <= 1)) {
            noChances += task == Task.BINARY && !Double.isNaN(score) ? 1 : 0;
            return;
        }
        if (task == Task.BINARY) {
            boolean positive = label == 1;
            double miss = score - (positive ? 1 : 0);
            double loss = ProbabilityErrors.logLoss(score, positive);
            scores.add(score, positive);
            errors = errors.plus(new ProbabilityErrors(1, loss, miss * miss));
            lossSquares += loss * loss;
            missFourths += miss * miss * miss * miss;
        }
        confidences.add(task == Task.BINARY && predicted == 0 ? 1 - score : score, hit);
    }

    /// Counts the true value of what was predicted as a number; one that is not finite is not measured.
    ///
    /// @param near whether that is near enough to be called right
    public void value(double predicted, double value, boolean near) {
        labels++;
        right += near ? 1 : 0;
        if (Double.isFinite(predicted) && Double.isFinite(value)) {
            regression = regression.with(predicted, value);
        }
    }

    /// Counts how much an answer was worth.
    ///
    /// @param reward finite
    public void reward(double reward) {
        rewards++;
        rewardSum += reward;
        rewardSquares += reward * reward;
    }

    public void add(LabelCounts other) {
        classes.add(other.classes);
        scores.add(other.scores);
        confidences.add(other.confidences);
        labels += other.labels;
        right += other.right;
        noChances += other.noChances;
        errors = errors.plus(other.errors);
        lossSquares += other.lossSquares;
        missFourths += other.missFourths;
        regression = regression.plus(other.regression);
        rewards += other.rewards;
        rewardSum += other.rewardSum;
        rewardSquares += other.rewardSquares;
    }

    public LabelCounts copy() {
        LabelCounts copy = new LabelCounts();
        copy.add(this);
        return copy;
    }

    /// That they take now.
    public long bytes() {
        return EMPTY_BYTES + classes.bytes() + scores.fineBytes();
    }

    public long labels() {
        return labels;
    }

    /// Of the labels, those that were predicted.
    public long right() {
        return right;
    }

    public long rewards() {
        return rewards;
    }

    /// Of each predicted class in turn, how often each class was its label; none if there are too many.
    ///
    /// @param least how many classes there are at least
    public long[] cells(int least) {
        return classes.cells(least);
    }

    /// By the chance of the positive class, of two; nothing if there were scores that are no chances.
    public BinnedLabels scores() {
        return noChances > 0 ? new BinnedLabels() : scores;
    }

    /// By the chance of the class that was predicted: how often it was right. Nothing if there were scores that
    /// are no chances.
    public BinnedLabels confidences() {
        return noChances > 0 ? new BinnedLabels() : confidences;
    }

    /// None if there were scores that are no chances.
    ProbabilityErrors errors() {
        return noChances > 0 ? new ProbabilityErrors(0, 0, 0) : errors;
    }

    double lossSquares() {
        return lossSquares;
    }

    double missFourths() {
        return missFourths;
    }

    RegressionErrors regression() {
        return regression;
    }

    double rewardSum() {
        return rewardSum;
    }

    double rewardSquares() {
        return rewardSquares;
    }
}
