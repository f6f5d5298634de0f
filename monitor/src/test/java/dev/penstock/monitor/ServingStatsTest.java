package dev.penstock.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.ModelKey;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ServingStatsTest {
    private static final ModelKey KEY = new ModelKey("m", 1);

    private final ServingStats stats = new ServingStats();

    @Test
    void successesCountRowsAndTime() {
        stats.opened(KEY, 0);

        stats.finished(KEY, null, 5, 10_000, 20_000);

        assertThat(stats.versions().get(KEY)).satisfies(version -> {
            assertThat(version.successes()).isEqualTo(1);
            assertThat(version.rows()).isEqualTo(5);
            assertThat(version.total().sumNanos()).isEqualTo(30_000);
            assertThat(version.queue().sumNanos()).isEqualTo(10_000);
            assertThat(version.run().sumNanos()).isEqualTo(20_000);
        });
    }

    @Test
    void whatIsAnsweredFromTheCacheNeitherQueuedNorRan() {
        stats.opened(KEY, 0);

        stats.cached(KEY, 3, 5_000);

        assertThat(stats.versions().get(KEY)).satisfies(version -> {
            assertThat(version.successes()).isEqualTo(1);
            assertThat(version.rows()).isEqualTo(3);
            assertThat(version.cachedRows()).isEqualTo(3);
            assertThat(version.total().sumNanos()).isEqualTo(5_000);
            assertThat(version.queue().count()).isZero();
            assertThat(version.run().count()).isZero();
        });
    }

    @Test
    void failuresCountByReasonAndLeaveTheLatenciesAlone() {
        stats.opened(KEY, 0);

        stats.finished(KEY, ErrorCode.OVERLOADED, 0, 10_000, 0);

        assertThat(stats.versions().get(KEY)).satisfies(version -> {
            assertThat(version.failures(ErrorCode.OVERLOADED)).isEqualTo(1);
            assertThat(version.successes()).isZero();
            assertThat(version.total().count()).isZero();
        });
    }

    @Test
    void requestsThatNobodyAnsweredMakeNoKey() {
        stats.finished(null, ErrorCode.NOT_FOUND, 0, 1, 0);
        stats.finished(KEY, ErrorCode.NOT_READY, 0, 1, 0);

        assertThat(stats.versions()).isEmpty();
        assertThat(stats.unresolved().failures(ErrorCode.NOT_FOUND)).isEqualTo(1);
        assertThat(stats.unresolved().failures(ErrorCode.NOT_READY)).isEqualTo(1);
    }

    @Test
    void whatEndsAfterItsVersionHasGoneDoesNotBringItBack() {
        stats.opened(KEY, 1_000);
        stats.forget(KEY);

        stats.finished(KEY, null, 1, 10, 10);
        stats.cached(KEY, 1, 10);

        assertThat(stats.versions()).isEmpty();
        assertThat(stats.unresolved().successes()).isEqualTo(2);
    }

    @Test
    void aVersionThatIsLoadedAnewGoesOnCounting() {
        stats.opened(KEY, 1_000);
        stats.finished(KEY, null, 1, 10, 10);

        stats.opened(KEY, 0);
        assertThat(stats.versions().get(KEY))
                .satisfies(version -> assertThat(version.loadNanos()).isEqualTo(1_000));
        stats.opened(KEY, 2_000);

        assertThat(stats.versions().get(KEY)).satisfies(version -> {
            assertThat(version.loadNanos()).isEqualTo(2_000);
            assertThat(version.successes()).isEqualTo(1);
        });
    }

    @Test
    void threadsOfAllKindsAndMoreOfThemThanThereArePlacesLoseNothing() throws Exception {
        stats.opened(KEY, 0);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            Thread.Builder builder = i % 2 == 0 ? Thread.ofPlatform() : Thread.ofVirtual();
            threads.add(builder.start(() -> {
                for (int n = 0; n < 500; n++) {
                    stats.finished(KEY, null, 2, 1_000, 2_000);
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }

        assertThat(stats.versions().get(KEY)).satisfies(version -> {
            assertThat(version.successes()).isEqualTo(50_000);
            assertThat(version.rows()).isEqualTo(100_000);
            assertThat(version.run().sumNanos()).isEqualTo(100_000_000);
        });
    }
}
