package dev.penstock.router.rollout;

import dev.penstock.router.evidence.ArmIndependence;
import dev.penstock.router.evidence.FailureBets;
import dev.penstock.router.evidence.Foremost;
import dev.penstock.router.evidence.PairCounts;
import dev.penstock.router.evidence.PoolCounts;
import dev.penstock.router.evidence.QuantileTest;
import dev.penstock.router.evidence.Staked;
import dev.penstock.router.evidence.StakedBets;
import dev.penstock.router.rollout.Pairs.Failures;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// What bets on one candidate have come to, epoch after epoch: few numbers, however many epochs there were,
/// so that an epoch may be forgotten and nothing is bet anew. Immutable.
///
/// @param failures on how often it fails; against those that are staked anew only what is of no part yet
/// @param staked of the parts before
/// @param slower by the name of a latency's metric: that it is slower than the margin
/// @param notSlower likewise: that it is not; of every request under a name of its own
/// @param differs that its answers are others
public record PairEvidence(
        Map<Bet, FailureBets> failures,
        Map<Bet, Parts> staked,
        Map<String, Staked> slower,
        Map<String, Staked> notSlower,
        Foremost differs) {
    public static final PairEvidence NONE = new PairEvidence(Map.of(), Map.of(), Map.of(), Map.of(), Foremost.NONE);

    private static final String OF_EVERY = "/every";

    /// Against which margin, and by which failures and shares.
    public enum Bet {
        /// Each bucket once, by the shares that were dealt.
        WORSE(false, true),
        /// Each bucket once, by the requests that came.
        WORSE_ASKED(true, true),
        NOT_WORSE(false, false),
        NOT_WORSE_ASKED(true, false),
        /// Every request.
        NOT_WORSE_EVERY(true, false),
        /// The same of callers who went away.
        MORE_ABANDONED(false, true),
        MORE_ABANDONED_ASKED(true, true),
        NOT_MORE_ABANDONED(false, false),
        NOT_MORE_ABANDONED_ASKED(true, false),
        NOT_MORE_ABANDONED_EVERY(true, false),
        /// The same of requests that were refused.
        MORE_REFUSED(false, true),
        MORE_REFUSED_ASKED(true, true),
        NOT_MORE_REFUSED(false, false),
        NOT_MORE_REFUSED_ASKED(true, false),
        NOT_MORE_REFUSED_EVERY(true, false);

        private final boolean asked;
        private final boolean worse;

        Bet(boolean asked, boolean worse) {
            this.asked = asked;
            this.worse = worse;
        }

        /// Whether it is staked anew with each [Part]: it says that the candidate is worse, which it may
        /// become.
        boolean isStaked() {
            return worse;
        }

        private Failures which() {
            return switch (this) {
                case WORSE, WORSE_ASKED, NOT_WORSE, NOT_WORSE_ASKED -> Failures.ONCE;
                case NOT_WORSE_EVERY -> Failures.EVERY;
                case MORE_ABANDONED, MORE_ABANDONED_ASKED, NOT_MORE_ABANDONED, NOT_MORE_ABANDONED_ASKED ->
                    Failures.ABANDONED_ONCE;
                case NOT_MORE_ABANDONED_EVERY -> Failures.ABANDONED_EVERY;
                case MORE_REFUSED, MORE_REFUSED_ASKED, NOT_MORE_REFUSED, NOT_MORE_REFUSED_ASKED ->
                    Failures.REFUSED_ONCE;
                case NOT_MORE_REFUSED_EVERY -> Failures.REFUSED_EVERY;
            };
        }

        private double divisor(Repeats repeats) {
            return switch (this) {
                case WORSE, WORSE_ASKED, NOT_WORSE, NOT_WORSE_ASKED -> repeats.failed();
                case MORE_ABANDONED, MORE_ABANDONED_ASKED, NOT_MORE_ABANDONED, NOT_MORE_ABANDONED_ASKED ->
                    repeats.abandoned();
                case MORE_REFUSED, MORE_REFUSED_ASKED, NOT_MORE_REFUSED, NOT_MORE_REFUSED_ASKED -> repeats.refused();
                case NOT_WORSE_EVERY, NOT_MORE_ABANDONED_EVERY, NOT_MORE_REFUSED_EVERY -> 1;
            };
        }

        private FailureBets of(Pairs pairs, MetricSpec.Errors metric) {
            PairCounts failures = asked ? pairs.failuresOfAsked(which()) : pairs.failures(which());
            FailureBets bets = worse
                    ? FailureBets.worse(failures, Math.min(metric.rollbackRatio(), MetricSpec.MOST_RATIO))
                    : FailureBets.notWorse(failures, Math.min(metric.promoteRatio(), MetricSpec.MOST_RATIO));
            return bets.dividedBy(divisor(pairs.repeats()));
        }
    }

    /// What stakes have come to.
    ///
    /// @param all of the whole rollout
    /// @param ofStep of its present step alone
    public record Parts(StakedBets all, StakedBets ofStep) {
        static final Parts NONE = new Parts(StakedBets.NONE, StakedBets.NONE);

        Parts then(FailureBets part) {
            return new Parts(all.then(part), ofStep.then(part));
        }
    }

    public PairEvidence {
        failures = Map.copyOf(failures);
        staked = Map.copyOf(staked);
        slower = Map.copyOf(slower);
        notSlower = Map.copyOf(notSlower);
    }

    /// ln E of one kind of bets on failures.
    double logE(Bet bet) {
        return bet.isStaked() ? parts(bet).all().logE() : failures(bet).logEvidence();
    }

    /// The same of the present step alone, of one that is staked anew.
    double logEOfStep(Bet bet) {
        return parts(bet).ofStep().logE();
    }

    private FailureBets failures(Bet bet) {
        return failures.getOrDefault(bet, FailureBets.none());
    }

    /// The present part as if it were over.
    private Parts parts(Bet bet) {
        return staked.getOrDefault(bet, Parts.NONE).then(failures(bet));
    }

    /// With new stakes on what comes from now on.
    ///
    /// @param now with what the epochs say that are kept
    /// @param sameStep whether what comes is of the same step
    PairEvidence stakedAnew(PairEvidence now, boolean sameStep) {
        Map<Bet, FailureBets> rest = new HashMap<>(failures);
        rest.keySet().removeIf(Bet::isStaked);
        Map<Bet, Parts> over = new EnumMap<>(Bet.class);
        for (Bet bet : Bet.values()) {
            Parts parts = now.parts(bet);
            if (bet.isStaked() && parts.all().parts() > 0) {
                over.put(bet, sameStep ? parts : new Parts(parts.all(), StakedBets.NONE));
            }
        }
        return new PairEvidence(rest, over, slower, notSlower, differs);
    }

    Staked slower(MetricSpec.Latency metric) {
        return slower.getOrDefault(metric.name(), Staked.NONE);
    }

    /// Each bucket once.
    Staked notSlower(MetricSpec.Latency metric) {
        return notSlower.getOrDefault(metric.name(), Staked.NONE);
    }

    /// Every request.
    Staked notSlowerOfEvery(MetricSpec.Latency metric) {
        return notSlower.getOrDefault(metric.name() + OF_EVERY, Staked.NONE);
    }

    /// With what an epoch says, of all metrics, that is not judged anew. Of what cannot be judged nothing is
    /// added: the judge tells of that while the epoch is kept.
    ///
    /// @param part what is of the present part of it
    PairEvidence forGood(RolloutSpec spec, Epoch epoch, Epoch part, String arm, Repeats repeats) {
        Pairs pairs = new Pairs(List.of(epoch), arm, spec.control(), repeats);
        Pairs ofPart = new Pairs(List.of(part), arm, spec.control(), repeats);
        PairEvidence evidence = this;
        for (MetricSpec metric : spec.metrics()) {
            try {
                evidence = evidence.then(metric, pairs, ofPart);
            } catch (RuntimeException _) {
                // Who throws here would keep the rollout from being looked after for ever.
            }
        }
        return evidence;
    }

    /// With what one metric has of an epoch that came later, or began to.
    ///
    /// @param pairs of that epoch
    /// @param ofPart of what is of the present part of it
    PairEvidence then(MetricSpec metric, Pairs pairs, Pairs ofPart) {
        if (pairs.isEmpty()) {
            return this;
        }
        return switch (metric) {
            case MetricSpec.Errors errors ->
                new PairEvidence(withFailures(pairs, ofPart, errors), staked, slower, notSlower, differs);
            case MetricSpec.Latency latency -> withLatencies(pairs, latency);
            case MetricSpec.PredictionDrift _ ->
                new PairEvidence(failures, staked, slower, notSlower, differs.then(logDiffers(pairs)));
            case MetricSpec.Disagreement _, MetricSpec.CopyLatency _, MetricSpec.Feedback _, MetricSpec.Gate _ -> this;
        };
    }

    private Map<Bet, FailureBets> withFailures(Pairs pairs, Pairs ofPart, MetricSpec.Errors metric) {
        Map<Bet, FailureBets> bets = new EnumMap<>(Bet.class);
        bets.putAll(failures);
        for (Bet bet : Bet.values()) {
            bets.merge(bet, bet.of(bet.isStaked() ? ofPart : pairs, metric), FailureBets::plus);
        }
        return bets;
    }

    private PairEvidence withLatencies(Pairs pairs, MetricSpec.Latency latency) {
        double repeats = pairs.repeats().asked();
        Map<String, Staked> steps = new HashMap<>(slower);
        Map<String, Staked> notSteps = new HashMap<>(notSlower);
        steps.put(latency.name(), slower(latency).then(logSlower(pairs, latency)));
        notSteps.put(latency.name(), notSlower(latency).then(logNotSlower(pairs.latencies(), latency, repeats)));
        notSteps.put(
                latency.name() + OF_EVERY,
                notSlowerOfEvery(latency).then(logNotSlower(pairs.latenciesOfEvery(), latency, 1)));
        return new PairEvidence(failures, staked, steps, notSteps, differs);
    }

    private static double logSlower(Pairs pairs, MetricSpec.Latency metric) {
        PoolCounts only = pairs.latencies().pools().getFirst();
        return QuantileTest.of(metric.quantile())
                .logSlower(
                        only.canary(),
                        only.control(),
                        metric.rollbackShift(),
                        pairs.repeats().asked());
    }

    private static double logNotSlower(PairCounts latencies, MetricSpec.Latency metric, double divisor) {
        PoolCounts only = latencies.pools().getFirst();
        return QuantileTest.of(metric.quantile())
                .logSlower(only.control(), only.canary(), -metric.promoteShift(), divisor);
    }

    private static double logDiffers(Pairs pairs) {
        int bins = pairs.bins();
        return bins == 0 ? 0 : ArmIndependence.logDiffers(pairs.predictions(bins));
    }
}
