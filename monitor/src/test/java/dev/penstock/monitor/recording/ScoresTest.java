package dev.penstock.monitor.recording;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.penstock.core.DataType;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScoresTest {
    private static final long SEED = 73;
    private static final Known TWENTIETHS = new Known(
            Map.of("output:y:score", Edges.UNIT, "output:y:margin", Edges.UNIT, "output:y:entropy", Edges.UNIT),
            Map.of(),
            Map.of());

    @Test
    void classScoreMarginAndEntropyOfProbabilitiesAreCounted() {
        Recorded version = new Recorded(Recorded.SCORES).knowing(TWENTIETHS);

        version.ran(Recorded.run(2).floats(0.7f, 0.2f, 0.1f, 0, 0, 1));

        assertThat(version.plan().form("output:y:score")).isEqualTo(ScoreForm.PROBABILITIES);
        assertThat(version.categories("output:y:class")).containsExactly(1, 0, 1);
        assertThat(version.bins("output:y:score")).satisfies(bins -> {
            assertThat(bins[Edges.UNIT.bin((float) 0.7)]).isOne();
            assertThat(bins[Edges.UNIT.bin(1)]).isOne();
        });
        assertThat(version.bins("output:y:margin")[Edges.UNIT.bin(0.7f - 0.2f)]).isOne();
        assertThat(version.bins("output:y:entropy")[Edges.UNIT.bin(0)]).isOne();
    }

    /// Against the definitions, computed the plain way.
    @ParameterizedTest
    @ValueSource(ints = {2, 3, 10, 64, 257, 1000})
    void scoresAgreeWithTheirDefinitions(int classes) {
        SplittableRandom random = new SplittableRandom(SEED + classes);
        for (ScoreForm form : ScoreForm.values()) {
            Recorded version = new Recorded(Recorded.signature(DataType.FP64, classes));
            double scoreSum = 0;
            double marginSum = 0;
            double entropySum = 0;
            for (int row = 0; row < 50; row++) {
                double[] logits = random.doubles(classes, -8, 8).toArray();
                double[] p = softmax(logits);
                double[] sorted = p.clone();
                Arrays.sort(sorted);
                scoreSum += sorted[classes - 1];
                marginSum += sorted[classes - 1] - sorted[classes - 2];
                entropySum += entropy(p);
                version.ran(Recorded.run(1).doubles(form == ScoreForm.SOFTMAX ? logits : p));
            }

            assertThat(version.plan().form("output:y:margin")).isEqualTo(form);
            assertThat(sum(version, "score")).isCloseTo(scoreSum, within(1e-10));
            assertThat(sum(version, "margin")).isCloseTo(marginSum, within(1e-10));
            assertThat(sum(version, "entropy")).isCloseTo(entropySum, within(1e-10));
        }
    }

    private static double sum(Recorded version, String measure) {
        return Arrays.stream(version.counts().binSums(version.numeric("output:y:" + measure)))
                .sum();
    }

    private static double[] softmax(double[] logits) {
        double max = Arrays.stream(logits).max().orElseThrow();
        double[] e = Arrays.stream(logits).map(x -> Math.exp(x - max)).toArray();
        double z = Arrays.stream(e).sum();
        return Arrays.stream(e).map(x -> x / z).toArray();
    }

    private static double entropy(double[] p) {
        return -Arrays.stream(p).map(x -> x * Math.log(x)).sum() / Math.log(p.length);
    }

    @ParameterizedTest
    @EnumSource
    void aRowThatIsNotOfNumbersHasNoClassAndNoScores(ScoreForm form) {
        Recorded version = new Recorded(Recorded.SCORES);
        float one = form == ScoreForm.PROBABILITIES ? 1 : 2;

        version.ran(Recorded.run(1).floats(one, 0, 0))
                .ran(Recorded.run(3)
                        .floats(
                                Float.NaN,
                                0,
                                one, //
                                one,
                                0,
                                Float.POSITIVE_INFINITY, //
                                Float.NEGATIVE_INFINITY,
                                Float.NEGATIVE_INFINITY,
                                Float.NEGATIVE_INFINITY));

        assertThat(version.count("output:y:class", Feature.Categorical.MISSING)).isEqualTo(3);
        for (String measure : List.of("score", "margin", "entropy")) {
            assertThat(version.count("output:y:" + measure, Feature.Numeric.NAN))
                    .isEqualTo(3);
            assertThat(version.counts().total(version.numeric("output:y:" + measure)))
                    .isEqualTo(4);
        }
    }

    @Test
    void aClassThatCannotBeHasNoProbability() {
        Recorded version = new Recorded(Recorded.SCORES);

        version.ran(Recorded.run(1).floats(0, Float.NEGATIVE_INFINITY, 0));

        assertThat(version.categories("output:y:class")).containsExactly(1, 0, 0);
        assertThat(sum(version, "score")).isCloseTo(0.5, within(1e-12));
        assertThat(sum(version, "entropy")).isCloseTo(Math.log(2) / Math.log(3), within(1e-10));
        assertThat(sum(version, "margin")).isCloseTo(0, within(1e-12));
    }

    @Test
    void whatScoresAreIsDecidedByTheFirstRowsThatAreNumbers() {
        Recorded version = new Recorded(Recorded.SCORES);

        version.ran(Recorded.run(1).floats(Float.NaN, 0, 0));
        assertThat(version.recording.plan()).isNull();
        version.ran(Recorded.run(2).floats(Float.NaN, 0, 0, 0.5f, 0.25f, 0.25f));
        version.knowing(TWENTIETHS).ran(Recorded.run(1).floats(5, 3, 1));

        assertThat(version.plan().form("output:y:score")).isEqualTo(ScoreForm.PROBABILITIES);
        assertThat(version.bins("output:y:score")[Edges.UNIT.bins() - 1])
                .as("more than 1")
                .isOne();
    }

    @Test
    void eachClassIsCountedWhereThatIsAskedFor() {
        FeatureOrder order = new FeatureOrder("y", FeatureOrder.Kind.SCORE, 0, FeatureOrder.LAST, "species", true);
        Recorded version = new Recorded(Recorded.SCORES, MonitorSettings.STANDARD.withOutputs(List.of(order)), 1);

        version.ran(Recorded.run(1).floats(1, 2, 3));

        double[] p = softmax(new double[] {1, 2, 3});
        for (int i = 0; i < 3; i++) {
            double[] sums = version.counts().binSums(version.numeric("output:species:class:" + i));
            assertThat(Arrays.stream(sums).sum()).isCloseTo(p[i], within(1e-12));
        }
    }
}
