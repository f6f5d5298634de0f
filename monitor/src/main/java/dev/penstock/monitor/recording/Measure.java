package dev.penstock.monitor.recording;

/// What of a tensor a feature is.
public enum Measure {
    /// An element as a number.
    VALUE,

    /// An element as a category.
    CATEGORY,

    /// The class with the highest score.
    CLASS,

    /// Its probability, 0 to 1.
    SCORE,

    /// By how much that is more than the next one's, 0 to 1.
    MARGIN,

    /// The entropy of all classes' probabilities divided by the logarithm of their number, 0 to 1.
    ENTROPY,

    /// The probability of one class.
    CLASS_SCORE,

    /// The length of a vector: the root of the sum of its squares.
    NORM,

    /// The cosine of the angle to a given vector, -1 to 1.
    COSINE,

    /// The sum of a few elements of a vector with signs, the same ones everywhere.
    PROJECTION
}
