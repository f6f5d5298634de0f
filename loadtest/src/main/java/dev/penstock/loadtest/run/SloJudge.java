package dev.penstock.loadtest.run;

import dev.penstock.loadtest.result.Slo;
import dev.penstock.loadtest.result.StageResult;
import dev.penstock.loadtest.result.Steadiness.Settling;
import dev.penstock.loadtest.run.RateSearch.Vote;
import java.util.Locale;
import java.util.Optional;

/// Judges how a step of the search went. Pure.
final class SloJudge {
    /// A latency that is nearer to the limit could be on its other side the next time.
    private static final double NEAR = 0.1;

    private static final double NEAR_ERRORS = 0.5;

    /// So many answers have to lie beyond a percentile, or beyond its limit, for it to be worth a decision.
    static final int BEYOND = 10;

    private SloJudge() {}

    static Vote vote(StageResult stage, Slo slo) {
        if (stage.succeeded() == 0) {
            return Vote.BROKEN;
        }
        double[] latencies = stage.windows().stream()
                .mapToDouble(window -> window.latencyMicros(50))
                .toArray();
        Vote vote = vote(
                stage.latencyMicros(slo.percentile()),
                (double) slo.latency().toNanos() / 1e3,
                stage.errorShare(),
                slo.errorShare(),
                Growth.of(latencies));
        // What a late client measured may be its own fault, and what had not come to rest may be over.
        boolean late = vote == Vote.BROKEN && stage.client().lateShare() > Trust.MOST_LATE;
        boolean thin = thinness(stage, slo).isPresent();
        boolean unsettled = stage.steadiness().settling() == Settling.TIMED_OUT;
        return late || thin || unsettled ? vote.doubted() : vote;
    }

    /// Of all answers, those that lie beyond the percentile, 0 to 1; 0 for the longest of all, which one answer
    /// decides.
    static double shareBeyond(Slo slo) {
        return 1 - slo.percentile() / 100;
    }

    /// Why there are too few answers to judge a latency by; empty if there are enough, or none.
    static Optional<String> thinness(StageResult stage, Slo slo) {
        if (stage.succeeded() == 0 || stage.errorShare() > slo.errorShare() || shareBeyond(slo) == 0) {
            return Optional.empty();
        }
        boolean kept = slo.isKeptBy(stage);
        long beyond = kept
                ? Math.round((double) stage.succeeded() * shareBeyond(slo))
                : over(stage, slo.latency().toNanos());
        if (beyond >= BEYOND) {
            return Optional.empty();
        }
        return Optional.of(String.format(
                Locale.ROOT,
                "of %,d answers only %d %s, where %d are needed",
                stage.succeeded(),
                beyond,
                kept ? "lie beyond " + slo.percentileName() : "took longer than that",
                BEYOND));
    }

    private static long over(StageResult stage, long nanos) {
        long longest = stage.latency().getMaxValue();
        return longest <= nanos ? 0 : stage.latency().getCountBetweenValues(nanos + 1, longest);
    }

    /// @param growing whether the latency grew while it was measured: it will not stay where it is
    static Vote vote(double latencyMicros, double limitMicros, double errorShare, double mostErrors, boolean growing) {
        boolean kept = latencyMicros <= limitMicros && errorShare <= mostErrors;
        boolean near = Math.abs(latencyMicros / limitMicros - 1) < NEAR && errorShare <= mostErrors;
        boolean nearErrors =
                mostErrors > 0 && latencyMicros <= limitMicros && Math.abs(errorShare / mostErrors - 1) < NEAR_ERRORS;
        if (kept && growing) {
            // Two such steps say alike that more is asked than can be answered: the same rate overloads the
            // same way.
            return Vote.DOUBTFULLY_BROKEN;
        }
        if (kept) {
            return near || nearErrors ? Vote.DOUBTFULLY_KEPT : Vote.KEPT;
        }
        return near || nearErrors ? Vote.DOUBTFULLY_BROKEN : Vote.BROKEN;
    }
}
