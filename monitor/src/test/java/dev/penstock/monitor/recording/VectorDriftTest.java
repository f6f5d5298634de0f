package dev.penstock.monitor.recording;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.DataType;
import dev.penstock.core.Signature;
import dev.penstock.core.TensorSpec;
import dev.penstock.monitor.drift.Drift;
import dev.penstock.monitor.drift.DriftReport;
import dev.penstock.monitor.drift.DriftRules;
import dev.penstock.monitor.drift.DriftStatus;
import dev.penstock.monitor.drift.VectorDrift;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class VectorDriftTest {
    private static final int ELEMENTS = 1040;
    private static final int ROWS = 4096;

    private final RandomGenerator random = new SplittableRandom(11);
    private final Recorded version = new Recorded(Recorded.signature(DataType.FP32, ELEMENTS));
    private final Cumulative baseline;

    VectorDriftTest() {
        for (int i = 0; i < 16; i++) {
            run(128, 0, 1);
            assertThat(version.recording.learn()).isEqualTo(128L * (i + 1));
        }
        assertThat(version.recording.know(version.recording.learnt(20, 64))).isTrue();
        baseline = counted(0, 1);
    }

    /// Eight elements vary more than the others, and each vector as a whole by a factor.
    private void run(int rows, double shift, double spread) {
        float[] vectors = new float[rows * ELEMENTS];
        for (int i = 0; i < vectors.length; i++) {
            double deviation = i % ELEMENTS < 8 ? 3 : 0.1;
            vectors[i] = (float) (1 + deviation * (shift + spread * random.nextGaussian()));
        }
        version.ran(Recorded.run(rows).floats(vectors));
    }

    private Cumulative counted(double shift, double spread) {
        Cumulative before = version.counts();
        for (int i = 0; i < ROWS / 128; i++) {
            run(128, shift, spread);
        }
        return version.counts().minus(before);
    }

    private VectorDrift drift(Cumulative window) {
        return Drift.of(baseline, window, DriftRules.STANDARD).vectors().getFirst();
    }

    @Test
    void vectorsAreToldApartByTheirDistribution() {
        Cumulative same = counted(0, 1);
        VectorDrift quiet = drift(same);
        assertThat(quiet.name()).isEqualTo("output:y");
        assertThat(quiet.count()).isEqualTo(ROWS / 8);
        assertThat(quiet.p()).isBetween(0.001, 1.0);
        assertThat(quiet.status()).isEqualTo(DriftStatus.OK);
        assertThat(quiet.shift()).isLessThan(0.1);

        VectorDrift wider = drift(counted(0, 1.6));
        assertThat(wider.p()).isLessThan(1e-4);
        assertThat(wider.shift()).isLessThan(0.25);
        assertThat(wider.status()).isEqualTo(DriftStatus.NOTICE);

        Cumulative away = counted(0.8, 1);
        VectorDrift moved = drift(away);
        assertThat(moved.p()).isLessThan(1e-10);
        assertThat(moved.shift()).isBetween(0.7, 0.9);
        assertThat(moved.status()).isEqualTo(DriftStatus.CRITICAL);
        assertThat(Drift.of(baseline, away, DriftRules.STANDARD).status()).isEqualTo(DriftStatus.CRITICAL);
        assertThat(drift(same.plus(away)).count()).isEqualTo(2 * ROWS / 8);
    }

    /// Twenty numbers, four answers, and a vector whose length, cosine and projections all move.
    @Test
    void aVectorIsOneInputOfManyByWhateverMeasureItDrifts() {
        Signature signature = new Signature(
                List.of(TensorSpec.of("v", DataType.FP32, -1, 32), TensorSpec.of("x", DataType.FP32, -1, 20)),
                List.of(TensorSpec.of("y", DataType.FP32, -1, 3)),
                0);
        MonitorSettings settings = MonitorSettings.STANDARD.withInputs(List.of(
                FeatureOrder.of("v", FeatureOrder.Kind.EMBEDDING), FeatureOrder.of("x", FeatureOrder.Kind.NUMERIC)));
        Recorded mixed = new Recorded(signature, settings, 1);
        for (int round = 0; round < 2; round++) {
            mixed(mixed, 2_048, 1);
            mixed.knowing(mixed.recording.learnt(20, 64));
        }
        Cumulative usual = mixed(mixed, 4_096, 1);

        DriftReport report = Drift.of(usual, mixed(mixed, 4_096, 2), DriftRules.STANDARD);

        assertThat(report.features())
                .filteredOn(feature ->
                        feature.name().startsWith("v:") && feature.status().alarming())
                .hasSizeGreaterThan(8);
        assertThat(report.vectors())
                .singleElement()
                .satisfies(vector -> assertThat(vector.status()).isEqualTo(DriftStatus.CRITICAL));
        assertThat(report.share()).isEqualTo(1.0 / 25);
        assertThat(report.status()).isEqualTo(DriftStatus.NOTICE);
    }

    private Cumulative mixed(Recorded mixed, int rows, double factor) {
        Cumulative before = mixed.recording.plan() == null ? null : mixed.counts();
        for (int done = 0; done < rows; done += 128) {
            float[] vectors = new float[128 * 32];
            for (int i = 0; i < vectors.length; i++) {
                vectors[i] = (float) (factor * (1 + random.nextGaussian()));
            }
            float[] others = new float[128 * 20];
            for (int i = 0; i < others.length; i++) {
                others[i] = (float) random.nextGaussian();
            }
            float[] scores = new float[128 * 3];
            for (int i = 0; i < scores.length; i++) {
                scores[i] = (float) (5 * random.nextGaussian());
            }
            mixed.ran(new FakeRun(128).floats(vectors).floats(others).floats(scores));
            mixed.recording.learn();
        }
        return before == null ? mixed.counts() : mixed.counts().minus(before);
    }

    @Test
    void oneHugeVectorTakesNoPrecisionOfTheOthers() {
        float[] huge = new float[ELEMENTS];
        Arrays.fill(huge, 1e30f);
        for (int i = 0; i < 8; i++) {
            version.ran(Recorded.run(1).floats(huge));
        }

        VectorDrift quiet = drift(counted(0, 1));

        assertThat(quiet.p()).isBetween(0.001, 1.0);
        assertThat(quiet.shift()).isLessThan(0.1);
        Feature.Numeric norm = version.numeric("output:y:norm");
        assertThat(version.bins("output:y:norm")[norm.edges().bins() - 1])
                .as("counted, as longer than all")
                .isGreaterThanOrEqualTo(8);
    }

    @Test
    void aVectorWithoutNumbersSpoilsNoSum() {
        float[] vector = new float[ELEMENTS];
        vector[3] = Float.NaN;
        for (int i = 0; i < 8; i++) {
            version.ran(Recorded.run(1).floats(vector));
        }

        assertThat(drift(counted(0, 1)).mmd()).isFinite();
    }

    @Test
    void vectorsOfNearlyOneLengthAreSummedThoughTheyAreALittleLongerThanAny() {
        Recorded alike = new Recorded(Recorded.signature(DataType.FP32, ELEMENTS));
        ofLength(alike, 1);
        alike.knowing(alike.recording.learnt(20, 64));
        Cumulative usual = ofLength(alike, 1);

        VectorDrift longer = Drift.of(usual, ofLength(alike, 1.01), DriftRules.STANDARD)
                .vectors()
                .getFirst();
        VectorDrift far = Drift.of(usual, ofLength(alike, 30), DriftRules.STANDARD)
                .vectors()
                .getFirst();

        assertThat(longer.count()).isEqualTo(ROWS / 8);
        assertThat(longer.status()).isNotEqualTo(DriftStatus.INSUFFICIENT);
        assertThat(far.count()).isZero();
    }

    /// As many as are counted, of that length but for what floats leave of it.
    private Cumulative ofLength(Recorded alike, double length) {
        Cumulative before = alike.recording.plan() == null ? null : alike.counts();
        for (int done = 0; done < ROWS; done += 128) {
            float[] vectors = new float[128 * ELEMENTS];
            for (int row = 0; row < 128; row++) {
                unit(vectors, row * ELEMENTS, length);
            }
            alike.ran(Recorded.run(128).floats(vectors));
            alike.recording.learn();
        }
        return before == null ? alike.counts() : alike.counts().minus(before);
    }

    private void unit(float[] vectors, int from, double length) {
        double squares = 0;
        double[] vector = new double[ELEMENTS];
        for (int i = 0; i < ELEMENTS; i++) {
            vector[i] = 1 + random.nextGaussian();
            squares += vector[i] * vector[i];
        }
        for (int i = 0; i < ELEMENTS; i++) {
            vectors[from + i] = (float) (length * vector[i] / Math.sqrt(squares));
        }
    }
}
