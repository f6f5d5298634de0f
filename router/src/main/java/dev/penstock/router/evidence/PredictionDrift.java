package dev.penstock.router.evidence;

import dev.penstock.core.Check;
import dev.penstock.monitor.statistics.PopulationStability;
import org.jspecify.annotations.Nullable;

/// How differently a canary predicts: whether at all, and whether by so much that it matters.
///
/// The first is evidence that holds however often one looks; a rollback takes both, and of the second the
/// p-value of one look. What lets a canary pass holds at all looks together.
///
/// How much is asked of the one division that tells most of it: over several of them even arms that are the
/// same differ, if one has its requests at another hour.
///
/// @param logEvidence ln E of [ArmIndependence], the most that any division has, less what it costs to look at
///     several
/// @param stability of the canary's predictions against the control's; null until both have some
public record PredictionDrift(double logEvidence, @Nullable PopulationStability stability) {
    private static final double LEVEL = 0.05;

    /// @param predictions by division and slot
    public static PredictionDrift of(PairCounts predictions) {
        Foremost differs = Foremost.NONE;
        for (PoolCounts counts : predictions.pools()) {
            differs = differs.then(ArmIndependence.logDiffers(counts));
        }
        return of(predictions, differs);
    }

    /// The same with what they say of these and of others.
    public static PredictionDrift of(PairCounts predictions, Foremost differs) {
        PoolCounts most = predictions.largest();
        return new PredictionDrift(
                differs.logE(), most == null ? null : PopulationStability.pooled(most.control(), most.canary()));
    }

    /// Whether the drift is proven and larger than what matters.
    ///
    /// @param alpha how likely a rollback may be for no drift at all, in (0, 1)
    /// @param critical the PSI that matters, in nats
    public boolean isCritical(double alpha, double critical) {
        Check.argument(alpha > 0 && alpha < 1, "alpha: %s (expected: in (0, 1))", alpha);
        return logEvidence >= -Math.log(alpha) && stability != null && stability.pMaterial(critical) <= LEVEL;
    }

    /// Whether it is proven to be smaller than what matters, with a chance of 0.05 to be wrong at any look: the
    /// bounds of [AsymptoticSequence] around the index, whose error is that of an index which just matters.
    ///
    /// @param critical the PSI that matters, in nats
    public boolean isEquivalent(double critical) {
        if (stability == null) {
            return false;
        }
        double scale = stability.scale();
        double error = scale * Math.sqrt(2 * (stability.degreesOfFreedom() + 2 * critical / scale));
        double observations = 1 / scale;
        return stability.corrected() + error * AsymptoticSequence.widthInErrors(observations, LEVEL) <= critical;
    }
}
