package dev.penstock.router.rollout;

import dev.penstock.router.arms.ArmCounts;
import dev.penstock.router.evidence.PairCounts;
import dev.penstock.router.evidence.RateDifference;
import dev.penstock.router.rollout.PairEvidence.Bet;
import dev.penstock.router.rollout.Pairs.Failures;
import java.util.List;
import java.util.function.ToDoubleFunction;

/// What one kind of failures says of a candidate, whoever else had requests at the same time. Pure.
///
/// @param dealt the failures of the epochs that are kept, each bucket's once, under the shares that were dealt
/// @param logWorse ln E of that there are more than the one margin allows
/// @param logWorseInStep the same of the present step alone: what was before speaks for nobody who has changed
/// @param logNotWorse ln E of that there are fewer than the other allows
/// @param mostMore by how much more of the requests may fail at most, in the last step
/// @param mostMoreOnce the same, each bucket's once: of few busy units that is little to know
/// @param none whether none of the candidate's failed in that step
record FailureEvidence(
        PairCounts dealt,
        double logWorse,
        double logWorseInStep,
        double logNotWorse,
        double mostMore,
        double mostMoreOnce,
        boolean none) {
    /// Whether the rates differ by no more than is allowed, of requests and of units: a busy one that nothing
    /// becomes of hides what becomes of the others, if there is anything to hide.
    boolean isWithin(double allowed) {
        return mostMore <= allowed && (none || mostMoreOnce <= allowed);
    }

    static FailureEvidence ofFailed(EvidenceJudge.Question question) {
        return of(
                question,
                Failures.ONCE,
                Failures.EVERY,
                List.of(Bet.WORSE, Bet.WORSE_ASKED),
                List.of(Bet.NOT_WORSE, Bet.NOT_WORSE_ASKED, Bet.NOT_WORSE_EVERY));
    }

    static FailureEvidence ofAbandoned(EvidenceJudge.Question question) {
        return of(
                question,
                Failures.ABANDONED_ONCE,
                Failures.ABANDONED_EVERY,
                List.of(Bet.MORE_ABANDONED, Bet.MORE_ABANDONED_ASKED),
                List.of(Bet.NOT_MORE_ABANDONED, Bet.NOT_MORE_ABANDONED_ASKED, Bet.NOT_MORE_ABANDONED_EVERY));
    }

    static FailureEvidence ofRefused(EvidenceJudge.Question question) {
        return of(
                question,
                Failures.REFUSED_ONCE,
                Failures.REFUSED_EVERY,
                List.of(Bet.MORE_REFUSED, Bet.MORE_REFUSED_ASKED),
                List.of(Bet.NOT_MORE_REFUSED, Bet.NOT_MORE_REFUSED_ASKED, Bet.NOT_MORE_REFUSED_EVERY));
    }

    private static FailureEvidence of(
            EvidenceJudge.Question question, Failures once, Failures every, List<Bet> worse, List<Bet> notWorse) {
        PairEvidence bets = question.evidence();
        Pairs step = question.totals().lastStep();
        double alpha = question.promoteAlpha();
        double repeats = question.repeats().asked();
        return new FailureEvidence(
                question.pairs().failures(once),
                least(worse, bets::logE),
                question.isOfStep() ? least(worse, bets::logEOfStep) : 0,
                least(notWorse, bets::logE),
                difference(step, every, 1, alpha),
                difference(step, once, repeats, alpha),
                every.failed(step.candidateTotal()) == 0);
    }

    private static double least(List<Bet> all, ToDoubleFunction<Bet> logE) {
        return all.stream().mapToDouble(logE).min().orElse(0);
    }

    private static double difference(Pairs step, Failures which, double divisor, double alpha) {
        ArmCounts canary = step.candidateTotal();
        ArmCounts control = step.controlTotal();
        long ofCanary = which.eligible().applyAsLong(canary);
        long ofControl = which.eligible().applyAsLong(control);
        return ofCanary == 0 || ofControl == 0
                ? Double.POSITIVE_INFINITY
                : RateDifference.of(
                                part(which.failed(canary), divisor),
                                part(ofCanary, divisor),
                                part(which.failed(control), divisor),
                                part(ofControl, divisor),
                                alpha)
                        .upper();
    }

    private static long part(long count, double divisor) {
        return Math.round((double) count / divisor);
    }
}
