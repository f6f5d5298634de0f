package dev.penstock.router.rollout;

import dev.penstock.router.arms.ArmCounts;
import dev.penstock.router.arms.GroupSums;
import dev.penstock.router.bandit.OffPolicyRewards;
import dev.penstock.router.evidence.AsymptoticSequence;
import dev.penstock.router.evidence.JackknifeSums;
import dev.penstock.router.evidence.LatencyBand;
import dev.penstock.router.evidence.MixtureSprt;
import dev.penstock.router.evidence.PoolCounts;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// What is told beside the metrics: where latencies differ, what another kind of test would say, and what
/// each arm would have earned with all requests. Pure.
final class Reports {
    /// Of each report.
    private static final double ALPHA = 0.05;

    /// Quantiles between which latencies are told apart.
    private static final double[] RANGES = {0, 0.5, 0.9, 1};

    private Reports() {}

    static List<Report> of(RolloutSpec spec, RolloutState state) {
        List<Report> reports = new ArrayList<>();
        for (Candidate candidate : spec.candidates()) {
            Pairs kept = new Pairs(state.epochs(), candidate.arm(), spec.control()).lastStep();
            Pairs all = new Pairs(state.all(), candidate.arm(), spec.control()).lastStep();
            spec.metrics().stream()
                    .filter(MetricSpec.Latency.class::isInstance)
                    .findFirst()
                    .ifPresent(_ -> addShifts(reports, candidate.arm(), kept));
            spec.metrics().stream()
                    .filter(MetricSpec.Errors.class::isInstance)
                    .findFirst()
                    .ifPresent(errors -> addSprt(reports, errors.name() + "-msprt", candidate.arm(), all));
            reports.addAll(CopyLatencyReading.reports(spec, state, candidate.arm()));
        }
        if (spec.strategy().compares()) {
            addRewards(reports, spec.control(), state);
            spec.candidates().forEach(candidate -> addRewards(reports, candidate.arm(), state));
        }
        return reports;
    }

    private static void addShifts(List<Report> all, String arm, Pairs step) {
        PoolCounts most = step.latencies().largest();
        if (most == null) {
            return;
        }
        for (int i = 1; i < RANGES.length; i++) {
            LatencyBand band = LatencyBand.of(most.canary(), most.control(), RANGES[i - 1], RANGES[i]);
            all.add(new Report(
                    "latency-shift-p%.0f-p%.0f".formatted(100 * RANGES[i - 1], 100 * RANGES[i]),
                    arm,
                    MetricReading.Evidence.NONE,
                    new MetricReading.Estimate(
                            band.shift(),
                            Math.max(-1, band.shift() - band.allowed()),
                            Math.min(1, band.shift() + band.allowed())),
                    new MetricReading.Observed(total(most.control()), total(most.canary())),
                    detail(band)));
        }
    }

    private static long total(long[] counts) {
        return Arrays.stream(counts).sum();
    }

    private static String detail(LatencyBand band) {
        String side = band.shift() > 0 ? "slower" : "faster";
        return String.format(
                Locale.ROOT,
                "%s: up to %.2f%% of requests (by chance: %.2f%%)",
                band.differs() ? side : "no difference is proven",
                100 * Math.abs(band.shift()),
                100 * Math.min(1, band.allowed()));
    }

    private static void addSprt(List<Report> all, String name, String arm, Pairs step) {
        ArmCounts canary = step.candidateTotal();
        ArmCounts control = step.controlTotal();
        if (canary.eligibleOnce() == 0 || control.eligibleOnce() == 0) {
            return;
        }
        double n = (double) canary.eligibleOnce();
        double m = (double) control.eligibleOnce();
        double rate = (double) Pairs.Failures.ONCE.failed(canary) / n;
        double usual = (double) Pairs.Failures.ONCE.failed(control) / m;
        // With half a failure more: none at all is no certainty.
        double pooled = (rate * n + usual * m + 0.5) / (n + m + 1);
        // Bets on differences of about the rate itself.
        double variance = pooled * (1 - pooled) * (1 / n + 1 / m);
        double logRatio = MixtureSprt.logLikelihoodRatio(rate - usual, variance, pooled * pooled);
        all.add(new Report(
                name,
                arm,
                MetricReading.Evidence.against(logRatio, -Math.log(ALPHA)),
                MetricReading.Estimate.of(rate - usual),
                new MetricReading.Observed(control.eligibleOnce(), canary.eligibleOnce()),
                String.format(
                        Locale.ROOT,
                        "%.3f%%, the default arm %.3f%%, of this step; to compare with other tools",
                        100 * rate,
                        100 * usual)));
    }

    private static void addRewards(List<Report> all, String arm, RolloutState state) {
        OffPolicyRewards rewards = rewards(state, arm);
        if (rewards == null) {
            return;
        }
        all.add(reward("reward-ips", arm, rewards, rewards.inversePropensity(ALPHA)));
        all.add(reward("reward-snips", arm, rewards, rewards.selfNormalised(ALPHA)));
    }

    private static Report reward(String name, String arm, OffPolicyRewards rewards, AsymptoticSequence mean) {
        return new Report(
                name,
                arm,
                MetricReading.Evidence.NONE,
                new MetricReading.Estimate(mean.estimate(), mean.lower(), mean.upper()),
                new MetricReading.Observed(
                        rewards.rewards().total(), rewards.rewards().total()),
                String.format(Locale.ROOT, "%.4f on average, had all requests come to it", mean.estimate()));
    }

    /// Of the times in which that arm had a share.
    ///
    /// @return null if nothing was said of it
    private static @Nullable OffPolicyRewards rewards(RolloutState state, String arm) {
        boolean rewarded = state.isRewarded();
        OffPolicyRewards sum = state.past().earned(arm, rewarded);
        for (Epoch epoch : state.epochs()) {
            sum = sum.plus(rewards(epoch, arm, rewarded));
        }
        return sum.weights().mean() > 0 ? sum : null;
    }

    /// Rewards if there are any, else the share of right answers, as bandits take them.
    static OffPolicyRewards rewards(Epoch epoch, String arm, boolean rewarded) {
        if (epoch.weight(arm) == 0) {
            return OffPolicyRewards.none();
        }
        long[] any = new long[JackknifeSums.GROUPS];
        for (ArmCounts counts : epoch.counts().values()) {
            long[] told = told(counts, rewarded).counts();
            Arrays.setAll(any, group -> any[group] + told[group]);
        }
        GroupSums mine = told(epoch.counts(arm), rewarded);
        if (!mine.isSound()) {
            return OffPolicyRewards.none();
        }
        double chance = (double) epoch.weight(arm) / StepSpec.ALL;
        return OffPolicyRewards.none().plus(chance, JackknifeSums.of(mine.counts(), mine.sums()), any);
    }

    private static GroupSums told(ArmCounts counts, boolean rewarded) {
        return rewarded ? counts.rewards() : counts.right();
    }
}
