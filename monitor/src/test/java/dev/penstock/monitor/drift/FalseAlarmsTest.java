package dev.penstock.monitor.drift;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// How often nothing is taken for a drift, and how soon a drift is found. The tables are printed;
/// `-Dmonths=100` has
/// them made of more models, `-DsubWindows=8640` of a whole month of sub-windows.
class FalseAlarmsTest {
    private static final int MONTHS = Integer.getInteger("months", 3);
    private static final long BASELINE_ROWS = 10_000;
    private static final long[] WINDOWS = {500, 2_000, 10_000, 100_000};
    private static final long[] SUB_WINDOW_ROWS = {42, 833};
    private static final int SUB_WINDOWS = Integer.getInteger("subWindows", 2880);
    private static final int WINDOWS_TO_FIND = 3;
    private static final Population SAME = Population.shifted(0);
    private static final Population MOVED = Population.shifted(0.5);

    @Test
    void aMonthWithoutDriftIsQuiet() {
        System.out.printf(
                Locale.ROOT,
                "%n20 features, no drift, %d windows of an hour each, %d models: alarms per model%n",
                Month.HOURS,
                MONTHS);
        System.out.printf(
                Locale.ROOT,
                "%10s %14s %14s %14s %20s%n",
                "rows",
                "this",
                "by evidence",
                "means moving",
                "PSI > 0.1, windows");
        for (long rows : WINDOWS) {
            int raised = 0;
            int byEvidence = 0;
            int shifting = 0;
            int fixed = 0;
            for (int model = 0; model < MONTHS; model++) {
                Month month = new Month(rows, BASELINE_ROWS, seeded(rows, model)).pass(Month.HOURS, SAME);
                raised += month.raised();
                byEvidence += month.raisedByEvidence();
                shifting += month.shifting();
                fixed += month.fixedAlarms();
            }
            System.out.printf(
                    Locale.ROOT,
                    "%10d %14.2f %14.2f %14.2f %20.1f%n",
                    rows,
                    perModel(raised),
                    perModel(byEvidence),
                    perModel(shifting),
                    perModel(fixed));
            assertThat(raised)
                    .as("alarms of %d models, %d rows a window", MONTHS, rows)
                    .isLessThanOrEqualTo(MONTHS);
        }
    }

    @Test
    void aMonthOfSubWindowsWithoutDriftIsQuiet() {
        System.out.printf(
                Locale.ROOT,
                "%n20 features, no drift, %d sub-windows of five minutes each: alarms by evidence, means moving%n",
                SUB_WINDOWS);
        for (long rows : SUB_WINDOW_ROWS) {
            Month month = new Month(rows, BASELINE_ROWS, seeded(rows, MONTHS));
            int alarms = month.passSubWindows(SUB_WINDOWS, SAME);
            System.out.printf(Locale.ROOT, "%10d %14d %14d%n", rows, alarms, month.shifting());
            assertThat(alarms).as("alarms, %d rows a sub-window", rows).isLessThanOrEqualTo(1);
        }
    }

    @Test
    void halfADeviationIsFoundWithinThreeWindows() {
        System.out.printf(
                Locale.ROOT,
                "%nan answer moved by 0.5 standard deviations, %d models: windows until an alarm, mean (most)%n",
                MONTHS * 10);
        System.out.printf(Locale.ROOT, "%10s %14s %20s%n", "rows", "this", "PSI > 0.1");
        for (long rows : WINDOWS) {
            int sum = 0;
            int most = 0;
            int fixedSum = 0;
            int fixedMost = 0;
            for (int model = 0; model < MONTHS * 10; model++) {
                Month month = new Month(rows, BASELINE_ROWS, seeded(rows, -1 - model)).pass(WINDOWS_TO_FIND * 4, MOVED);
                assertThat(month.firstRaised())
                        .as("model %d, %d rows", model, rows)
                        .isBetween(1, WINDOWS_TO_FIND);
                sum += month.firstRaised();
                most = Math.max(most, month.firstRaised());
                fixedSum += month.firstFixed();
                fixedMost = Math.max(fixedMost, month.firstFixed());
            }
            System.out.printf(
                    Locale.ROOT,
                    "%10d %9.2f (%d) %15.2f (%d)%n",
                    rows,
                    perModel(sum) / 10,
                    most,
                    perModel(fixedSum) / 10,
                    fixedMost);
        }
    }

    private static double perModel(int count) {
        return (double) count / (double) MONTHS;
    }

    private static SplittableRandom seeded(long rows, int model) {
        return new SplittableRandom(20_261_122 + rows * 1_000 + model);
    }
}
