package dev.penstock.router.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.router.arms.ArmCounts;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EachOnceTest {
    private static Epoch epoch(int step, long exposures, long... bins) {
        ArmCounts counts = new ArmCounts.Builder()
                .firstExposures(exposures)
                .bins(bins)
                .failed(7)
                .once(9, 3)
                .build();
        return new Epoch(step, Map.of("canary", 5_000, "stable", 5_000), Map.of("canary", counts), Map.of());
    }

    @Test
    void whatThreeServersSawOfTheSameUnitsIsWhatOneSaw() {
        ArmCounts once =
                EachOnce.of(List.of(epoch(0, 300, 30, 0, 60)), 3).getFirst().counts("canary");

        assertThat(once.firstExposures()).isEqualTo(100);
        assertThat(once.bins()).containsExactly(10, 0, 20);
        assertThat(once.failed()).as("each request is one").isEqualTo(7);
        assertThat(once.failedOnce()).isEqualTo(3);
    }

    @Test
    void noMoreThanOneInAllIsLostByTheDivision() {
        List<Epoch> epochs = List.of(epoch(0, 1, 1, 1, 1), epoch(1, 1, 1, 1, 1), epoch(2, 2, 1, 1, 1));

        List<Epoch> once = EachOnce.of(epochs, 2);

        assertThat(once.stream().mapToLong(epoch -> epoch.counts("canary").firstExposures()))
                .containsExactly(0L, 1L, 1L);
        assertThat(once.stream()
                        .mapToLong(epoch ->
                                Arrays.stream(epoch.counts("canary").bins()).sum())
                        .sum())
                .isEqualTo(4);
        assertThat(EachOnce.of(epochs, 1)).isSameAs(epochs);
        assertThat(EachOnce.of(epochs, 0)).isSameAs(epochs);
    }
}
