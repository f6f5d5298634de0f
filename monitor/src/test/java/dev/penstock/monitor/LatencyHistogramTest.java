package dev.penstock.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class LatencyHistogramTest {
    private static final long SEED = 7;

    @Test
    void aBoundBelongsToItsOwnBucket() {
        long[] bounds = LatencyHistogram.boundsNanos();
        for (int i = 0; i < bounds.length; i++) {
            assertThat(LatencyHistogram.bucketOf(bounds[i])).isEqualTo(i);
            assertThat(LatencyHistogram.bucketOf(bounds[i] + 1)).isEqualTo(i + 1);
        }
    }

    @Test
    void coversTenMicrosecondsToAMinuteInStepsOfAFifth() {
        long[] bounds = LatencyHistogram.boundsNanos();

        assertThat(bounds[0]).isEqualTo(10_000);
        assertThat(bounds[bounds.length - 1]).isGreaterThanOrEqualTo(60_000_000_000L);
        assertThat(bounds).hasSizeGreaterThanOrEqualTo(40);
        for (int i = 1; i < bounds.length; i++) {
            assertThat((double) bounds[i] / bounds[i - 1]).isBetween(1.18, 1.20);
        }
    }

    @Test
    void countsEverythingOnce() {
        LatencyHistogram histogram = new LatencyHistogram();
        Random random = new Random(SEED);
        long sum = 0;
        for (int i = 0; i < 10_000; i++) {
            long nanos = (long) Math.exp(random.nextDouble() * 28);
            sum += nanos;
            histogram.record(nanos);
        }

        LatencyHistogram.Snapshot snapshot = histogram.snapshot();
        long count = 0;
        for (int i = 0; i < snapshot.buckets(); i++) {
            count += snapshot.count(i);
        }
        assertThat(count).as("seed %d", SEED).isEqualTo(10_000);
        assertThat(snapshot.sumNanos()).as("seed %d", SEED).isEqualTo(sum);
    }
}
