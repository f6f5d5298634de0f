package dev.penstock.router.shadow;

import java.util.List;

/// Two answers to one request, held against each other.
///
/// @param verdict by labels where both name classes, else by numbers, else by bytes
/// @param labels of the first rows, if both name classes
/// @param largest difference of any two numbers; infinite if only one of them is finite, NaN if there are
///     none
/// @param mean of all differences, the shadow's less the primary's; NaN if there are none, or one is
///     infinite
public record Compared(Verdict verdict, List<Labels> labels, double largest, double mean) {
    /// They cannot be held against each other: outputs or rows are missing, or of another type.
    static final Compared UNLIKE = new Compared(Verdict.INCOMPARABLE, List.of(), Double.NaN, Double.NaN);

    public Compared {
        labels = List.copyOf(labels);
    }

    /// Whether they say the same.
    public enum Verdict {
        AGREE,
        DISAGREE,
        INCOMPARABLE
    }

    /// The classes that one row is said to be of.
    public record Labels(int primary, int shadow) {}
}
