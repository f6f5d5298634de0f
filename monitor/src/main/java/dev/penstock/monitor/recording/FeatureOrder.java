package dev.penstock.monitor.recording;

import dev.penstock.core.Check;

/// What is to be monitored of a tensor.
///
/// @param tensor its name in the signature
/// @param kind how it is seen
/// @param from the first element of a row, from 0, for [Kind#NUMERIC], [Kind#CATEGORICAL] and [Kind#AUTO]:
///     each one from here to `to` is a feature; other kinds take the whole row
/// @param to the last one; [#LAST] for the row's last
/// @param name of the feature, before an index where there are several; "" for the tensor's
/// @param perClass whether the score of each class is a feature too, for [Kind#SCORE] of at most 16
///     classes
public record FeatureOrder(String tensor, Kind kind, int from, int to, String name, boolean perClass) {
    public static final int LAST = -1;

    /// How a tensor is seen.
    public enum Kind {
        /// Not at all.
        NONE,

        /// As it looks: floats of an input as numbers, or as a vector if they are very many, others as
        /// categories; an output as if it were not named.
        AUTO,
        NUMERIC,

        /// Numbers without fraction, or texts.
        CATEGORICAL,

        /// A score for each class: the class, its probability, margin and entropy.
        SCORE,

        /// A vector that means something as a whole.
        EMBEDDING
    }

    public FeatureOrder {
        Check.argument(from >= 0, "%s: from: %d (expected: >= 0)", tensor, from);
        Check.argument(to == LAST || to >= from, "%s: to: %d (expected: >= %d)", tensor, to, from);
    }

    /// Of the whole row, named as the tensor.
    public static FeatureOrder of(String tensor, Kind kind) {
        return new FeatureOrder(tensor, kind, 0, LAST, "", false);
    }
}
