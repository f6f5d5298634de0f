package dev.penstock.monitor.recording;

/// What a model's class scores are. Decided once for a plan, from the first rows that are numbers.
public enum ScoreForm {
    /// They add up to 1, within a thousandth.
    PROBABILITIES,

    /// Anything else: their softmax is taken for the probabilities.
    SOFTMAX;

    private static final double TOLERANCE = 1e-3;

    /// What one row looks like.
    static ScoreForm of(double[] row, int classes) {
        double sum = 0;
        for (int i = 0; i < classes; i++) {
            if (!(row[i] >= -TOLERANCE && row[i] <= 1 + TOLERANCE)) {
                return SOFTMAX;
            }
            sum += row[i];
        }
        return Math.abs(sum - 1) <= TOLERANCE ? PROBABILITIES : SOFTMAX;
    }
}
