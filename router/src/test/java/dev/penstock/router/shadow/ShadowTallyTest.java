package dev.penstock.router.shadow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.ErrorCode;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ShadowTallyTest {
    private static final int CLASSES = ShadowCounts.CLASSES;

    private final ShadowTally tally = new ShadowTally();

    private static Compared labels(int primary, int shadow) {
        Compared.Verdict verdict = primary == shadow ? Compared.Verdict.AGREE : Compared.Verdict.DISAGREE;
        return new Compared(verdict, List.of(new Compared.Labels(primary, shadow)), Double.NaN, Double.NaN);
    }

    @Test
    void countsWhoSaysWhat() {
        tally.compared(labels(1, 1), 0);
        tally.compared(labels(1, 2), 5);
        tally.compared(labels(2, 1), 5);
        tally.compared(labels(1, 100), 63);
        tally.compared(Compared.UNLIKE, 0);
        tally.failed(ErrorCode.MODEL_FAILED, 7);
        tally.dropped(ShadowDrop.FULL);
        tally.dropped(ShadowDrop.BUSY);
        tally.ran(1_000, 2_000, 9);
        tally.ran(0, 2_000, 9);

        ShadowCounts counts = tally.counts();
        assertThat(counts.compared()).isEqualTo(4);
        assertThat(counts.disagreed()).isEqualTo(3);
        assertThat(counts.incomparable()).isEqualTo(1);
        assertThat(counts.ran()).isEqualTo(6);
        assertThat(counts.notRun()).isEqualTo(2);
        assertThat(counts.failed()).isEqualTo(Map.of(ErrorCode.MODEL_FAILED, 1L));
        assertThat(counts.labelled(1, 1)).isEqualTo(1);
        assertThat(counts.labelled(1, 2)).isEqualTo(1);
        assertThat(counts.labelled(2, 1)).isEqualTo(1);
        assertThat(counts.labelled(1, CLASSES - 1)).isEqualTo(1);
        assertThat(counts.disagreements().count(5)).isEqualTo(2);
        assertThat(counts.disagreements().sum()).as("one has another form").isEqualTo(4);
        assertThat(counts.failures().count()).isEqualTo(6);
        assertThat(counts.failures().sum(7)).isEqualTo(1);
        assertThat(counts.primaryRun().count()).as("those that had one").isEqualTo(1);
        assertThat(counts.shadowRun().count()).isEqualTo(1);
        assertThat(counts.longer().count(9)).isEqualTo(1);
        assertThat(counts.longer().sum(9)).isEqualTo(Math.log(2));
    }

    @Test
    void neverDoMoreDisagreeThanWereCompared() throws InterruptedException {
        int copies = 20_000;
        Thread counting = Thread.ofPlatform().start(() -> {
            for (int i = 0; i < copies; i++) {
                tally.compared(labels(1, 2), i % 64);
            }
        });
        ShadowCounts counts = tally.counts();
        while (counts.compared() < copies) {
            assertThat(counts.disagreed()).isLessThanOrEqualTo(counts.compared());
            counts = tally.counts();
        }
        counting.join();

        counts = tally.counts();
        assertThat(counts.disagreed()).isEqualTo(copies);
        assertThat(counts.labelled(1, 2)).isEqualTo(copies);
        assertThat(counts.disagreements().sum()).isEqualTo(copies);
    }

    @Test
    void numbersAreCountedByHowFarTheyAreApart() {
        for (double apart : new double[] {0, 1e-12, 0.01, 5, 1e30, Double.POSITIVE_INFINITY}) {
            double mean = Double.isFinite(apart) ? apart : Double.NaN;
            tally.compared(new Compared(Compared.Verdict.DISAGREE, List.of(), apart, mean), 0);
        }

        List<Long> counts = tally.counts().differences();
        assertThat(counts.getFirst()).isEqualTo(1);
        assertThat(counts.get(1)).isEqualTo(1);
        assertThat(counts.get(DifferenceScale.classOf(0.01))).isEqualTo(1);
        assertThat(counts.get(DifferenceScale.classOf(5))).isEqualTo(1);
        assertThat(counts.getLast()).isEqualTo(2);
        assertThat(tally.counts().shift().count()).isEqualTo(5);
    }

    @Test
    void everyDifferenceIsInTheClassWhoseBoundsItIsBetween() {
        Random random = new Random(3);
        for (int i = 0; i < 10_000; i++) {
            double difference = Math.pow(10, random.nextDouble(-12, 12));
            int index = DifferenceScale.classOf(difference);
            assertThat(difference)
                    .as("class %d", index)
                    .isLessThanOrEqualTo(DifferenceScale.upper(index))
                    .isGreaterThan(DifferenceScale.upper(index - 1));
        }
        assertThat(DifferenceScale.classOf(Double.NaN)).isEqualTo(DifferenceScale.CLASSES - 1);
    }

    @Test
    void countsAddAndSubtract() {
        tally.compared(labels(1, 2), 5);
        tally.dropped(ShadowDrop.EXPIRED);
        ShadowCounts before = tally.counts();
        tally.compared(labels(1, 1), 6);
        tally.failed(ErrorCode.INTERNAL, 7);
        ShadowCounts after = tally.counts();

        ShadowCounts since = after.minus(before);

        assertThat(since.compared()).isEqualTo(1);
        assertThat(since.disagreed()).isZero();
        assertThat(since.plus(before)).usingRecursiveComparison().isEqualTo(after);
        assertThat(ShadowCounts.EMPTY.plus(after)).usingRecursiveComparison().isEqualTo(after);
    }
}
