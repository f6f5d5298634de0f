package dev.penstock.router.rollout;

import dev.penstock.router.arms.ArmCounts;
import dev.penstock.router.evidence.FailureArm;
import dev.penstock.router.evidence.PairCounts;
import dev.penstock.router.evidence.RateDifference;
import java.util.stream.Stream;

/// What one kind of failures says of a candidate, whoever else had requests at the same time. Pure.
///
/// @param dealt the failures, each bucket's once, under the shares that were dealt
/// @param logWorse ln E of that there are more than the one margin allows
/// @param logNotWorse ln E of that there are fewer than the other allows
/// @param mostMore by how much more of the requests may fail at most, in the last step
/// @param mostMoreOnce the same, each bucket's once: of few busy units that is little to know
record FailureEvidence(
        PairCounts dealt, double logWorse, double logNotWorse, double mostMore, double mostMoreOnce) {
    static FailureEvidence of(
            Pairs pairs, Pairs.Failures once, Pairs.Failures every, MetricSpec.Errors metric, double promoteAlpha) {
        PairCounts dealt = pairs.failures(once);
        PairCounts asked = pairs.failuresOfAsked(once);
        double worse = Math.min(
                FailureArm.logWorse(dealt, metric.rollbackRatio()), FailureArm.logWorse(asked, metric.rollbackRatio()));
        double notWorse = Stream.of(dealt, asked, pairs.failuresOfAsked(every))
                .mapToDouble(failures -> FailureArm.logNotWorse(failures, metric.promoteRatio()))
                .min()
                .getAsDouble();
        Pairs step = pairs.lastStep();
        return new FailureEvidence(
                dealt, worse, notWorse, difference(step, every, promoteAlpha), difference(step, once, promoteAlpha));
    }

    private static double difference(Pairs step, Pairs.Failures which, double alpha) {
        ArmCounts canary = step.candidateTotal();
        ArmCounts control = step.controlTotal();
        long ofCanary = which.eligible().applyAsLong(canary);
        long ofControl = which.eligible().applyAsLong(control);
        return ofCanary == 0 || ofControl == 0
                ? Double.POSITIVE_INFINITY
                : RateDifference.of(which.failed(canary), ofCanary, which.failed(control), ofControl, alpha)
                        .upper();
    }

}
