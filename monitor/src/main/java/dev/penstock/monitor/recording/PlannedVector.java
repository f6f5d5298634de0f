package dev.penstock.monitor.recording;

import org.jspecify.annotations.Nullable;

/// A tensor of a plan whose rows are vectors.
///
/// @param norm the feature of their lengths, by which they are known
/// @param elements of one vector
/// @param firstSum where the plan's sums have what was summed of them
/// @param sums how many those are
/// @param reference what they are held against; null if that is not known
public record PlannedVector(
        Feature norm,
        int elements,
        int firstSum,
        int sums,
        @Nullable VectorReference reference) {
    /// Of the tensor, as features have it.
    public String name() {
        return norm.name().substring(0, norm.name().lastIndexOf(':'));
    }
}
