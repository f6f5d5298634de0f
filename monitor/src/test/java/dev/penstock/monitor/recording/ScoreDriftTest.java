package dev.penstock.monitor.recording;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.DataType;
import dev.penstock.monitor.drift.Alarm;
import dev.penstock.monitor.drift.Drift;
import dev.penstock.monitor.drift.DriftReport;
import dev.penstock.monitor.drift.DriftRules;
import dev.penstock.monitor.drift.DriftStatus;
import dev.penstock.monitor.drift.FeatureDrift;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Whether drifts of scores are found wherever in 0..1 they lie, from the rows of a model to the alarm.
class ScoreDriftTest {
    private static final int BATCH = 100;
    private static final int WINDOWS_TO_FIND = 3;

    private final SplittableRandom random = new SplittableRandom(17);
    private final Recorded version = new Recorded(Recorded.signature(DataType.FP64, 2));

    /// Rows of two logits that differ by a normal value: of a mean of 7 the score is about 0.999.
    private Cumulative answered(int rows, double mean, double deviation) {
        Cumulative before = version.recording.plan() == null ? null : version.counts();
        for (int done = 0; done < rows; done += BATCH) {
            double[] logits = new double[2 * BATCH];
            for (int i = 0; i < BATCH; i++) {
                logits[2 * i] = mean + deviation * random.nextGaussian();
            }
            version.ran(Recorded.run(BATCH).doubles(logits));
            version.recording.learn();
        }
        return before == null ? version.counts() : version.counts().minus(before);
    }

    private Cumulative usual(double mean, double deviation) {
        answered(2_000, mean, deviation);
        version.knowing(version.recording.learnt(20, 64));
        return answered(10_000, mean, deviation);
    }

    @ParameterizedTest
    @CsvSource({"7, 1", "12, 1", "3, 1", "0.3, 0.05"})
    void halfADeviationOfAnyScoreIsFoundWithinThreeWindows(double mean, double deviation) {
        Cumulative usual = usual(mean, deviation);
        for (int rows : new int[] {500, 2_000, 10_000}) {
            Alarm quiet = Alarm.SILENT;
            Alarm moved = Alarm.SILENT;
            for (int window = 0; window < WINDOWS_TO_FIND; window++) {
                quiet = quiet.next(status(usual, answered(rows, mean, deviation)), true);
                moved = moved.next(status(usual, answered(rows, mean - deviation / 2, deviation)), true);
            }

            assertThat(quiet.raised()).as("%d rows that did not drift", rows).isEqualTo(DriftStatus.OK);
            assertThat(moved.raised().alarming()).as("%d rows that did", rows).isTrue();
        }
    }

    private static DriftStatus status(Cumulative usual, Cumulative window) {
        return Drift.of(usual, window, DriftRules.STANDARD).status();
    }

    @Test
    void aModelThatIsLessSureByFarHasDriftedThoughItsScoresAreStillHigh() {
        Cumulative usual = usual(6.9, 0.5);

        DriftReport report = Drift.of(usual, answered(1_000, 2.4, 0.3), DriftRules.STANDARD);

        assertThat(report.features())
                .filteredOn(feature -> feature.feature().measure() == Measure.SCORE)
                .singleElement()
                .satisfies(score -> {
                    assertThat(score.distribution().psi()).isGreaterThan(1);
                    assertThat(score.status()).isEqualTo(DriftStatus.CRITICAL);
                });
    }

    @Test
    void aScoreThatWasAlwaysTheSameAndIsAnotherNowHasDrifted() {
        Cumulative usual = usual(40, 0);

        DriftReport report = Drift.of(usual, answered(1_000, 1, 0), DriftRules.STANDARD);

        assertThat(report.features()).extracting(FeatureDrift::status).contains(DriftStatus.CRITICAL);
    }

    @Test
    void aScoreFarFromAllThatWereSeenIsWholeInSums() {
        usual(7, 1);

        Cumulative half = answered(BATCH, 0, 0);

        double sum = 0;
        for (double bin : half.binSums(version.numeric("output:y:score"))) {
            sum += bin;
        }
        assertThat(sum / BATCH).isEqualTo(0.5);
    }
}
