package dev.penstock.server.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LookFailuresTest {
    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private final LookFailures failures =
            new LookFailures(new RetryDelays(Duration.ofSeconds(1), Duration.ofSeconds(3)), () -> 0);

    @Test
    void itIsTriedLaterAndLater() {
        assertThat(failures.mayTry("m", 0)).isTrue();
        long now = 0;
        for (int seconds : new int[] {1, 2, 3, 3}) {
            assertThat(failures.failed("m", "e" + seconds, now)).isEqualTo(seconds < 3 || now == 3 * SECOND);
            long due = now + seconds * SECOND;
            assertThat(failures.mayTry("m", due - 1)).isFalse();
            assertThat(failures.due(due - 1)).isEmpty();
            assertThat(failures.due(due)).containsExactly("m");
            now = due;
        }
        failures.forget("m");
        assertThat(failures.due(Long.MAX_VALUE / 2)).isEmpty();
    }

    @Test
    void onlyAnotherErrorIsNews() {
        assertThat(failures.failed("m", "e", 0)).isTrue();
        assertThat(failures.failed("m", "e", 0)).isFalse();
        assertThat(failures.failed("n", "e", 0)).isTrue();
        assertThat(failures.failed("m", "f", 0)).isTrue();
        failures.keepOnly(Set.of("n"));
        assertThat(failures.mayTry("m", 0)).isTrue();
        assertThat(failures.mayTry("n", 0)).isFalse();
    }
}
