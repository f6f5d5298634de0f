package dev.penstock.monitor.drift;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.monitor.recording.Cumulative;
import dev.penstock.monitor.recording.MonitorPlan;
import dev.penstock.monitor.recording.Window;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// What is told of a version by looks at its sub-windows, of windows alone.
class DriftLooksTest {
    private static final int INPUTS = 5;
    private static final MonitorPlan PLAN = Observed.plan(INPUTS);
    private static final Population SAME = Population.shifted(0);
    private static final Population MOVED = Population.shifted(0.45);
    private static final Population FAR = Population.shifted(1);
    private static final long MINUTES = 60_000;
    private static final int ROWS = 1_000;
    private static final int OF_AN_HOUR = 12;

    private final RandomGenerator random = new SplittableRandom(11);
    private final Cumulative usual = seen(10_000, 10_000, SAME, 10_000, true);
    private DriftLooks looks = new DriftLooks(PLAN, LookRules.STANDARD, null, 0);
    private long nowMillis;

    @Test
    void twoLooksOfThreeAreToldAndThreeThatAreCalmEndIt() {
        assertThat(look(ROWS, FAR)).isNull();
        DriftChange raised = look(ROWS, FAR);

        assertThat(raised).isNotNull();
        assertThat(raised.change()).isEqualTo(Alarm.Change.RAISED);
        assertThat(raised.status()).isEqualTo(DriftStatus.CRITICAL);
        assertThat(raised.features()).containsExactly(Observed.VALUE);
        assertThat(raised.rows()).isEqualTo(ROWS);
        assertThat(raised.fromMillis()).isEqualTo(5 * MINUTES);
        assertThat(looks.raised()).isEqualTo(DriftStatus.CRITICAL);
        assertThat(look(ROWS, SAME)).isNull();
        assertThat(look(ROWS, SAME)).isNull();
        assertThat(change(look(ROWS, SAME))).isEqualTo(Alarm.Change.CLEARED);
        assertThat(looks.raised()).isEqualTo(DriftStatus.OK);
    }

    @Test
    void fewRowsAreGatheredUntilTheyAreEnough() {
        for (int i = 0; i < 9; i++) {
            assertThat(look(100, FAR)).isNull();
        }
        DriftChange raised = look(100, FAR);

        assertThat(raised).isNotNull();
        assertThat(raised.rows()).isEqualTo(500);
        assertThat(raised.fromMillis()).isEqualTo(25 * MINUTES);
    }

    @Test
    void anAlarmOfWhatBecomesRareIsNotEndedByLooksAtTheRest() {
        raise();

        for (int i = 0; i < 20; i++) {
            assertThat(look(seen(ROWS, 50, FAR, ROWS, true))).as("look %d", i).isNull();
            assertThat(looks.raised()).as("look %d", i).isEqualTo(DriftStatus.CRITICAL);
        }
        // It has looks of its own, of ten sub-windows each, and these end it.
        for (int i = 0; i < 29; i++) {
            assertThat(look(seen(ROWS, 50, SAME, ROWS, true))).as("look %d", i).isNull();
        }
        assertThat(change(look(seen(ROWS, 50, SAME, ROWS, true)))).isEqualTo(Alarm.Change.CLEARED);
    }

    @Test
    void anAlarmGathersForLongerThanAWindowWhereItsVersionIsHardlyAsked() {
        raise();

        // After each hour what came is too little for a look, after each other one it is enough.
        for (int i = 0; i < 3 * 2 * OF_AN_HOUR - 1; i++) {
            assertThat(look(30, SAME)).as("look %d", i).isNull();
        }
        assertThat(change(look(30, SAME))).isEqualTo(Alarm.Change.CLEARED);
    }

    @Test
    void anAlarmOfWhatDoesNotComeAnyMoreIsOverInTheEnd() {
        raise();

        for (int i = 0; i < 3 * OF_AN_HOUR - 1; i++) {
            assertThat(look(seen(ROWS, 0, SAME, ROWS, true))).as("look %d", i).isNull();
        }
        assertThat(change(look(seen(ROWS, 0, SAME, ROWS, true)))).isEqualTo(Alarm.Change.CLEARED);
    }

    @Test
    void eachFeatureWaitsSinceItsOwnBeginning() {
        // Of one hardly anything comes, from the beginning on; of the other something does, from minute 45 on.
        for (int i = 0; i < 9; i++) {
            assertThat(look(seen(ROWS, 1, SAME, 0, true))).isNull();
        }
        for (int i = 0; i < 9; i++) {
            assertThat(look(seen(ROWS, 1, SAME, 100, false))).as("look %d", i).isNull();
        }
        DriftChange raised = look(seen(ROWS, 1, SAME, 100, false));

        assertThat(raised).isNotNull();
        assertThat(raised.features()).containsExactly(Observed.LABEL);
        assertThat(raised.rows()).isEqualTo(5 * ROWS);
        assertThat(raised.fromMillis()).isEqualTo((9 + 5) * 5 * MINUTES);
    }

    @Test
    void whatIsLateAddsItsNameToThoseThatWereTold() {
        look(seen(ROWS, ROWS, MOVED, 100, false));
        DriftChange first = look(seen(ROWS, ROWS, MOVED, 100, false));
        assertThat(first).isNotNull();
        assertThat(first.status()).isEqualTo(DriftStatus.WARNING);
        assertThat(first.features()).containsExactly(Observed.VALUE);

        for (int i = 0; i < 7; i++) {
            assertThat(look(seen(ROWS, ROWS, MOVED, 100, false)))
                    .as("look %d", i)
                    .isNull();
        }
        DriftChange both = look(seen(ROWS, ROWS, MOVED, 100, false));

        assertThat(both).isNotNull();
        assertThat(both.change()).isEqualTo(Alarm.Change.WORSENED);
        assertThat(both.status()).isEqualTo(DriftStatus.CRITICAL);
        assertThat(both.features()).containsExactlyInAnyOrder(Observed.VALUE, Observed.LABEL);
    }

    @Test
    void anInputThatMovedForGoodAndDecidesNothingIsInNoAlarmsWay() {
        look(withInputs(1, FAR));
        assertThat(change(look(withInputs(1, FAR)))).isEqualTo(Alarm.Change.RAISED);

        assertThat(look(withInputs(1, SAME))).isNull();
        assertThat(look(withInputs(1, SAME))).isNull();
        assertThat(change(look(withInputs(1, SAME)))).isEqualTo(Alarm.Change.CLEARED);
    }

    @Test
    void whatWaitedIsJudgedWithWhatIsEnoughInTheEnd() {
        look(seen(ROWS, 400, FAR, ROWS, true));
        look(seen(ROWS, ROWS, FAR, ROWS, true));
        DriftChange raised = look(seen(ROWS, ROWS, FAR, ROWS, true));

        assertThat(raised).isNotNull();
        assertThat(looks.raised()).isEqualTo(DriftStatus.CRITICAL);
        // Of the first two together one look was made, of the third another.
        assertThat(raised.fromMillis()).isEqualTo(10 * MINUTES);
    }

    @Test
    void whatWaitsGoesOnWaitingIfItIsJudgedByOtherRules() {
        for (int i = 0; i < 9; i++) {
            assertThat(look(seen(ROWS, 100, FAR, ROWS, true))).isNull();
            looks = looks.judgedBy(LookRules.STANDARD, null);
        }

        assertThat(change(look(seen(ROWS, 100, FAR, ROWS, true)))).isEqualTo(Alarm.Change.RAISED);
    }

    @Test
    void whatGetsBetterInOnePartOfALookAndWorseInAnotherIsNoNews() {
        look(withLabels(FAR, 0, 0, 0));
        assertThat(change(look(withLabels(FAR, 84, 108, 108)))).isEqualTo(Alarm.Change.RAISED);
        assertThat(look(withLabels(SAME, 84, 108, 108))).isNull();
        assertThat(look(withLabels(SAME, 84, 108, 108))).isNull();

        // The third look at the answer is calm, and the second one at the labels is not.
        assertThat(look(withLabels(SAME, 84, 108, 108))).isNull();

        assertThat(looks.raised()).isEqualTo(DriftStatus.CRITICAL);
        for (int i = 0; i < 5; i++) {
            assertThat(look(withLabels(SAME, 150, 75, 75))).as("look %d", i).isNull();
        }
        assertThat(change(look(withLabels(SAME, 150, 75, 75)))).isEqualTo(Alarm.Change.CLEARED);
    }

    private Cumulative withLabels(Population answer, long... labels) {
        return observed(ROWS, ROWS, answer, 0, true).labels(labels).counted();
    }

    @Test
    void manyInputsAreAnAlarmAndIfTheyAreNearlyManyItStays() {
        look(withInputs(3, SAME));
        DriftChange raised = look(withInputs(3, SAME));
        assertThat(change(raised)).isEqualTo(Alarm.Change.RAISED);

        // Two of seven are 0.29, and it takes less than 0.24 to end what 0.3 begins.
        for (int i = 0; i < 5; i++) {
            assertThat(look(withInputs(2, SAME))).as("look %d", i).isNull();
        }
        look(withInputs(1, SAME));
        look(withInputs(1, SAME));
        assertThat(change(look(withInputs(1, SAME)))).isEqualTo(Alarm.Change.CLEARED);
    }

    @Test
    void whatWasToldStaysIfItIsJudgedByOtherRulesAndEndsIfItIsHeldAgainstSomethingElse() {
        raise();
        looks = looks.judgedBy(
                new LookRules(
                        DriftRules.STANDARD.withMinSamples(400),
                        LookRules.STANDARD.window(),
                        LookRules.STANDARD.longest()),
                null);
        assertThat(looks.raised()).isEqualTo(DriftStatus.CRITICAL);

        looks.silence();

        assertThat(looks.raised()).isEqualTo(DriftStatus.OK);
        assertThat(look(ROWS, FAR)).isNull();
        assertThat(change(look(ROWS, FAR))).isEqualTo(Alarm.Change.RAISED);
    }

    @Test
    void anAlarmOfWhatIsNotMonitoredAnyMoreIsOver() {
        look(withInputs(4, SAME));
        assertThat(change(look(withInputs(4, SAME)))).isEqualTo(Alarm.Change.RAISED);
        MonitorPlan fewer = Observed.plan(1);
        looks = looks.countedBy(fewer, LookRules.STANDARD, null, nowMillis);
        Cumulative came = new Observed(fewer)
                .bins("x", SAME.sample(ROWS, random))
                .bins(Observed.VALUE, SAME.sample(ROWS, random))
                .labels(500, 250, 250)
                .counted();

        DriftChange over = looks.look(new Window(came, nowMillis, nowMillis + 5 * MINUTES), (_, _) -> came.plus(came));

        assertThat(change(over)).isEqualTo(Alarm.Change.CLEARED);
    }

    @Test
    void anAlarmOfWhatNoBaselineHasAnyMoreIsOverInTheEnd() {
        raise();
        Cumulative without = seen(10_000, 0, SAME, 10_000, true);

        for (int i = 0; i < 3 * OF_AN_HOUR - 1; i++) {
            assertThat(look(seen(ROWS, ROWS, FAR, ROWS, true), without))
                    .as("look %d", i)
                    .isNull();
        }
        assertThat(change(look(seen(ROWS, ROWS, FAR, ROWS, true), without))).isEqualTo(Alarm.Change.CLEARED);
    }

    private void raise() {
        look(ROWS, FAR);
        assertThat(change(look(ROWS, FAR))).isEqualTo(Alarm.Change.RAISED);
    }

    private static Alarm.Change change(@Nullable DriftChange told) {
        return told == null ? Alarm.Change.NONE : told.change();
    }

    private @Nullable DriftChange look(int rows, Population answer) {
        return look(seen(rows, rows, answer, rows, true));
    }

    private @Nullable DriftChange look(Cumulative came) {
        return look(came, usual);
    }

    private @Nullable DriftChange look(Cumulative came, Cumulative against) {
        long begin = nowMillis;
        nowMillis += 5 * MINUTES;
        return looks.look(new Window(came, begin, nowMillis), (_, _) -> against);
    }

    private Cumulative withInputs(int moved, Population answer) {
        Observed seen = observed(ROWS, ROWS, answer, ROWS, true);
        for (int i = 0; i < moved; i++) {
            seen.bins("x[" + i + "]", FAR.sample(ROWS, random));
        }
        return seen.counted();
    }

    private Cumulative seen(int rows, int answers, Population answer, int labels, boolean asUsual) {
        return observed(rows, answers, answer, labels, asUsual).counted();
    }

    /// @param answers how many of the rows have one
    /// @param labels how many have one of those
    private Observed observed(int rows, int answers, Population answer, int labels, boolean asUsual) {
        Observed seen = new Observed(PLAN);
        for (int i = 0; i < INPUTS; i++) {
            seen.bins("x[" + i + "]", SAME.sample(rows, random));
        }
        seen.bins(Observed.VALUE, answer.sample(answers, random));
        int first = asUsual ? labels / 2 : labels / 10;
        return seen.labels(first, labels / 4, labels - first - labels / 4);
    }
}
