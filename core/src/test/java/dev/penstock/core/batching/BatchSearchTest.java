package dev.penstock.core.batching;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.batching.BatchPlan.Bucket;
import java.util.function.IntToLongFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// How many rows are worth it, by times that are made up.
class BatchSearchTest {
    private static final ProbeLimits STANDARD = ProbeLimits.standard();

    /// Half of it is the call, which a batch shares.
    private static long tiny(int rows) {
        return 1_200 + 1_200L * rows;
    }

    private static long linear(int rows) {
        return 2_000L * rows;
    }

    @Test
    void aModelThatIsSlowedDownWhileItsFirstBatchesAreTimedIsBatchedAllTheSame() {
        // Every run of 2 rows for a whole sampling, as a neighbour on the machine causes it. From 16 rows on, twice the
        // rows gain 3 %.
        Times times = new Times(BatchSearchTest::tiny).slowAtFirst(2, 60);

        assertThat(search(times, STANDARD, 256).search()).isEqualTo(16);
    }

    @Test
    void evenIfThatGoesOnWhileTheyAreTimedAgain() {
        Times times = new Times(BatchSearchTest::tiny).slowAtFirst(2, 10_000).slowAtFirst(4, 10_000);

        BatchSearch search = search(times, STANDARD, 256);

        assertThat(search.search()).isEqualTo(16);
        assertThat(search.buckets()).extracting(Bucket::rows).containsExactly(1, 2, 4, 8, 16);
    }

    @Test
    void aBatchThatSeemsToGainTooLittleIsTimedAgainInTurnWithTheBest() {
        Times times = new Times(BatchSearchTest::linear);

        assertThat(search(times, STANDARD, 2).search()).isEqualTo(1);
        assertThat(times.changesBetweenRows()).isGreaterThan(50);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 4, 5, 6, 7, 8})
    void stallsOfMostRunsDoNotCount(int period) {
        // All runs but one of so many take ten times as long, whatever is run.
        Times times = new Times(BatchSearchTest::tiny).stalling(period);

        BatchSearch search = search(times, STANDARD, 256);

        assertThat(search.search()).isEqualTo(16);
        assertThat(search.buckets())
                .allSatisfy(bucket -> assertThat(bucket.serviceNanos()).isEqualTo(tiny(bucket.rows())));
    }

    @Test
    void whatGainsClearlyIsTimedBriefly() {
        // Each doubling gains 90 % or more.
        Times times = new Times(rows -> 100_000L + rows);

        assertThat(search(times, STANDARD, 64).search()).isEqualTo(64);
        assertThat(times.allRuns).isLessThan(51 + 6 * 12);
    }

    @Test
    void aFastModelIsLookedAtTwoDoublingsFurther() {
        Times times = new Times(BatchSearchTest::linear);
        BatchSearch search = search(times, STANDARD, 256);

        assertThat(search.search()).isEqualTo(1);
        assertThat(times.mostRows).isEqualTo(8);
        assertThat(search.reason()).isEqualTo("8 gain little (2000 ns a row instead of 2000)");
        assertThat(search.buckets()).containsExactly(new Bucket(1, 2_000));
    }

    @Test
    void aSlowOneIsNot() {
        Times times = new Times(rows -> 2_000_000L * rows);

        assertThat(search(times, STANDARD, 256).search()).isEqualTo(1);
        assertThat(times.mostRows).isEqualTo(2);
    }

    @Test
    void aSlowMomentDoesNotLeaveASlowModelUnbatched() {
        // Two rows gain 10 %, but their first runs meet something else.
        Times times = new Times(rows -> rows == 1 ? 8_000_000 : 7_250_000L * rows);
        times.slowAtFirst(2, 7);

        assertThat(search(times, STANDARD, 2).search()).isEqualTo(2);
    }

    @Test
    void aLittleGainPerDoublingIsLittleHoweverManyDoublings() {
        // 3 % a doubling.
        Times times = new Times(rows -> (long) (10_000L * rows / Math.pow(1.03, Math.log(rows) / Math.log(2))));

        assertThat(search(times, STANDARD, 256).search()).isEqualTo(1);
    }

    @Test
    void theBestIsKeptWhenNothingFurtherOnIsBetter() {
        // From 16 rows on, the rows fall out of a cache.
        Times times = new Times(rows -> rows <= 16 ? 5_000 + 1_000L * rows : 3_000L * rows);
        BatchSearch search = search(times, STANDARD, 256);

        assertThat(search.search()).isEqualTo(16);
        assertThat(times.mostRows).isEqualTo(128);
        assertThat(search.reason()).isEqualTo("128 gain little (3000 ns a row instead of 1312)");
    }

    @Test
    void theSearchKeepsToItsTime() {
        Times times = new Times(rows -> 900_000 + 1_000L * rows);
        ProbeLimits brief = new ProbeLimits(0, 0, 1 << 20, 20_000_000, false, 300);

        search(times, brief, 256).search();

        // One sampling may have begun before the time was over.
        assertThat(times.spentNanos()).isLessThan(40_000_000);
    }

    @Test
    void whatIsConfiguredIsTimedButNotJudged() {
        BatchSearch search = search(new Times(BatchSearchTest::linear), STANDARD.withFixedRows(24), 24);

        assertThat(search.search()).isEqualTo(24);
        assertThat(search.reason()).isEqualTo("as configured");
        assertThat(search.buckets()).extracting(Bucket::rows).containsExactly(1, 2, 4, 8, 16, 24);
    }

    private static BatchSearch search(Times times, ProbeLimits limits, int mostRows) {
        return new BatchSearch(times, limits, mostRows);
    }

    /// Runs that take as long as they are told to.
    private static final class Times implements BatchSearch.Trial {
        private static final int SLOWNESS = 10;

        private final IntToLongFunction nanos;
        private final int[] runs = new int[1024];
        private final int[] slowUntil = new int[1024];
        private int stallPeriod = 1;
        private int allRuns;
        private int lastRows;
        private int changes;
        private int mostRows;
        private long spentNanos;

        Times(IntToLongFunction nanos) {
            this.nanos = nanos;
        }

        /// The first runs of so many rows are slow.
        Times slowAtFirst(int rows, int runCount) {
            slowUntil[rows] = runCount;
            return this;
        }

        /// Only one run of so many is not slow.
        Times stalling(int period) {
            stallPeriod = period;
            return this;
        }

        int changesBetweenRows() {
            return changes;
        }

        @Override
        public long runNanos(int rows) {
            changes += lastRows == rows ? 0 : 1;
            lastRows = rows;
            mostRows = Math.max(mostRows, rows);
            boolean slow = runs[rows]++ < slowUntil[rows] || allRuns++ % stallPeriod != 0;
            long taken = nanos.applyAsLong(rows) * (slow ? SLOWNESS : 1);
            spentNanos += taken;
            return taken;
        }

        @Override
        public long spentNanos() {
            return spentNanos;
        }
    }
}
