package dev.penstock.monitor.drift;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.errorprone.annotations.FormatMethod;
import java.util.Locale;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// How often nothing is taken for a drift, and how soon a drift is found, by what looks at a server's
/// sub-windows. The tables are printed; `-Dmonths=100` has them made of so many models of thirty days each,
/// `-Drows=` of one traffic alone.
class FalseAlarmsTest {
    private static final int MODELS = Integer.getInteger("months", 1);
    private static final int DAYS = Integer.getInteger("days", MODELS > 1 ? 30 : 2);
    private static final int DRIFTS = MODELS > 1 ? 10 * MODELS : 5;
    private static final long BASELINE_ROWS = 10_000;

    /// Of an hour, which is a window.
    private static final long[] WINDOWS = {528, 2_004, 9_996, 99_996};

    private static final int WINDOWS_TO_FIND = 3;

    /// Of a model that has been looked at for a while when it begins to drift.
    private static final int BEFORE = Month.SUB_WINDOWS_OF_AN_HOUR;

    private static final Population SAME = Population.shifted(0);
    private static final Population MOVED = Population.shifted(0.5);

    @Test
    void aMonthWithoutDriftIsQuiet() {
        print(
                "%n20 features, no drift, %d models, sub-windows of five minutes, %d days: alarms per model%n",
                MODELS, DAYS);
        print("%13s %10s %14s %14s %20s%n", "rows per hour", "this", "by evidence", "means moving", "PSI > 0.1, hours");
        for (long rows : windows()) {
            int raised = 0;
            int byEvidence = 0;
            int shifting = 0;
            int fixed = 0;
            for (int model = 0; model < MODELS; model++) {
                Month month = month(rows, model).pass(DAYS * Month.SUB_WINDOWS_OF_A_DAY, SAME);
                raised += month.raised();
                byEvidence += month.raisedByEvidence();
                shifting += month.shifting();
                fixed += month.fixedAlarms();
            }
            print(
                    "%13d %10.2f %14.2f %14.2f %20.1f%n",
                    rows, perModel(raised), perModel(byEvidence), perModel(shifting), perModel(fixed));
            assertThat(raised)
                    .as("alarms of %d models, %d rows an hour", MODELS, rows)
                    .isLessThanOrEqualTo(MODELS * DAYS / 30);
        }
    }

    @Test
    void halfADeviationIsFoundWithinThreeWindows() {
        print("%nan answer moved by 0.5 standard deviations, %d models: minutes until an alarm, mean (most)%n", DRIFTS);
        print("%13s %16s %22s%n", "rows per hour", "this", "PSI > 0.1 of an hour");
        for (long rows : windows()) {
            int sum = 0;
            int most = 0;
            int fixedSum = 0;
            int fixedMost = 0;
            for (int model = 0; model < DRIFTS; model++) {
                Month month = month(rows, -1 - model).pass(BEFORE, SAME).begin().pass(WINDOWS_TO_FIND * BEFORE, MOVED);
                int found = month.firstRaised() - BEFORE;
                assertThat(found)
                        .as("sub-windows, model %d, %d rows", model, rows)
                        .isBetween(1, WINDOWS_TO_FIND * Month.SUB_WINDOWS_OF_AN_HOUR);
                sum += found;
                most = Math.max(most, found);
                fixedSum += month.firstFixed() - BEFORE;
                fixedMost = Math.max(fixedMost, month.firstFixed() - BEFORE);
            }
            print(
                    "%13d %11.0f (%d) %16.0f (%d)%n",
                    rows, 5 * perDrift(sum), 5 * most, 5 * perDrift(fixedSum), 5 * fixedMost);
        }
    }

    @FormatMethod
    private static void print(String format, Object... values) {
        System.out.printf(Locale.ROOT, format, values);
    }

    private static long[] windows() {
        long one = Long.getLong("rows", 0);
        return one == 0 ? WINDOWS : new long[] {one};
    }

    private static double perModel(int count) {
        return (double) count / (double) MODELS;
    }

    private static double perDrift(int count) {
        return (double) count / (double) DRIFTS;
    }

    private static Month month(long rows, int model) {
        SplittableRandom random = new SplittableRandom(20_261_122 + rows * 1_000 + model);
        return new Month(rows / Month.SUB_WINDOWS_OF_AN_HOUR, BASELINE_ROWS, random);
    }
}
