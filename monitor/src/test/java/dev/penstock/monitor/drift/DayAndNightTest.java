package dev.penstock.monitor.drift;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.penstock.monitor.recording.Cumulative;
import dev.penstock.monitor.recording.Feature;
import dev.penstock.monitor.recording.MonitorPlan;
import dev.penstock.monitor.recording.Replica;
import dev.penstock.monitor.recording.Strata;
import dev.penstock.monitor.recording.Window;
import dev.penstock.monitor.recording.WindowSettings;
import dev.penstock.monitor.recording.Windows;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/// Windows of which one row in sixteen was recorded by day, when others ask than at night, and then all.
class DayAndNightTest {
    private static final MonitorPlan PLAN = Observed.plan(1);
    private static final Population BY_DAY = Population.shifted(1);
    private static final Population AT_NIGHT = Population.shifted(-0.5);
    private static final long STEP = 300_000;
    private static final int STEPS_OF_AN_HOUR = 12;
    private static final int DAY_ROWS = 100;
    private static final int NIGHT_ROWS = 300;
    private static final int PER_ROW = 16;

    private final RandomGenerator random = new SplittableRandom(3);

    @Test
    void aDayIsNoDriftAgainstItsTrueMixHoweverLongItsNightIs() {
        for (int nightHours : new int[] {6, 12, 20}) {
            Windows windows = new Windows(PLAN, WindowSettings.STANDARD, 0);
            Cumulative recorded = day(windows, nightHours);
            Cumulative usual = trueMix(nightHours, 40_000);

            Cumulative window = windows.last(Duration.ofHours(24), 24L * STEPS_OF_AN_HOUR * STEP)
                    .counts();

            assertThat(status(usual, window))
                    .as("%d hours of night", nightHours)
                    .isLessThan(DriftStatus.WARNING);
            assertThat(status(usual, recorded)).as("rows as they were recorded").isEqualTo(DriftStatus.CRITICAL);
            assertThat(window.seen()).isEqualTo(recorded.seen());
            assertThat((double) window.recorded()).isCloseTo(kish(nightHours), within(1.0));
            assertThat(window.total(PLAN.features().getFirst())).isEqualTo(window.recorded());
        }
    }

    @Test
    void whatLiesBetweenTwoMomentsIsWeighedToo() {
        Windows windows = new Windows(PLAN, WindowSettings.STANDARD, 0);
        Cumulative recorded = day(windows, 12);
        long hour = STEPS_OF_AN_HOUR * STEP;

        Cumulative dusk = windows.between(6 * hour, 18 * hour, 24 * hour);

        assertThat(dusk.seen()).isEqualTo(recorded.seen() / 2);
        assertThat((double) dusk.recorded()).isCloseTo(kish(12) / 2, within(1.0));
        assertThat(status(trueMix(12, 40_000), dusk)).isLessThan(DriftStatus.WARNING);
    }

    @Test
    void serversThatRecordDifferentPartsWeighAsTheRowsThatTheyRan() {
        Windows windows = new Windows(PLAN, WindowSettings.STANDARD, 0);
        windows.put(new Replica("busy", 1), seen(3_000, PER_ROW, BY_DAY), STEP);
        windows.put(new Replica("calm", 1), seen(12_000, 1, AT_NIGHT), STEP);

        Window subWindow = windows.close(STEP);

        assertThat(subWindow).isNotNull();
        Cumulative usual = seen(32_000, 1, BY_DAY).plus(seen(8_000, 1, AT_NIGHT));
        assertThat(status(usual, subWindow.counts())).isLessThan(DriftStatus.WARNING);
        assertThat(subWindow.counts().recorded()).isEqualTo(60_000L * 60_000 / (256 * 3_000 + 12_000));
    }

    @Test
    void asManyRowsCountAsWhatIsSaidOfThemIsWorth() {
        int surprising = 0;
        int rounds = 400;
        Cumulative usual = seen(1_000_000, 1, BY_DAY);
        for (int i = 0; i < rounds; i++) {
            Strata strata = new Strata(PLAN);
            strata.add(seen(600, PER_ROW, BY_DAY));
            strata.add(seen(4_000, 1, BY_DAY));
            FeatureDrift value = Drift.of(usual, strata.total(), DriftRules.STANDARD).features().stream()
                    .filter(feature -> feature.name().equals(Observed.VALUE))
                    .findFirst()
                    .orElseThrow();
            surprising += value.distribution().pNoDrift() < 0.05 ? 1 : 0;
        }

        // One in twenty; three standard deviations to either side.
        assertThat(surprising).isBetween(8, 33);
    }

    @Test
    void whereAllWereSampledAlikeTheCountsAreThoseThatWereMade() {
        Strata strata = new Strata(PLAN);
        Cumulative first = seen(900, PER_ROW, BY_DAY);
        Cumulative second = seen(1_100, PER_ROW, AT_NIGHT);
        strata.add(first);
        strata.add(second);

        assertThat(strata.total().counts()).containsExactly(first.plus(second).counts());
    }

    @Test
    void rareSlotsDoNotVanishTogether() {
        MonitorPlan many = Observed.plan(1, 64);
        long[] labels = new long[64];
        labels[0] = 3_000;
        for (int i = 1; i < 64; i++) {
            labels[i] = 1;
        }
        Strata strata = new Strata(many);
        strata.add(new Observed(many).labels(labels).counted());
        strata.add(new Observed(many).labels(200).of(16 * 200L).counted());

        Cumulative total = strata.total();

        long[] counts = Bins.known((Feature.Categorical) feature(many), total);
        double part = (double) total.recorded() / (double) total.seen();
        long rare = Bins.total(counts) - counts[1];
        assertThat((double) rare).isCloseTo(63 * part, within(1.0));
        assertThat(Bins.total(counts)).isEqualTo(total.recorded());
    }

    @Test
    void whatIsHardlyRecordedCountsWithWhatComesNext() {
        Strata strata = new Strata(PLAN);
        strata.add(seen(1, 1_024, AT_NIGHT));
        strata.add(new Observed(PLAN).of(500).counted());
        strata.add(seen(3_000, 1, BY_DAY));

        Cumulative total = strata.total();

        assertThat(total.seen()).isEqualTo(1_024 + 500 + 3_000);
        assertThat(total.recorded()).isEqualTo(3_001);
    }

    private static Feature feature(MonitorPlan plan) {
        return new Observed(plan).feature(Observed.LABEL);
    }

    /// Rows that count, by Kish.
    private static double kish(int nightHours) {
        double day = (24.0 - nightHours) * STEPS_OF_AN_HOUR * DAY_ROWS;
        double night = nightHours * (double) STEPS_OF_AN_HOUR * NIGHT_ROWS;
        double ran = PER_ROW * day + night;
        return ran * ran / (PER_ROW * PER_ROW * day + night);
    }

    /// @return what was recorded in all
    private Cumulative day(Windows windows, int nightHours) {
        Replica server = new Replica("one", 0);
        Cumulative all = Cumulative.zero(PLAN);
        for (int step = 0; step < 24 * STEPS_OF_AN_HOUR; step++) {
            windows.put(server, all, step * STEP);
            boolean night = step < nightHours * STEPS_OF_AN_HOUR;
            all = all.plus(night ? seen(NIGHT_ROWS, 1, AT_NIGHT) : seen(DAY_ROWS, PER_ROW, BY_DAY));
        }
        windows.put(server, all, 24L * STEPS_OF_AN_HOUR * STEP);
        return all;
    }

    private Cumulative trueMix(int nightHours, long rows) {
        double day = (24.0 - nightHours) * DAY_ROWS * PER_ROW;
        double night = nightHours * (double) NIGHT_ROWS;
        long byDay = Math.round((double) rows * day / (day + night));
        return seen(byDay, 1, BY_DAY).plus(seen(rows - byDay, 1, AT_NIGHT));
    }

    private static DriftStatus status(Cumulative usual, Cumulative window) {
        return Drift.of(usual, window, DriftRules.STANDARD).status();
    }

    /// @param perRow of so many rows that ran one was recorded
    private Cumulative seen(long recorded, int perRow, Population answer) {
        Observed seen = new Observed(PLAN);
        seen.bins("x", Population.shifted(0).sample(recorded, random));
        seen.bins(Observed.VALUE, answer.sample(recorded, random));
        return seen.labels(recorded / 2, recorded / 4, recorded - recorded / 2 - recorded / 4)
                .of(recorded * perRow)
                .counted();
    }
}
