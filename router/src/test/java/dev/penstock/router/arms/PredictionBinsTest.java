package dev.penstock.router.arms;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.ModelKey;
import dev.penstock.monitor.feedback.Prediction;
import java.util.Arrays;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PredictionBinsTest {
    private final PredictionBins bins = new PredictionBins();

    private static Prediction.Row number(double value) {
        return new Prediction.Row(-1, (float) value);
    }

    @Test
    void classesHaveBinsOfTheirOwnAndTheLastOnesShareOne() {
        assertThat(bins.of(new Prediction.Row(0, 0.5f))).isZero();
        assertThat(bins.of(new Prediction.Row(30, Float.NaN))).isEqualTo(30);
        assertThat(bins.of(new Prediction.Row(31, 0.5f))).isEqualTo(31);
        assertThat(bins.of(new Prediction.Row(999, 0.5f))).isEqualTo(31);
        assertThat(bins.of(Prediction.Row.NOTHING)).isEqualTo(PredictionBins.NONE);
    }

    @Test
    void numbersAreInSixteenBinsOfAboutOneSizeOnceSomeWereSeen() {
        Random random = new Random(5);
        for (int i = 0; i < PredictionBins.LEARNT_FROM; i++) {
            assertThat(bins.of(number(random.nextGaussian()))).isEqualTo(PredictionBins.NONE);
        }

        int[] counts = new int[PredictionBins.BINS];
        for (int i = 0; i < 16_000; i++) {
            counts[bins.of(number(random.nextGaussian()))]++;
        }

        for (int bin = 0; bin < counts.length; bin++) {
            assertThat(counts[bin]).as("bin %d", bin).isBetween(bin < 16 ? 0 : 500, bin < 16 ? 0 : 1_700);
        }
        assertThat(bins.of(number(-1e30))).isEqualTo(16);
        assertThat(bins.of(number(Double.POSITIVE_INFINITY))).isEqualTo(31);
    }

    @Test
    void anArmTellsABucketOnce() {
        ArmLedgers ledgers = new ArmLedgers(TripListener.NONE, 0);
        ArmKey key = new ArmKey("front", "s", "", 1, "canary", new ModelKey("m", 2));
        ArmObserver arm = ledgers.of(key, true);

        assertThat(arm.wantsPrediction(7)).isTrue();
        arm.predicted(7, new Prediction.Row(3, 0.9f));
        assertThat(arm.wantsPrediction(7)).isFalse();
        arm.predicted(7, new Prediction.Row(3, 0.9f));
        arm.predicted(8, Prediction.Row.NOTHING);
        ledgers.tick(ArmLedgers.SUB_WINDOW.toNanos());
        arm.predicted(7, new Prediction.Row(1, 0.9f));

        long[] counts = new long[PredictionBins.BINS];
        counts[3] = 1;
        assertThat(Objects.requireNonNull(ledgers.counts("front").get(key)).bins())
                .isEqualTo(counts);
    }

    /// What the route's versions answered a year ago says nothing of which numbers tell those of today apart.
    @Test
    void aRolloutLearnsItsOwnBins() {
        ArmLedgers ledgers = new ArmLedgers(TripListener.NONE, 0);
        long[] first = predict(ledgers, "first", 0);
        long[] second = predict(ledgers, "second", 100);

        assertThat(Arrays.stream(first).filter(count -> count > 0)).hasSize(16);
        assertThat(Arrays.stream(second).filter(count -> count > 0)).hasSize(16);
    }

    /// @return what was counted of numbers from that one on, up to one more
    private static long[] predict(ArmLedgers ledgers, String rollout, double from) {
        ArmKey key = new ArmKey("front", "s", rollout, 1, "stable", new ModelKey("m", 1));
        ArmObserver arm = ledgers.of(key, false);
        Random random = new Random(6);
        for (int bucket = 0; bucket < 2_000; bucket++) {
            arm.predicted(bucket, number(from + random.nextDouble()));
        }
        return Objects.requireNonNull(ledgers.counts("front").get(key)).bins();
    }
}
