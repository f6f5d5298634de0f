package dev.penstock.monitor.recording;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class EdgesTest {
    private static final long SEED = 72;

    @Test
    void aBinHasWhatIsAboveItsLowerEdgeAndAtMostItsUpperOne() {
        Edges edges = Edges.of(1, 2, 4);

        assertThat(IntStream.of(0, 1, 2, 3, 4, 5).map(edges::bin)).containsExactly(0, 0, 1, 2, 2, 3);
    }

    @Test
    void paddedEdgesFindTheSameBins() {
        SplittableRandom random = new SplittableRandom(SEED);
        double[] padded = new double[3 * Edges.PADDED];
        for (int round = 0; round < 300; round++) {
            double[] chosen = random.doubles(round % (Edges.MOST + 1), -1, 1)
                    .sorted()
                    .distinct()
                    .toArray();
            Edges edges = Edges.of(chosen);
            edges.pad(padded, Edges.PADDED);
            for (int i = 0; i < 100; i++) {
                double value = i < chosen.length ? chosen[i] : random.nextDouble(-1.2, 1.2);

                assertThat(Edges.bin(padded, Edges.PADDED, value))
                        .as("%s in %s", value, edges)
                        .isEqualTo(edges.bin(value));
            }
        }
    }

    @Test
    void bothEndsOfAUniformRangeBelongToIt() {
        assertThat(Edges.UNIT.bins()).isEqualTo(22);
        assertThat(IntStream.of(Edges.UNIT.bin(0), Edges.UNIT.bin(1), Edges.UNIT.bin(-1e-9), Edges.UNIT.bin(1.001)))
                .containsExactly(1, 20, 0, 21);
        assertThat(Edges.UNIT.bin(0.05)).isEqualTo(1);
        assertThat(Edges.UNIT.bin(Math.nextUp(0.05))).isEqualTo(2);
    }

    @Test
    void edgesOfASampleAreItsOwnQuantiles() {
        double[] sample = IntStream.rangeClosed(1, 1000).asDoubleStream().toArray();

        Edges edges = Edges.ofSample(sample, 20);

        assertThat(edges.count()).isEqualTo(21);
        assertThat(edges.edge(0)).isEqualTo(Math.nextDown(1.0));
        assertThat(edges.edge(1)).isEqualTo(50);
        assertThat(edges.edge(20)).isEqualTo(1000);
        assertThat(Arrays.stream(sample).filter(x -> edges.bin(x) == 7)).hasSize(50);
    }

    @Test
    void whereQuantilesFallTogetherThereAreFewerBins() {
        double[] sample = new double[1000];
        Arrays.fill(sample, 300, 1000, 5);
        for (int i = 900; i < 1000; i++) {
            sample[i] = i;
        }

        Edges edges = Edges.ofSample(sample, 20);

        assertThat(edges.toArray()).containsExactly(Math.nextDown(0.0), 0, 5, 949, 999);
    }

    @Test
    void fewDistinctValuesHaveABinEach() {
        Edges edges = Edges.ofSample(new double[] {1, 1, 1, 1, 2, 7, 7}, 20);

        assertThat(edges.toArray()).containsExactly(Math.nextDown(1.0), 1, 2, 7);
    }

    @Test
    void aFewExtremeNumbersDoNotWidenTheEdges() {
        double[] sample = IntStream.range(0, 1000).asDoubleStream().toArray();
        sample[0] = -1e30;
        sample[998] = 1e9;
        sample[999] = Double.MAX_VALUE;

        Edges edges = Edges.ofSample(sample, 20);

        assertThat(edges.edge(0)).isEqualTo(Math.nextDown(1.0));
        assertThat(edges.edge(20)).isEqualTo(997);
        assertThat(edges.bin(1e9)).isEqualTo(21);
        assertThat(edges.most()).isEqualTo(997 + 10 * (997 - Math.nextDown(1.0)));
    }

    @Test
    void manyLargeNumbersAreHowTheValuesAre() {
        double[] sample = IntStream.range(0, 1000).asDoubleStream().toArray();
        Arrays.fill(sample, 980, 1000, 1e9);

        assertThat(Edges.ofSample(sample, 20).edge(20)).isEqualTo(1e9);
    }

    @Test
    void whereAllButAFewAreTheSameNoneIsLeftOut() {
        double[] sample = new double[1000];
        for (int i = 970; i < 1000; i++) {
            sample[i] = i;
        }

        assertThat(Edges.ofSample(sample, 20).toArray()).containsExactly(Math.nextDown(0.0), 0, 999);
    }

    @Test
    void edgesThatAreNoneAreRefused() {
        assertThatThrownBy(() -> Edges.of(1, 1)).hasMessageContaining("edge 1: 1.0 (expected: more than the last)");
        assertThatThrownBy(() -> Edges.of(Double.NaN)).hasMessageContaining("expected: finite");
        assertThatThrownBy(() -> Edges.of(new double[32])).hasMessageContaining("32 edges (expected: <= 31)");
    }

    @Test
    void binsOfEqualWidthAreGuessedAndNotMissed() {
        SplittableRandom random = new SplittableRandom(5);
        for (int round = 0; round < 200; round++) {
            double from = random.nextDouble(-1e6, 1e6);
            Edges edges = Edges.uniform(from, from + random.nextDouble(1e-6, 1e6), random.nextInt(1, 31));
            double perUnit = edges.perUnit();
            assertThat(perUnit).isPositive();
            double[] padded = new double[Edges.PADDED];
            edges.pad(padded, 0);
            List<Double> values = new ArrayList<>(List.of(-Double.MAX_VALUE, Double.MAX_VALUE, 0.0, -0.0));
            for (double edge : edges.toArray()) {
                values.addAll(List.of(edge, Math.nextDown(edge), Math.nextUp(edge)));
            }
            double range = edges.edge(edges.count() - 1) - from;
            random.doubles(100, from - range, from + 2 * range).forEach(values::add);
            for (double value : values) {
                assertThat(Edges.bin(padded, 0, value, perUnit, edges.count() - 1))
                        .as("round %d: %s in %s", round, value, edges)
                        .isEqualTo(edges.bin(value));
            }
        }
        assertThat(Edges.of(0, 1, 3).perUnit()).isZero();
        assertThat(Edges.of(1).perUnit()).isZero();
        assertThat(Edges.NONE.perUnit()).isZero();
    }
}
