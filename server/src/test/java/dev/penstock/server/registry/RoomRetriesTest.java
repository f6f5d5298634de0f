package dev.penstock.server.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class RoomRetriesTest {
    private static final SortedSet<Long> ONE = new TreeSet<>(List.of(1L));

    private final RoomRetries retries = new RoomRetries(RetryDelays.from(Duration.ofNanos(10)), () -> 0);

    @Test
    void whatIsRefusedIsTriedLaterAndLater() {
        retries.refused("b", ONE, 0);
        retries.refused("a", ONE, 0);
        assertThat(retries.due(9)).isEmpty();
        assertThat(retries.due(10)).containsExactly("a", "b");

        retries.refused("a", ONE, 10);
        assertThat(retries.versions("a")).containsExactly(1L);
        assertThat(retries.due(29)).containsExactly("b");
        assertThat(retries.due(30)).containsExactly("a", "b");
    }

    @Test
    void whatIsAnotherByNowBeginsAnew() {
        retries.refused("a", ONE, 0);
        retries.refused("a", ONE, 10);
        retries.forget("a");
        assertThat(retries.versions("a")).isEmpty();
        assertThat(retries.due(1000)).isEmpty();

        retries.refused("a", ONE, 1000);
        assertThat(retries.due(1010)).containsExactly("a");
    }
}
