package dev.penstock.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LatencyHistogramTest {
    private static final long SEED = 7;
    private static final long[] MORE_SEEDS = {1, 2, 3};

    /// What tells the requirement: a quantile is off by 5 % at most.
    private static final double MOST_ERROR = 0.05;

    @Test
    void everyValueIsInTheBucketWhoseBoundsAreAroundIt() {
        Random random = new Random(SEED);
        for (int i = 0; i < 200_000; i++) {
            long nanos = (long) Math.exp(random.nextDouble() * 29);
            assertIsInItsBucket(nanos);
        }
    }

    @Test
    void aBoundBelongsToItsOwnBucket() {
        for (int i = 0; i < LatencyScale.BUCKETS - 1; i++) {
            long bound = (long) Math.floor(LatencyScale.upperSeconds(i) * 1e9);

            assertThat(LatencyScale.bucketOf(bound)).isEqualTo(i);
            assertThat(LatencyScale.bucketOf(bound + 1)).isEqualTo(i + 1);
        }
    }

    @Test
    void whatIsOutsideIsInTheFirstOrTheLastBucket() {
        assertThat(LatencyScale.bucketOf(-1)).isZero();
        assertThat(LatencyScale.bucketOf(0)).isZero();
        assertThat(LatencyScale.bucketOf(Long.MAX_VALUE)).isEqualTo(LatencyScale.BUCKETS - 1);
        assertThat(LatencyScale.bucketOf(5_000_000_000_000L)).isEqualTo(LatencyScale.BUCKETS - 1);
    }

    private static void assertIsInItsBucket(long nanos) {
        int bucket = LatencyScale.bucketOf(nanos);
        double seconds = nanos / 1e9;
        assertThat(seconds).isLessThanOrEqualTo(LatencyScale.upperSeconds(bucket));
        if (bucket > 0) {
            assertThat(seconds).isGreaterThan(LatencyScale.upperSeconds(bucket - 1));
        }
    }

    @Test
    void classicBoundsAreBoundsOfTheNativeOnes() {
        assertThat(LatencyScale.CLASSIC_BUCKETS).isGreaterThan(40);
        assertThat(LatencyScale.classicSeconds(0)).isEqualTo(0x1p-17);
        assertThat(LatencyScale.classicSeconds(LatencyScale.CLASSIC_BUCKETS - 2))
                .isEqualTo(64);
        assertThat(LatencyScale.classicSeconds(LatencyScale.CLASSIC_BUCKETS - 1))
                .isInfinite();
        for (int i = 0; i < LatencyScale.BUCKETS; i++) {
            int classic = LatencyScale.classicOf(i);
            assertThat(LatencyScale.upperSeconds(i)).isLessThanOrEqualTo(LatencyScale.classicSeconds(classic));
            if (classic > 0) {
                assertThat(LatencyScale.upperSeconds(i)).isGreaterThan(LatencyScale.classicSeconds(classic - 1));
            }
        }
        // Schema 4 has its bucket 0 end at a second.
        int second = LatencyScale.bucketOf(1_000_000_000L);
        assertThat(LatencyScale.nativeIndex(second)).isZero();
        assertThat(LatencyScale.upperSeconds(second)).isEqualTo(1);
    }

    @Test
    void everythingIsCountedOnceHoweverItIsRead() {
        LatencyHistogram histogram = new LatencyHistogram();
        Random random = new Random(SEED);
        long sum = 0;
        for (int i = 0; i < 10_000; i++) {
            long nanos = (long) Math.exp(random.nextDouble() * 28);
            sum += nanos;
            histogram.record(nanos);
        }

        LatencySnapshot snapshot = histogram.snapshot();
        assertThat(snapshot.count()).as("seed %d", SEED).isEqualTo(10_000);
        assertThat(snapshot.sumNanos()).as("seed %d", SEED).isEqualTo(sum);
        assertThat(Arrays.stream(snapshot.classicCounts()).sum()).isEqualTo(10_000);
    }

    @Test
    void histogramsOfSeveralReplicasAddUpInAnyOrder() {
        LatencyHistogram whole = new LatencyHistogram();
        List<LatencyHistogram> replicas =
                IntStream.range(0, 5).mapToObj(i -> new LatencyHistogram()).toList();
        Random random = new Random(SEED);
        for (int i = 0; i < 5_000; i++) {
            long nanos = (long) Math.exp(random.nextGaussian() + 14);
            whole.record(nanos);
            replicas.get(random.nextInt(5)).recordAlone(nanos);
        }

        LatencySnapshot forwards = LatencySnapshot.EMPTY;
        LatencySnapshot backwards = LatencySnapshot.EMPTY;
        for (int i = 0; i < 5; i++) {
            forwards = forwards.plus(replicas.get(i).snapshot());
            backwards = backwards.plus(replicas.get(4 - i).snapshot());
        }

        for (int i = 0; i < LatencyScale.BUCKETS; i++) {
            assertThat(forwards.count(i)).isEqualTo(whole.snapshot().count(i)).isEqualTo(backwards.count(i));
        }
        assertThat(forwards.sumNanos()).isEqualTo(whole.snapshot().sumNanos());
        assertThat(LatencyHistogram.sum(replicas).quantileSeconds(0.99))
                .isEqualTo(whole.snapshot().quantileSeconds(0.99));
    }

    @Test
    void quantilesAreWithinFivePercentWhateverTheDistribution() {
        for (long seed : MORE_SEEDS) {
            Random random = new Random(seed);
            long slow = 1_000L + random.nextInt(1_000_000_000);
            assertQuantiles(seed, random.longs(20_000, 1_000, 1_000_000).toArray());
            assertQuantiles(
                    seed,
                    random.doubles(20_000)
                            .mapToLong(uniform -> (long) (200_000 / Math.pow(1 - uniform, 0.7)))
                            .toArray());
            assertQuantiles(
                    seed,
                    IntStream.range(0, 20_000)
                            .mapToLong(i -> (long) Math.exp(random.nextGaussian() * 0.6 + 15))
                            .toArray());
            // A few values, each taken many times: nothing is smooth in a bucket.
            assertQuantiles(
                    seed,
                    IntStream.range(0, 20_000)
                            .mapToLong(i -> i % 10 == 0 ? slow : 3_000L + i % 3)
                            .toArray());
        }
    }

    private static void assertQuantiles(long seed, long[] nanos) {
        LatencyHistogram histogram = new LatencyHistogram();
        for (long one : nanos) {
            histogram.record(one);
        }
        long[] sorted = nanos.clone();
        Arrays.sort(sorted);
        LatencySnapshot snapshot = histogram.snapshot();
        for (double q : new double[] {0.01, 0.5, 0.9, 0.99, 0.999}) {
            double exact = sorted[(int) Math.ceil(q * sorted.length) - 1] / 1e9;
            assertThat(snapshot.quantileSeconds(q))
                    .as("quantile %s of seed %d", q, seed)
                    .isCloseTo(exact, within(exact * MOST_ERROR));
        }
    }

    @Test
    void classicBucketsHaveQuantilesOfSmoothDistributionsWithinThreePercent() {
        for (long seed : MORE_SEEDS) {
            Random random = new Random(seed);
            assertClassicQuantiles(
                    seed,
                    random.doubles(100_000)
                            .mapToLong(uniform -> (long) (-2_000_000 * Math.log(1 - uniform)) + 50_000)
                            .toArray());
            assertClassicQuantiles(
                    seed,
                    IntStream.range(0, 100_000)
                            .mapToLong(i -> (long) Math.exp(random.nextGaussian() * 0.6 + 15))
                            .toArray());
        }
    }

    private static void assertClassicQuantiles(long seed, long[] nanos) {
        LatencyHistogram histogram = new LatencyHistogram();
        for (long one : nanos) {
            histogram.record(one);
        }
        long[] sorted = nanos.clone();
        Arrays.sort(sorted);
        for (double q : new double[] {0.5, 0.9, 0.99}) {
            double exact = sorted[(int) Math.ceil(q * sorted.length) - 1] / 1e9;
            assertThat(classicQuantile(histogram.snapshot().classicCounts(), q * sorted.length))
                    .as("quantile %s of seed %d", q, seed)
                    .isCloseTo(exact, within(exact * 0.03));
        }
    }

    /// As Prometheus has it: values lie evenly in their bucket.
    private static double classicQuantile(long[] counts, double rank) {
        double before = 0;
        int bucket = 0;
        while (before + counts[bucket] < rank) {
            before += counts[bucket++];
        }
        double lower = bucket == 0 ? 0 : LatencyScale.classicSeconds(bucket - 1);
        return lower + (LatencyScale.classicSeconds(bucket) - lower) * (rank - before) / counts[bucket];
    }

    @Test
    void nothingHasNoQuantile() {
        assertThat(LatencySnapshot.EMPTY.quantileSeconds(0.5)).isNaN();
    }

    @Test
    void noCountIsLostWhenManyThreadsRecord() throws Exception {
        LatencyHistogram histogram = new LatencyHistogram();
        int threads = 4;
        CountDownLatch start = new CountDownLatch(1);
        List<Thread> all = IntStream.range(0, threads)
                .mapToObj(i -> Thread.ofPlatform().start(() -> {
                    awaitUninterrupted(start);
                    for (int n = 0; n < 50_000; n++) {
                        histogram.record(1_000L << (n % 20));
                    }
                }))
                .toList();

        start.countDown();
        for (Thread thread : all) {
            thread.join();
        }

        assertThat(histogram.snapshot().count()).isEqualTo(threads * 50_000L);
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
