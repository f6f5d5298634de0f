package dev.penstock.monitor.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.penstock.monitor.Fixtures;
import dev.penstock.monitor.Fixtures.Row;
import java.util.Random;
import org.junit.jupiter.api.Test;

class VectorStatisticsTest {
    private static final long SEED = 3;

    private static float[] vector(Random random, int dimension) {
        float[] vector = new float[dimension];
        for (int i = 0; i < dimension; i++) {
            vector[i] = (float) random.nextGaussian();
        }
        return vector;
    }

    @Test
    void discrepancyFromSumsIsThatOfAllPairs() {
        for (Row row : Fixtures.read("discrepancy")) {
            FeatureSums baseline = new FeatureSums(row.whole("m"), row.numbers("sumA"), row.number("squaresA"));
            FeatureSums window = new FeatureSums(row.whole("n"), row.numbers("sumB"), row.number("squaresB"));
            CovarianceTraces traces = new CovarianceTraces(row.number("trace"), row.number("traceOfSquare"));
            MeanDiscrepancy discrepancy = MeanDiscrepancy.of(baseline, window, traces);

            row.assertClose("biased", discrepancy.biased(), 1e-9);
            assertThat(discrepancy.unbiased()).as("%s", row).isCloseTo(row.number("unbiased"), within(1e-12));
            row.assertClose("p", discrepancy.pValue(), 1e-8);
        }
    }

    @Test
    void tracesOfTheCovariance() {
        for (Row row : Fixtures.read("covariance")) {
            double[] x = row.numbers("x");
            double[][] vectors = new double[x.length][];
            for (int i = 0; i < x.length; i++) {
                vectors[i] = new double[] {x[i], row.numbers("y")[i], row.numbers("z")[i]};
            }
            CovarianceTraces traces = CovarianceTraces.of(vectors);

            row.assertClose("trace", traces.trace(), 1e-11);
            row.assertClose("traceOfSquare", traces.traceOfSquare(), 1e-11);
        }
    }

    @Test
    void centroidDistances() {
        for (Row row : Fixtures.read("centroids")) {
            double[] a = row.numbers("a");
            double[] b = row.numbers("b");

            row.assertClose("euclidean", Centroids.euclidean(a, b), 1e-12);
            assertThat(Centroids.cosine(a, b)).as("%s", row).isCloseTo(row.number("cosine"), within(1e-12));
        }
        assertThat(Centroids.cosine(new double[2], new double[] {1, 2})).isNaN();
    }

    @Test
    void sumsAddUp() {
        FeatureSums one = new FeatureSums(2, new double[] {1, 2}, 7);
        FeatureSums other = new FeatureSums(3, new double[] {4, -2}, 9);

        assertThat(one.plus(other).count()).isEqualTo(5);
        assertThat(one.plus(other).dimension()).isEqualTo(2);
        assertThat(one.plus(other).squaredMeanDistance(new FeatureSums(1, new double[] {1, 0}, 1)))
                .isZero();
    }

    @Test
    void productsOfFeaturesAreAGaussianKernel() {
        Random random = new Random(SEED);
        double sigma = 3;
        RandomFourierFeatures features = new RandomFourierFeatures(5, 20_000, sigma, SEED);
        double[] phiA = new double[features.features()];
        double[] phiB = new double[features.features()];
        for (int round = 0; round < 5; round++) {
            float[] a = vector(random, 5);
            float[] b = vector(random, 5);
            features.map(a, 0, phiA);
            features.map(b, 0, phiB);

            double kernel = Math.exp(-squaredDistance(a, b) / (2 * sigma * sigma));
            assertThat(product(phiA, phiB)).as("round %d, seed %d", round, SEED).isCloseTo(kernel, within(0.04));
        }
    }

    private static double squaredDistance(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += (a[i] - b[i]) * (a[i] - b[i]);
        }
        return sum;
    }

    private static double product(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }

    @Test
    void aShiftOfOneDimensionIsSeenAndNoShiftIsNot() {
        Random random = new Random(SEED);
        RandomFourierFeatures features = new RandomFourierFeatures(16, 64, 5, SEED);
        double[][] baseline = mapped(random, features, 4000, 0);
        CovarianceTraces traces = CovarianceTraces.of(baseline);
        FeatureSums sums = sums(baseline);

        MeanDiscrepancy same = MeanDiscrepancy.of(sums, sums(mapped(random, features, 400, 0)), traces);
        MeanDiscrepancy shifted = MeanDiscrepancy.of(sums, sums(mapped(random, features, 400, 0.8)), traces);
        assertThat(same.pValue()).as("seed %d", SEED).isGreaterThan(0.001);
        assertThat(shifted.pValue()).as("seed %d", SEED).isLessThan(1e-6);
        assertThat(shifted.unbiased()).isPositive();
    }

    private static double[][] mapped(Random random, RandomFourierFeatures features, int count, double shift) {
        double[][] mapped = new double[count][features.features()];
        for (double[] phi : mapped) {
            float[] vector = vector(random, 16);
            vector[0] += (float) shift;
            features.map(vector, 0, phi);
        }
        return mapped;
    }

    private static FeatureSums sums(double[][] vectors) {
        double[] sum = new double[vectors[0].length];
        double squares = 0;
        for (double[] vector : vectors) {
            squares += product(vector, vector);
            for (int i = 0; i < sum.length; i++) {
                sum[i] += vector[i];
            }
        }
        return new FeatureSums(vectors.length, sum, squares);
    }

    @Test
    void projectionsAreTheSameOnAnyMachineAndKeepLengthsOnAverage() {
        Random random = new Random(SEED);
        int dimension = 100;
        SparseProjections projections = new SparseProjections(dimension, 2000, SEED);
        SparseProjections again = new SparseProjections(dimension, 2000, SEED);
        float[] floats = vector(random, dimension);
        double[] vector = doubles(floats);
        double squares = 0;
        for (int i = 0; i < projections.count(); i++) {
            double along = projections.project(vector, i);
            assertThat(again.project(vector, i)).isEqualTo(along);
            squares += along * along / projections.count();
        }
        double expected = squaredDistance(floats, new float[dimension]) / dimension;

        assertThat(squares).as("seed %d", SEED).isCloseTo(expected, within(0.15 * expected));
    }

    private static double[] doubles(float[] floats) {
        double[] doubles = new double[floats.length];
        for (int i = 0; i < doubles.length; i++) {
            doubles[i] = floats[i];
        }
        return doubles;
    }

    @Test
    void aProjectionHasTheRootOfTheDimensionsEachOnce() {
        for (int dimension : new int[] {1, 2, 16, 17, 768}) {
            SparseProjections projections = new SparseProjections(dimension, 8, SEED);
            int nonZeros = (int) Math.ceil(Math.sqrt(dimension));
            for (int direction = 0; direction < projections.count(); direction++) {
                int found = 0;
                for (int i = 0; i < dimension; i++) {
                    double[] unit = new double[dimension];
                    unit[i] = 1;
                    double along = projections.project(unit, direction);
                    assertThat(Math.abs(along) * Math.sqrt(nonZeros)).isIn(0.0, 1.0);
                    found += along == 0 ? 0 : 1;
                }
                assertThat(found).as("dimension %d", dimension).isEqualTo(nonZeros);
            }
        }
    }
}
