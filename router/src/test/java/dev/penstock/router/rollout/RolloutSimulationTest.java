package dev.penstock.router.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.LatencyHistogram;
import dev.penstock.core.LatencySnapshot;
import dev.penstock.router.arms.ArmCounts;
import dev.penstock.router.arms.GroupSums;
import dev.penstock.router.rollout.Observation.Readiness;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Whole rollouts on simulated traffic, judged by the real tests: 250 requests in a tick of five seconds.
final class RolloutSimulationTest {
    private static final int REQUESTS = 250;
    private static final int TICK_MILLIS = 5000;
    private static final int BINS = 10;

    private final RolloutMachine machine = new RolloutMachine(new EvidenceJudge());

    private static RolloutSpec spec() {
        return new RolloutSpec(
                "digits",
                "stable",
                List.of(new Candidate("canary", "digits", 2)),
                Strategy.CANARY,
                List.of(
                        StepSpec.share(1000, Duration.ofMinutes(2), Require.NOT_WORSE),
                        new StepSpec(5000, 0, Duration.ofMinutes(2), Duration.ofMinutes(30), 0, Require.PROVEN),
                        StepSpec.share(StepSpec.ALL, Duration.ofMinutes(2), Require.NOT_WORSE)),
                List.of(
                        MetricSpec.Errors.STANDARD,
                        MetricSpec.Latency.P50,
                        MetricSpec.Latency.P99,
                        MetricSpec.PredictionDrift.STANDARD,
                        new MetricSpec.Feedback(true, 0.05, false)),
                Rules.STANDARD,
                BanditSpec.STANDARD);
    }

    /// What one arm is like.
    ///
    /// @param bias towards the first bin of its predictions
    private record Arm(double failureRate, double slowdown, double bias, double right) {
        static final Arm USUAL = new Arm(0.01, 1, 0, 0.95);

        ArmCounts during(SplittableRandom random, int requests, double wave) {
            LatencyHistogram latency = new LatencyHistogram();
            long failed = 0;
            long[] bins = new long[BINS];
            long[] told = new long[GroupSums.GROUPS];
            double[] sums = new double[GroupSums.GROUPS];
            for (int i = 0; i < requests; i++) {
                if (random.nextDouble() < failureRate * wave) {
                    failed++;
                    continue;
                }
                latency.record((long) (slowdown * 2e6 * Math.exp(0.5 * random.nextGaussian())));
                bins[random.nextDouble() < bias ? 0 : random.nextInt(BINS)]++;
                int group = random.nextInt(GroupSums.GROUPS);
                told[group]++;
                sums[group] += random.nextDouble() < right ? 1 : 0;
            }
            return new ArmCounts.Builder()
                    .failures(ErrorCode.INTERNAL, failed)
                    .latency(latency.snapshot(), LatencySnapshot.EMPTY)
                    .latencyOnce(latency.snapshot())
                    .failed(failed)
                    .once(requests, failed)
                    .firstExposures(requests)
                    .bins(bins)
                    .right(new GroupSums(told, sums, sums))
                    .build();
        }
    }

    private record End(RolloutState state, long seconds) {}

    private End run(RolloutSpec spec, Arm stable, Arm canary, long seed, int hours) {
        SplittableRandom random = new SplittableRandom(seed);
        RolloutState state = RolloutState.pending(spec, 0);
        long now = 0;
        while (!state.phase().isOver() && now < Duration.ofHours(hours).toMillis()) {
            now += TICK_MILLIS;
            double wave = 1 + 0.8 * Math.sin(now / 240_000.0);
            int canaries = 0;
            for (int i = 0; i < REQUESTS; i++) {
                canaries += random.nextInt(StepSpec.ALL) < state.weights().getOrDefault("canary", 0) ? 1 : 0;
            }
            Observation seen = new Observation(
                    true,
                    Map.of(
                            "stable", stable.during(random, REQUESTS - canaries, wave),
                            "canary", canary.during(random, canaries, wave)),
                    Map.of(),
                    Map.of("canary", Readiness.READY),
                    Map.of(),
                    List.of());
            state = machine.tick(spec, state, seen, now).state();
        }
        return new End(state, now / 1000);
    }

    @Test
    void goodCandidatesArePromotedThoughErrorsComeInWaves() {
        long promoted = IntStream.range(0, 6)
                .filter(seed ->
                        run(spec(), Arm.USUAL, Arm.USUAL, seed, 2).state().phase() == Phase.COMPLETED)
                .count();
        // 0.05 over the whole rollout at most: of 6 all but perhaps one.
        assertThat(promoted).isGreaterThanOrEqualTo(5);
    }

    @Test
    void aCandidateThatFailsMoreOftenIsRolledBack() {
        End end = run(spec(), Arm.USUAL, new Arm(0.05, 1, 0, 0.95), 1, 2);
        assertThat(end.state().phase()).isEqualTo(Phase.ROLLED_BACK);
        assertThat(end.state().reason()).isEqualTo("errors");
        assertThat(end.state().latched()).isTrue();
        assertThat(end.state().judged().readings().getFirst().evidence().rollback())
                .isGreaterThanOrEqualTo(
                        end.state().judged().readings().getFirst().evidence().threshold());
    }

    @Test
    void aSlowCandidateIsRolledBack() {
        End end = run(spec(), Arm.USUAL, new Arm(0.01, 2, 0, 0.95), 2, 2);
        assertThat(end.state().phase()).isEqualTo(Phase.ROLLED_BACK);
        assertThat(end.state().reason()).startsWith("latency-p");
    }

    @Test
    void aCandidateThatAnswersOtherwiseIsRolledBack() {
        End end = run(spec(), Arm.USUAL, new Arm(0.01, 1, 0.5, 0.95), 3, 2);
        assertThat(end.state().phase()).isEqualTo(Phase.ROLLED_BACK);
        assertThat(end.state().reason()).isEqualTo("prediction-drift");
    }

    @Test
    void aCandidateThatIsOftenWrongIsRolledBack() {
        End end = run(spec(), Arm.USUAL, new Arm(0.01, 1, 0, 0.6), 4, 2);
        assertThat(end.state().phase()).isEqualTo(Phase.ROLLED_BACK);
        assertThat(end.state().reason()).isEqualTo("quality");
    }

    @Test
    void whatIsNeitherProvenNorRefutedStaysUntilItsTimeIsUp() {
        // Worse than what is proven good and better than what is proven bad.
        End end = run(spec(), Arm.USUAL, new Arm(0.0137, 1, 0, 0.95), 5, 1);
        assertThat(end.state().reason()).isEqualTo("inconclusive");
        assertThat(end.state().step()).as("not beyond what is to be proven").isEqualTo(1);
        assertThat(end.seconds())
                .as("not before its time was up")
                .isGreaterThan(Duration.ofMinutes(32).toSeconds());
        assertThat(end.state().latched()).isFalse();
    }

    @Test
    void unitsThatGoElsewhereStopTheRollout() {
        RolloutSpec spec = spec();
        RolloutState state = RolloutState.pending(spec, 0);
        SplittableRandom random = new SplittableRandom(6);
        for (int second = 1; second < 120; second++) {
            // Half of the units of the candidate are lost on the way.
            Observation seen = new Observation(
                    true,
                    Map.of(
                            "stable", Arm.USUAL.during(random, 225, 1),
                            "canary", Arm.USUAL.during(random, 12, 1)),
                    Map.of(),
                    Map.of("canary", Readiness.READY),
                    Map.of(),
                    List.of());
            state = machine.tick(spec, state, seen, (long) second * TICK_MILLIS).state();
        }
        assertThat(state.phase()).isEqualTo(Phase.HOLD);
        assertThat(state.reason()).isEqualTo("sample-ratio");
    }

    @Test
    void aCandidateThatBreaksOnceItIsAloneIsRolledBackFromItsSoak() {
        RolloutSpec spec = new RolloutSpec(
                "digits",
                "stable",
                List.of(new Candidate("canary", "digits", 2)),
                Strategy.BLUE_GREEN,
                List.of(
                        StepSpec.shadow(StepSpec.ALL, Duration.ofMinutes(2)),
                        StepSpec.share(StepSpec.ALL, Duration.ofMinutes(30), Require.NOT_WORSE)),
                List.of(MetricSpec.Errors.STANDARD, MetricSpec.Latency.P99),
                Rules.STANDARD,
                BanditSpec.STANDARD);
        RolloutState state = RolloutState.pending(spec, 0);
        SplittableRandom random = new SplittableRandom(7);
        for (int second = 1; second < 240 && !state.phase().isOver(); second++) {
            boolean alone = state.weights().getOrDefault("canary", 0) == StepSpec.ALL;
            Observation seen = new Observation(
                    true,
                    alone
                            ? Map.of("canary", new Arm(0.1, 1, 0, 0.95).during(random, REQUESTS, 1))
                            : Map.of("stable", Arm.USUAL.during(random, REQUESTS, 1)),
                    alone ? Map.of() : Map.of("canary", new Compared(REQUESTS, 0, 0, GroupSums.EMPTY, GroupSums.EMPTY)),
                    Map.of("canary", Readiness.READY),
                    Map.of(),
                    List.of());
            state = machine.tick(spec, state, seen, (long) second * TICK_MILLIS).state();
        }
        assertThat(state.phase()).isEqualTo(Phase.ROLLED_BACK);
        assertThat(state.reason()).isEqualTo("errors");
        assertThat(state.step()).isEqualTo(1);
        assertThat(state.latched()).as("nobody was there to compare it with").isFalse();
    }
}
