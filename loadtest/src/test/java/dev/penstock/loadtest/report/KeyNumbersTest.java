package dev.penstock.loadtest.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.loadtest.report.KeyNumbers.Tile;
import dev.penstock.loadtest.result.Samples;
import dev.penstock.loadtest.result.Samples.Shape;
import dev.penstock.loadtest.result.StageResult;
import dev.penstock.loadtest.result.TestResult;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class KeyNumbersTest {
    private static final TestResult RESULT = Samples.capacity(1);

    @Test
    void theHighestValidRateThatKeepsTheSloCounts() {
        StageResult best = RESULT.stages().get(2);

        KeyNumbers key = KeyNumbers.of(RESULT).orElseThrow();

        assertThat(key.heading())
                .isEqualTo("The highest rate that kept p99 <= 50.0 ms and errors <= 0.100 %, in stage 2000/s");
        assertThat(key.tiles())
                .contains(new Tile("right answers", "2,000/s"))
                .contains(new Tile("p99", Figures.micros(best.latencyMicros(99))));
    }

    /// Which found that more than 1,000/s cannot be kept up, though 2,000/s did for a while.
    @Test
    void whatASearchChoseCounts() {
        StageResult best = RESULT.stages().get(1);

        KeyNumbers key =
                KeyNumbers.of(Samples.chosen(RESULT, Optional.of("1000/s"))).orElseThrow();

        assertThat(key.heading()).endsWith(", in stage 1000/s");
        assertThat(key.tiles())
                .contains(new Tile("right answers", "1,000/s"))
                .contains(new Tile("p99", Figures.micros(best.latencyMicros(99))));
        assertThat(KeyNumbers.of(Samples.chosen(RESULT, Optional.empty()))).isEmpty();
        assertThat(KeyNumbers.of(Samples.chosen(RESULT, Optional.of("4000/s")))).isEmpty();
    }

    @Test
    void whatHadNotComeToRestIsNoKeyNumberUnlessASearchChoseIt() {
        StageResult steady = RESULT.stages().getFirst();
        StageResult unsettled = Samples.unsettled(RESULT.stages().get(1));
        TestResult both = Samples.test("both", steady, unsettled);

        assertThat(KeyNumbers.of(both).orElseThrow().heading()).endsWith(", in stage 500/s");
        assertThat(KeyNumbers.of(Samples.chosen(both, Optional.of("1000/s")))
                        .orElseThrow()
                        .heading())
                .endsWith(", in stage 1000/s");
    }

    @Test
    void whatIsNotValidIsNoKeyNumber() {
        StageResult bad = RESULT.stages().getLast();

        assertThat(KeyNumbers.of(Samples.test("none", bad))).isEmpty();
    }

    @Test
    void whatBreaksTheSloIsNoKeyNumber() {
        Shape shape = new Shape(3, 100, 0, 60_000, 0.1, 0);
        StageResult slow = Samples.stage("slow", Samples.windows(shape, new SplittableRandom(1)), List.of());

        assertThat(KeyNumbers.of(Samples.test("slow", slow))).isEmpty();
    }
}
