package dev.penstock.monitor.quality;

/// What a model is asked to do, which says how its answers are held against labels.
public enum Task {
    /// One of two classes, the second of which is the positive one.
    BINARY,
    /// One of several classes.
    MULTICLASS,
    /// A number.
    REGRESSION;

    /// How answers say it.
    ///
    /// @param classes 0 for a number, 2 for two, and anything else where there are more or nobody knows how
    ///     many
    public static Task of(int classes) {
        return switch (classes) {
            case 0 -> REGRESSION;
            case 2 -> BINARY;
            default -> MULTICLASS;
        };
    }
}
