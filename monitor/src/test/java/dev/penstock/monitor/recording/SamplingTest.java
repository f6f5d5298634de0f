package dev.penstock.monitor.recording;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.monitor.recording.Sampling.Load;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class SamplingTest {
    private static final long SEED = 75;

    @Test
    void withinTheBudgetEverythingIsRecorded() {
        assertThat(Sampling.shifts(List.of(new Load(10_000, 100, 0), new Load(0, 0, 0)), 1_000_000))
                .containsExactly(0, 0);
    }

    @Test
    void whoeverTakesMostGivesMost() {
        List<Load> loads = List.of(new Load(10_000, 1000, 0), new Load(1000, 500, 0));

        assertThat(Sampling.shifts(loads, 2_000_000)).containsExactly(3, 0);
    }

    @Test
    void whatWasReducedIsRestoredOnlyWhereThereIsRoom() {
        assertThat(Sampling.shifts(List.of(new Load(9_000, 100, 1)), 1_000_000)).containsExactly(1);
        assertThat(Sampling.shifts(List.of(new Load(6_000, 100, 1)), 1_000_000)).containsExactly(0);
    }

    @Test
    void noVersionIsReducedBeyondTheMost() {
        assertThat(Sampling.shifts(List.of(new Load(1e9, 1e6, 0)), 1)).containsExactly(Sampling.MOST_SHIFT);
    }

    @Test
    void whatIsDecidedFitsAndIsStable() {
        SplittableRandom random = new SplittableRandom(SEED);
        for (int round = 0; round < 1000; round++) {
            double rows = random.nextDouble(1e5);
            List<Load> loads = List.of(
                    new Load(rows, random.nextDouble(5000), random.nextInt(4)),
                    new Load(random.nextDouble(1e4), random.nextDouble(5000), random.nextInt(4)));

            int[] once = Sampling.shifts(loads, 1e7);
            int[] again = Sampling.shifts(
                    List.of(
                            new Load(loads.get(0).rowsPerSecond(), loads.get(0).nanosPerRow(), once[0]),
                            new Load(loads.get(1).rowsPerSecond(), loads.get(1).nanosPerRow(), once[1])),
                    1e7);

            assertThat(loads.get(0).nanosWith(once[0]) + loads.get(1).nanosWith(once[1]))
                    .isLessThanOrEqualTo(1e7);
            assertThat(again).as("round %d of seed %d", round, SEED).containsExactly(once);
        }
    }

    @Test
    void aboutOneRowInAPowerOfTwoIsTaken() {
        for (int shift = 0; shift <= Sampling.MOST_SHIFT; shift++) {
            int power = shift;
            long taken = LongStream.range(0, 1 << 20)
                    .filter(row -> Sampling.takes(row, power))
                    .count();

            assertThat((double) taken / (1 << (20 - shift))).isBetween(0.88, 1.12);
        }
    }
}
