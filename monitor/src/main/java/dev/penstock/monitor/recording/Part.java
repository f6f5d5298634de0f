package dev.penstock.monitor.recording;

import dev.penstock.core.DataType;
import org.jspecify.annotations.Nullable;

/// What of a tensor makes which features, by their index in the plan; [#NONE] where it is not wanted.
sealed interface Part {
    int NONE = -1;

    /// Inputs first, as [dev.penstock.core.RunRows] numbers them.
    int tensor();

    DataType type();

    /// Of one row.
    int elements();

    /// Elements `from` and on as numbers, each a feature of its own.
    record Numbers(int tensor, DataType type, int elements, int from, int count, int firstFeature) implements Part {}

    /// Elements `from` and on as categories, each a feature of its own.
    record Keys(int tensor, DataType type, int elements, int from, int count, int firstFeature) implements Part {}

    /// A score for each class.
    ///
    /// @param classFeature of the class; probability, margin and entropy follow it
    /// @param firstClass of the classes' probabilities
    record Scores(int tensor, DataType type, int elements, ScoreForm form, int classFeature, int firstClass)
            implements Part {}

    /// A vector.
    ///
    /// @param norm cosine and projections follow it, if there is something to hold vectors against
    /// @param firstSum where the plan's sums have those of its elements, over some of its rows, and after
    ///     them how many rows those were, and then what their random features make, if the reference has some
    record Vector(
            int tensor,
            DataType type,
            int elements,
            int norm,
            int firstSum,
            @Nullable VectorReference reference) implements Part {
        /// How many of the plan's sums are of it.
        int sums() {
            VectorReference against = reference;
            return elements + 1 + (against == null ? 0 : against.featureSums());
        }

        /// The sums of vectors' elements come after all others.
        Vector withSumsAfter(int sums) {
            return new Vector(tensor, type, elements, norm, sums + firstSum, reference);
        }
    }
}
