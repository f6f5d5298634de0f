package dev.penstock.router.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.router.arms.ArmCounts;
import dev.penstock.router.arms.GroupSums;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// What copies say of a candidate that has no share yet.
final class CopiesTest {
    private static final long SEED = 20;
    private static final int COPIES = 2_000;

    private final RolloutSpec spec = spec(RolloutSpec.STANDARD_METRICS);

    private static RolloutSpec spec(List<MetricSpec> metrics) {
        return new RolloutSpec(
                "digits",
                "stable",
                List.of(new Candidate("canary", "digits", 2)),
                Strategy.BLUE_GREEN,
                RolloutSpec.standardSteps(Strategy.BLUE_GREEN),
                metrics,
                Rules.STANDARD,
                BanditSpec.STANDARD);
    }

    /// As many units as copies.
    private static Compared copies(int answered, int different, int failed) {
        Random random = new Random(SEED);
        long[] ran = new long[GroupSums.GROUPS];
        long[] were = new long[GroupSums.GROUPS];
        double[] fails = new double[GroupSums.GROUPS];
        double[] differs = new double[GroupSums.GROUPS];
        for (int i = 0; i < answered + failed; i++) {
            int group = random.nextInt(GroupSums.GROUPS);
            ran[group]++;
            fails[group] += i < failed ? 1 : 0;
            were[group] += i < failed ? 0 : 1;
            differs[group] += i >= failed && i < failed + different ? 1 : 0;
        }
        return new Compared(
                answered, different, failed, new GroupSums(were, differs, differs), new GroupSums(ran, fails, fails));
    }

    private static Observation seen(Compared copies) {
        return new Observation(
                true,
                Map.of(
                        "stable",
                        new ArmCounts.Builder().failed(0).once(COPIES, 0).build()),
                Map.of("canary", copies),
                Map.of("canary", Observation.Readiness.READY),
                Map.of(),
                List.of());
    }

    /// What becomes of it if that comes of its copies every minute, up to the end of the first step's time.
    private RolloutState run(Compared copies) {
        RolloutMachine machine = new RolloutMachine(new EvidenceJudge());
        RolloutState state = RolloutState.pending(spec, 0);
        long minute = Duration.ofMinutes(1).toMillis();
        for (int i = 0; i < 9 && !state.phase().isEnding(); i++) {
            state = machine.tick(spec, state, seen(copies), i * minute).state();
        }
        return state;
    }

    @Test
    void whoFailsEveryCopyIsRolledBackBeforeItHasAnyCaller() {
        RolloutState state = run(copies(0, 0, COPIES));

        assertThat(state.phase().isEnding()).isTrue();
        assertThat(state.reason()).isEqualTo("copies");
        assertThat(state.detail()).contains("of 2000 copies failed (100.00%", "objective: 5.00%");
        assertThat(state.refuted()).as("the default arm answered the same").containsExactly("canary");
    }

    @Test
    void whoFailsOneCopyInTenIsRolledBackAndOneInAHundredIsNot() {
        assertThat(run(copies(1_800, 0, 200)).reason()).isEqualTo("copies");
        assertThat(run(copies(1_980, 0, 20)).phase()).isEqualTo(Phase.SHADOW);
    }

    @Test
    void onlyAnsweredCopiesAreWhatAStepNeeds() {
        RolloutState state = run(copies(480, 0, 20));
        StepNeeds needs = StepNeeds.of(spec, state, state.tickMillis());
        assertThat(needs.requests()).doesNotContainKey("canary");

        RolloutState few = run(copies(20, 0, 1));
        assertThat(StepNeeds.of(spec, few, few.tickMillis()).requests())
                .containsEntry("canary", new StepNeeds.Missing(4 * 20, 500));
    }

    private static MetricReading disagreement(Compared copies) {
        RolloutSpec asked = spec(List.of(MetricSpec.Disagreement.STANDARD));
        RolloutChange change = RolloutState.pending(asked, 0).change();
        change.counted().add(asked, seen(copies));
        return new EvidenceJudge()
                .judge(asked, change.state(), List.of())
                .of("canary")
                .getFirst();
    }

    @Test
    void copiesAgreeOrNot() {
        assertThat(disagreement(copies(COPIES, 10, 0)).verdict()).isEqualTo(Verdict.PASS);
        assertThat(disagreement(copies(COPIES, 40, 0)).verdict()).isEqualTo(Verdict.INSUFFICIENT);
        assertThat(disagreement(copies(COPIES, 100, 0)).verdict()).isEqualTo(Verdict.FAIL);
        assertThat(disagreement(copies(COPIES - 100, 0, 100)).verdict())
                .as("an answer that is not there is none that agrees")
                .isEqualTo(Verdict.FAIL);
        assertThat(disagreement(copies(COPIES, 0, 0)).verdict()).isEqualTo(Verdict.PASS);
    }

    /// What it asks is answered otherwise, again and again.
    @Test
    void oneBusyUnitIsNotAsManyDisagreementsAsItAsksFor() {
        double[] differs = new double[GroupSums.GROUPS];
        long[] ran = new long[GroupSums.GROUPS];
        ran[17] = 100;
        differs[17] = 100;
        GroupSums failures = new GroupSums(ran, new double[GroupSums.GROUPS], new double[GroupSums.GROUPS]);
        Compared busy = new Compared(100, 100, 0, new GroupSums(ran, differs, differs), failures);

        assertThat(disagreement(copies(COPIES, 0, 0).plus(busy)).verdict()).isEqualTo(Verdict.INSUFFICIENT);
        assertThat(disagreement(new Compared(COPIES, 100, 0, GroupSums.EMPTY, GroupSums.EMPTY))
                        .verdict())
                .as("as an earlier release counted")
                .isEqualTo(Verdict.INSUFFICIENT);
    }

    /// One unit asks for half of all copies, and its are not answered: nobody knows whether it is one of many.
    @Test
    void whatOneBusyUnitFailsSaysLittleOfTheOthers() {
        Compared others = copies(COPIES, 0, 0);
        double[] fails = new double[GroupSums.GROUPS];
        long[] ran = new long[GroupSums.GROUPS];
        ran[17] = COPIES / 5;
        fails[17] = COPIES / 5;
        Compared busy = new Compared(0, 0, COPIES / 5, GroupSums.EMPTY, new GroupSums(ran, fails, fails));

        assertThat(run(others.plus(busy)).phase()).isEqualTo(Phase.SHADOW);
    }

    private static List<String> undecided(RolloutSpec asked, Compared copies) {
        RolloutChange change = RolloutState.pending(asked, 0).change();
        change.counted().add(asked, seen(copies));
        Judgement judged = new EvidenceJudge().judge(asked, change.state(), List.of());
        change.judged(judged);
        return StepNeeds.of(asked, change.state(), 0).undecided();
    }

    @Test
    void copiesProveThatACandidateFailsSeldomEnough() {
        RolloutSpec asked = new RolloutSpec(
                "digits",
                "stable",
                spec.candidates(),
                Strategy.SHADOW,
                List.of(StepSpec.shadow(StepSpec.ALL, Duration.ofHours(1)).with(Require.PROVEN)),
                List.of(MetricSpec.Errors.STANDARD, MetricSpec.Disagreement.STANDARD),
                Rules.STANDARD,
                BanditSpec.STANDARD);

        assertThat(undecided(asked, copies(COPIES, 0, 0))).isEmpty();
        assertThat(undecided(asked, copies(COPIES - 80, 0, 80)))
                .as("4 % of 2,000 may be 5 %")
                .anyMatch(each -> each.equals("copies of canary: not enough data"));
    }

    /// Twenty tenants who ask again and again.
    private static Compared ofFewUnits(int units, int answered, int failed) {
        long[] ran = new long[GroupSums.GROUPS];
        double[] fails = new double[GroupSums.GROUPS];
        for (int group = 0; group < units; group++) {
            ran[group] = ((long) answered + failed) / units;
            fails[group] = (double) failed / units;
        }
        return new Compared(answered, 0, failed, GroupSums.EMPTY, new GroupSums(ran, fails, fails));
    }

    @Test
    void whoFailsCopiesOfFewUnitsIsNotRolledBackAndDoesNotGoOn() {
        assertThat(run(ofFewUnits(20, 2_000, 3_000)).phase()).isEqualTo(Phase.SHADOW);

        assertThat(undecided(spec, ofFewUnits(20, 2_000, 3_000)))
                .singleElement()
                .asString()
                .startsWith("copies of canary: 3000 of 5000 copies failed (60.00%")
                .endsWith("of too few units to be certain");
        assertThat(undecided(spec, ofFewUnits(20, 4_980, 20)))
                .as("fewer fail than may")
                .isEmpty();

        Compared different = new Compared(5_000, 3_000, 0, GroupSums.EMPTY, GroupSums.EMPTY);
        assertThat(disagreement(different).isNotWorse())
                .as("three of five are answered otherwise, of nobody knows which units")
                .isFalse();
    }

    /// A share with bounds has no e-value.
    @Test
    void whatIsSuspectedOfCopiesIsToldAsTheShareThatItIs() {
        RolloutSpec asked = spec(List.of(MetricSpec.Disagreement.STANDARD));
        Compared different = new Compared(5_000, 3_000, 0, GroupSums.EMPTY, GroupSums.EMPTY);

        assertThat(undecided(asked, different))
                .containsExactly("disagreement of canary: 3000 of 5000 copies were answered otherwise,"
                        + " 0 not at all (allowed: 2.00%); of too few units to be certain");
        assertThat(disagreement(different).evidence()).isEqualTo(MetricReading.Evidence.NONE);
        assertThat(disagreement(copies(COPIES, 100, 0)).evidence()).isEqualTo(MetricReading.Evidence.NONE);
    }

    private static List<Compared> ofThreeMinutes() {
        List<Compared> all = new ArrayList<>();
        for (int i = 1; i <= 3; i++) {
            all.add(copies(100 * i, 10 * i, i));
        }
        return all;
    }

    @Test
    void copiesAddAndSubtract() {
        Compared sum = Compared.NONE;
        for (Compared each : ofThreeMinutes()) {
            sum = sum.plus(each);
        }
        Compared last = ofThreeMinutes().getLast();

        assertThat(sum.answered()).isEqualTo(600);
        assertThat(sum.failures().sum()).isEqualTo(6);
        assertThat(sum.differences().sum()).isEqualTo(60);
        assertThat(sum.minus(last).plus(last)).isEqualTo(sum);
        assertThat(last.minus(sum)).as("it began anew").isEqualTo(Compared.NONE);
    }
}
