package dev.penstock.router.arms;

import dev.penstock.core.ErrorCode;
import dev.penstock.monitor.feedback.Prediction;
import org.jspecify.annotations.Nullable;

/// Told of every request that one arm of a route had, on the thread that ends it: the same threads as a
/// [dev.penstock.core.ServingObserver]. Must neither block, nor throw, nor allocate.
@FunctionalInterface
public interface ArmObserver {
    /// Nobody looks.
    ArmObserver NONE = (_, _, _, _, _) -> {};

    /// A request has its outcome. Told once for each that went to the arm, [ErrorCode#CANCELLED] and the
    /// caller's own faults included.
    ///
    /// @param bucket of the request's unit, 0 to 9999
    /// @param hash2 of the unit, the second half: its six highest bits are the random group, others are
    ///     whoever's needs bits that say nothing about the arm
    /// @param failure why there was no answer of this arm, or null if there was one
    /// @param latencyNanos from when the arm was picked to the outcome
    void ended(AssignmentReason reason, int bucket, long hash2, @Nullable ErrorCode failure, long latencyNanos);

    /// Where the time of a request went that the arm answered with a run. Told once, beside [#ended]; all of
    /// one clock.
    ///
    /// @param pickedNanos when the arm was picked
    /// @param attendedNanos since when a thread was there for the batch; when the run began, if there was none
    default void ran(
            AssignmentReason reason, long pickedNanos, long attendedNanos, long startedNanos, long endedNanos) {}

    /// Whether anybody wants to know what the arm predicted for a request of that bucket, now. Requests that
    /// did not come by chance are not asked about.
    default boolean wantsPrediction(int bucket) {
        return false;
    }

    /// What the arm answered to a request that came by chance. Told where it was wanted, perhaps by several at
    /// once.
    ///
    /// @param row the first of the answer
    default void predicted(int bucket, Prediction.Row row) {}

    /// Whether the arm is to get no requests for now, as too many failed one after another: the default arm
    /// takes them, with [AssignmentReason#TRIPPED]. Asked for each request, before it goes to the arm.
    default boolean tripped() {
        return false;
    }
}
