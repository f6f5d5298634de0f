package dev.penstock.server.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class PassingAskerTest {
    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5);
    private final PassingAsker asker = new PassingAsker(Duration.ofNanos(10), nanos::get);

    @Test
    void itWantsForAWhileAfterTheLastWhoAsked() {
        assertThat(asker.begins()).isTrue();
        nanos.addAndGet(9);
        assertThat(asker.begins()).as("the first is enough").isFalse();
        nanos.addAndGet(9);
        assertThat(asker.stillWants()).isTrue();
        nanos.addAndGet(1);
        assertThat(asker.stillWants()).isFalse();
        assertThat(asker.begins()).as("forgotten, and so told anew").isTrue();
    }

    @Test
    void whoAsksAfterItWasToldBeginsAnew() {
        assertThat(asker.begins()).isTrue();
        asker.told(null);
        assertThat(asker.begins()).isTrue();
    }
}
