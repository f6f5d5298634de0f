package dev.penstock.server.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class RoomRetriesTest {
    private final RoomRetries retries = new RoomRetries(RetryDelays.from(Duration.ofNanos(10)), () -> 0);

    @Test
    void whatIsRefusedIsTriedLaterAndLater() {
        retries.refused("b", 0);
        retries.refused("a", 0);
        assertThat(retries.due(9)).isEmpty();
        assertThat(retries.due(10)).containsExactly("a", "b");

        retries.refused("a", 10);
        assertThat(retries.due(29)).containsExactly("b");
        assertThat(retries.due(30)).containsExactly("a", "b");
    }

    @Test
    void whatIsAnotherByNowBeginsAnew() {
        retries.refused("a", 0);
        retries.refused("a", 10);
        retries.forget("a");
        assertThat(retries.due(1000)).isEmpty();

        retries.refused("a", 1000);
        assertThat(retries.due(1010)).containsExactly("a");
    }
}
