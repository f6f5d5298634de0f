package dev.penstock.router.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import dev.penstock.core.LatencyHistogram;
import dev.penstock.core.ServingException;
import dev.penstock.router.arms.GroupSums;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// What is made of how long a candidate's runs of copies are.
class CopyLatencyTest {
    private static final long SEED = 6;

    private static RolloutSpec spec(MetricSpec... metrics) {
        return new RolloutSpec(
                "digits",
                "stable",
                List.of(new Candidate("canary", "digits", 2)),
                Strategy.SHADOW,
                List.of(StepSpec.shadow(StepSpec.ALL, Duration.ofHours(1)).with(Require.PROVEN)),
                List.of(metrics),
                Rules.STANDARD,
                BanditSpec.STANDARD);
    }

    /// Both runs of a pair are longer or shorter together.
    private static Compared runs(int pairs, double ratio, int groups) {
        Random random = new Random(SEED);
        long[] counts = new long[GroupSums.GROUPS];
        double[] sums = new double[GroupSums.GROUPS];
        double[] squares = new double[GroupSums.GROUPS];
        LatencyHistogram control = new LatencyHistogram();
        LatencyHistogram candidate = new LatencyHistogram();
        for (int i = 0; i < pairs; i++) {
            double usual = 1e6 * Math.exp(random.nextGaussian());
            double log = Math.log(ratio) + 0.3 * random.nextGaussian();
            int group = i % groups;
            counts[group]++;
            sums[group] += log;
            squares[group] += log * log;
            control.record((long) usual);
            candidate.record((long) (usual * Math.exp(log)));
        }
        CopyRuns runs = new CopyRuns(new GroupSums(counts, sums, squares), control.snapshot(), candidate.snapshot());
        return new Compared(pairs, 0, 0, GroupSums.EMPTY, GroupSums.EMPTY, runs);
    }

    private static RolloutState counted(RolloutSpec spec, Compared copies) {
        RolloutChange change = RolloutState.pending(spec, 0).change();
        Observation seen = new Observation(
                true,
                Map.of(),
                Map.of("canary", copies),
                Map.of("canary", Observation.Readiness.READY),
                Map.of(),
                List.of());
        change.counted().add(spec, seen);
        return change.state();
    }

    private static MetricReading reading(Compared copies) {
        RolloutSpec asked = spec(new MetricSpec.CopyLatency(2, true));
        return new EvidenceJudge()
                .judge(asked, counted(asked, copies), List.of())
                .of("canary")
                .getFirst();
    }

    @Test
    void whoIsSlowerThanIsAllowedFailsAndWhoIsNotPasses() {
        assertThat(reading(runs(1_000, 3, 64)).verdict()).isEqualTo(Verdict.FAIL);
        assertThat(reading(runs(1_000, 2, 64)).verdict()).isEqualTo(Verdict.INSUFFICIENT);
        MetricReading fast = reading(runs(1_000, 1.3, 64));
        assertThat(fast.verdict()).isEqualTo(Verdict.PASS);
        assertThat(fast.estimate().value()).isCloseTo(1.3, within(0.05));
        assertThat(fast.estimate().lower()).isBetween(1.0, 1.3);
        assertThat(fast.detail())
                .startsWith("runs of copies: p50 ")
                .contains("the default arm's", "p99 ", "of 1000 (allowed: 2.00 times)");
    }

    @Test
    void tooLittleIsNeither() {
        assertThat(reading(Compared.NONE).detail()).contains("no run of a copy");
        assertThat(reading(Compared.NONE).verdict()).isEqualTo(Verdict.INSUFFICIENT);
        assertThat(reading(runs(31, 30, 64)).verdict()).isEqualTo(Verdict.INSUFFICIENT);

        MetricReading few = reading(runs(5_000, 4, 20));
        assertThat(few.verdict()).isEqualTo(Verdict.INSUFFICIENT);
        assertThat(few.isNotWorse())
                .as("of twenty groups of units, but twice as slow")
                .isFalse();
        assertThat(few.detail()).endsWith("; of too few units to be certain");
    }

    @Test
    void fewPairsAreNoReasonForSuspicion() {
        assertThat(reading(runs(1, 30, 20)).isNotWorse()).isTrue();
        assertThat(reading(runs(31, 30, 20)).isNotWorse()).isTrue();
        assertThat(reading(runs(32, 30, 20)).isNotWorse()).isFalse();
    }

    private static RolloutSpec canary(List<StepSpec> steps, MetricSpec... metrics) {
        return new RolloutSpec(
                "digits",
                "stable",
                List.of(new Candidate("canary", "digits", 2)),
                Strategy.CANARY,
                steps,
                List.of(metrics),
                Rules.STANDARD,
                BanditSpec.STANDARD);
    }

    private static final StepSpec SHARE = StepSpec.share(5000, Duration.ofHours(1), Require.PROVEN);

    @Test
    void itIsRefusedWhereNobodyGetsCopies() {
        assertThatExceptionOfType(ServingException.class)
                .isThrownBy(() -> canary(List.of(SHARE), MetricSpec.CopyLatency.STANDARD))
                .withMessageContaining("metrics: copyLatency (expected: only where a step gives copies");
        StepSpec shadow = StepSpec.shadow(100, Duration.ofHours(1));
        assertThat(canary(List.of(shadow, SHARE), MetricSpec.CopyLatency.STANDARD)
                        .metrics())
                .hasSize(1);
    }

    private static List<String> undecided(RolloutSpec asked, StepSpec step) {
        return new EvidenceJudge()
                .judge(asked, counted(asked, Compared.NONE), List.of())
                .undecided(step, asked, "canary");
    }

    @Test
    void itIsToBeProvenWhereCopiesGo() {
        StepSpec shadow = StepSpec.shadow(100, Duration.ofHours(1)).with(Require.PROVEN);
        MetricSpec required = new MetricSpec.CopyLatency(2, true);
        RolloutSpec both = canary(List.of(shadow, SHARE), required, MetricSpec.Errors.STANDARD);

        assertThat(undecided(both, shadow)).contains("copy-latency");
        assertThat(undecided(both, SHARE)).containsExactly("errors");
        assertThat(undecided(canary(List.of(shadow, SHARE), required), SHARE))
                .as("nothing else could prove anything")
                .containsExactly("copy-latency");
    }

    @Test
    void whoAsksForNothingIsToldAllTheSame() {
        RolloutSpec plain = spec(MetricSpec.Disagreement.STANDARD);
        Judgement judged = new EvidenceJudge().judge(plain, counted(plain, runs(500, 3, 64)), List.of());

        assertThat(judged.readings()).extracting(MetricReading::metric).containsExactly("disagreement");
        assertThat(judged.reports()).singleElement().satisfies(report -> {
            assertThat(report.name()).isEqualTo("copy-latency");
            assertThat(report.estimate().value()).isCloseTo(3, within(0.2));
            assertThat(report.estimate().upper()).isGreaterThan(3);
        });
        RolloutSpec asked = spec(MetricSpec.CopyLatency.STANDARD);
        assertThat(new EvidenceJudge()
                        .judge(asked, counted(asked, runs(500, 3, 64)), List.of())
                        .reports())
                .isEmpty();
    }

    @Test
    void ratiosThatMeanNothingAreRefused() {
        assertThatExceptionOfType(ServingException.class)
                .isThrownBy(() -> new MetricSpec.CopyLatency(0.5, false))
                .withMessageContaining("maxRatio: 0.5 (expected: 1 to 32)");
    }

    @Test
    void countsAddAndSubtract() {
        Compared before = runs(100, 2, 64);
        Compared more = runs(40, 3, 64);

        assertThat(before.plus(more).minus(before).runs().pairs()).isEqualTo(40);
        assertThat(before.plus(more).minus(before).runs().candidate())
                .isEqualTo(more.runs().candidate());
        assertThat(before.minus(before.plus(more))).isEqualTo(Compared.NONE);
    }
}
