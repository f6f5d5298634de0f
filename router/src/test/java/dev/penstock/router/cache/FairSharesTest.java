package dev.penstock.router.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class FairSharesTest {
    @Test
    void whoAsksForNothingInParticularGetsWhatTheOthersLeave() {
        assertThat(FairShares.of(100, new long[] {0})).containsExactly(100);
        assertThat(FairShares.of(100, new long[] {0, 0})).containsExactly(50, 50);
        assertThat(FairShares.of(100, new long[] {0, 20, 0})).containsExactly(40, 20, 40);
        assertThat(FairShares.of(100, new long[] {500, 20, 0})).containsExactly(40, 20, 40);
        assertThat(FairShares.of(100, new long[] {500, 500})).containsExactly(50, 50);
        assertThat(FairShares.of(0, new long[] {5, 0})).containsExactly(0, 0);
        assertThat(FairShares.of(100, new long[] {})).isEmpty();
    }

    @Test
    void nobodyGetsMoreThanAskedAndAllTogetherWhatThereIs() {
        SplittableRandom random = new SplittableRandom(7);
        for (int round = 0; round < 1_000; round++) {
            long total = random.nextLong(1_000);
            long[] wishes = random.longs(random.nextInt(1, 10), 0, 400).toArray();
            long[] shares = FairShares.of(total, wishes);

            long greedy =
                    Arrays.stream(wishes).map(wish -> wish == 0 ? total : wish).sum();
            assertThat(Arrays.stream(shares).sum()).isEqualTo(Math.min(total, greedy));
            for (int i = 0; i < wishes.length; i++) {
                assertThat(shares[i]).isBetween(0L, wishes[i] == 0 ? total : wishes[i]);
            }
        }
    }
}
