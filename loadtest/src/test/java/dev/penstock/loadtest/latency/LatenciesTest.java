package dev.penstock.loadtest.latency;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Against HdrHistogram, whose figures they have to be.
class LatenciesTest {
    private static final long SEED = 4711;
    private static final double[] PERCENTILES = {0, 1e-9, 1, 25, 50, 90, 99, 99.9, 99.99, 100};

    private static Histogram histogram() {
        return new Histogram(Slots.MAX_NANOS, 3);
    }

    private static void assertSame(Latencies latencies, Histogram histogram, String what) {
        assertThat(latencies.toHistogram()).as(what).isEqualTo(histogram);
        assertThat(latencies.count()).as(what).isEqualTo(histogram.getTotalCount());
        assertThat(latencies.isEmpty()).as(what).isEqualTo(histogram.getTotalCount() == 0);
        if (latencies.isEmpty()) {
            return;
        }
        assertThat(latencies.meanMicros()).as(what).isEqualTo(histogram.getMean() / 1e3);
        for (double percentile : PERCENTILES) {
            long nanos = histogram.getValueAtPercentile(percentile);
            assertThat(latencies.micros(percentile))
                    .as("%s, p%s", what, percentile)
                    .isEqualTo((double) nanos / 1e3);
            assertThat(latencies.countUpTo(nanos)).as(what).isEqualTo(histogram.getCountBetweenValues(0, nanos));
        }
    }

    /// Values of all magnitudes, up to an hour.
    private static long anyNanos(SplittableRandom random) {
        return random.nextLong(Math.min(Slots.MAX_NANOS, 1L << random.nextInt(1, 42)) + 1);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 10, 1_000, 50_000})
    void theyAreThoseOfAHistogram(int count) {
        SplittableRandom random = new SplittableRandom(SEED + count);
        LatencyCounts counts = new LatencyCounts();
        Histogram histogram = histogram();
        for (int i = 0; i < count; i++) {
            long nanos = anyNanos(random);
            counts.add(nanos);
            histogram.recordValue(nanos);
        }

        assertSame(counts.toLatencies(), histogram, count + " values");
        assertThat(counts.toHistogram()).isEqualTo(histogram);
        assertThat(Latencies.of(histogram)).isEqualTo(counts.toLatencies());
    }

    @Test
    void eachSlotEndsWhereTheNextOneBegins() {
        Histogram histogram = histogram();
        for (int slot = 0; slot < Slots.COUNT; slot++) {
            long lowest = Slots.lowest(slot);

            assertThat(Slots.of(lowest)).isEqualTo(slot);
            assertThat(Slots.of(Slots.highest(slot))).isEqualTo(slot);
            assertThat(Slots.highest(slot) + 1).isEqualTo(Slots.lowest(slot + 1));
            assertThat(Slots.middle(slot)).isEqualTo(histogram.medianEquivalentValue(lowest));
            assertThat(Slots.highest(slot)).isEqualTo(histogram.highestEquivalentValue(lowest));
        }
    }

    @Test
    void whatIsOutOfReachCountsAsTheNearest() {
        LatencyCounts counts = new LatencyCounts();
        counts.add(-5);
        counts.add(Long.MAX_VALUE);
        Histogram histogram = histogram();
        histogram.recordValue(0);
        histogram.recordValue(Slots.MAX_NANOS);

        assertSame(counts.toLatencies(), histogram, "ends");
        assertThat(counts.toLatencies().countUpTo(Long.MAX_VALUE)).isEqualTo(2);
    }

    @Test
    void sumsAreThoseOfHistogramsHoweverOftenTheyAreUsedAgain() {
        SplittableRandom random = new SplittableRandom(SEED);
        LatencyCounts loop = new LatencyCounts();
        LatencyCounts sum = new LatencyCounts();
        LatencyCounts kept = new LatencyCounts();
        Histogram expected = histogram();
        for (int window = 0; window < 50; window++) {
            Histogram alone = histogram();
            for (int i = random.nextInt(300); i > 0; i--) {
                long nanos = anyNanos(random);
                loop.add(nanos);
                alone.recordValue(nanos);
            }
            assertSame(loop.toLatencies(), alone, "window " + window);
            sum.add(loop);
            kept.add(loop.toLatencies());
            expected.add(alone);
            loop.reset();
            assertThat(loop.isEmpty()).isTrue();
        }

        assertSame(sum.toLatencies(), expected, "sum");
        assertSame(kept.toLatencies(), expected, "sum of what was kept");
        assertThat(sum.leastNanos()).isEqualTo(expected.getValueAtPercentile(0));
        assertThat(sum.greatestNanos()).isEqualTo(expected.getMaxValue());
    }

    @Test
    void manyOfOneKindAreCounted() {
        LatencyCounts counts = new LatencyCounts();
        counts.count(Slots.of(Slots.MAX_NANOS), Long.MAX_VALUE / 4);
        counts.count(0, 1L << 40);

        assertThat(counts.toLatencies().count()).isEqualTo(Long.MAX_VALUE / 4 + (1L << 40));
        assertThat(counts.toLatencies().countUpTo(0)).isEqualTo(1L << 40);
        assertThat(counts.toLatencies().micros(50)).isEqualTo((double) Slots.highest(Slots.COUNT - 1) / 1e3);
    }
}
