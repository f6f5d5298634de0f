package dev.penstock.monitor.recording;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.DataType;
import dev.penstock.monitor.drift.Drift;
import dev.penstock.monitor.drift.DriftRules;
import dev.penstock.monitor.drift.DriftStatus;
import dev.penstock.monitor.drift.VectorDrift;
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

    @Test
    void aVectorWithoutNumbersSpoilsNoSum() {
        float[] vector = new float[ELEMENTS];
        vector[3] = Float.NaN;
        for (int i = 0; i < 8; i++) {
            version.ran(Recorded.run(1).floats(vector));
        }

        assertThat(drift(counted(0, 1)).mmd()).isFinite();
    }
}
