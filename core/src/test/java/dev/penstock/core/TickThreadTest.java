package dev.penstock.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class TickThreadTest {
    private static final System.Logger LOG = System.getLogger(TickThreadTest.class.getName());

    @Test
    void whatIsThrownDoesNotEndIt() throws InterruptedException {
        CountDownLatch ticks = new CountDownLatch(3);

        try (TickThread thread = newThread(Duration.ofNanos(1), () -> {
            ticks.countDown();
            throw new IllegalStateException("a bad tick");
        })) {
            thread.start();

            assertThat(ticks.await(120, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void isNotWaitedForWhileItRests() throws InterruptedException {
        CountDownLatch ticked = new CountDownLatch(1);
        AtomicReference<Thread> thread = new AtomicReference<>();

        try (TickThread ticks = newThread(Duration.ofDays(1), () -> {
            thread.set(Thread.currentThread());
            ticked.countDown();
        })) {
            ticks.start();
            assertThat(ticked.await(120, TimeUnit.SECONDS)).isTrue();
        }

        assertThat(thread.get().isAlive()).isFalse();
    }

    @Test
    void goesOnAtOnceWhenItIsWoken() throws InterruptedException {
        CountDownLatch once = new CountDownLatch(1);
        CountDownLatch twice = new CountDownLatch(2);

        try (TickThread ticks = newThread(Duration.ofDays(1), () -> {
            once.countDown();
            twice.countDown();
        })) {
            ticks.start();
            assertThat(once.await(120, TimeUnit.SECONDS)).isTrue();
            ticks.wake();

            assertThat(twice.await(120, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void oneThatWasNotStartedCloses() {
        CountDownLatch ticked = new CountDownLatch(1);

        newThread(Duration.ofNanos(1), ticked::countDown).close();

        assertThat(ticked.getCount()).isEqualTo(1);
    }

    private static TickThread newThread(Duration rest, Runnable tick) {
        return new TickThread("ticks", "ticking", LOG, rest, tick);
    }
}
