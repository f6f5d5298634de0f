package dev.penstock.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

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

    /// The first one waits for the second one here, as one does that is in a tick which the other one ends.
    @Test
    @Timeout(240)
    void allAreToldToEndBeforeAnyIsWaitedFor() throws InterruptedException {
        AtomicReference<Thread> second = new AtomicReference<>();
        CountDownLatch known = new CountDownLatch(1);
        CountDownLatch waits = new CountDownLatch(1);
        AtomicReference<Thread> first = new AtomicReference<>();
        TickThread resting = newThread(Duration.ofDays(1), () -> {
            second.set(Thread.currentThread());
            known.countDown();
        });
        TickThread waiting = newThread(Duration.ofDays(1), () -> {
            first.set(Thread.currentThread());
            waits.countDown();
            join(second.get());
        });
        resting.start();
        assertThat(known.await(120, TimeUnit.SECONDS)).isTrue();
        waiting.start();
        assertThat(waits.await(120, TimeUnit.SECONDS)).isTrue();

        TickThread.close(List.of(waiting, resting), Duration.ofDays(1), NanoClock.SYSTEM);

        assertThat(first.get().isAlive()).isFalse();
        assertThat(second.get().isAlive()).isFalse();
    }

    @Test
    @Timeout(240)
    void whatOneHasUsedOfTheTimeTheNextOneHasNot() throws InterruptedException {
        CountDownLatch ticking = new CountDownLatch(1);
        CountDownLatch released = new CountDownLatch(1);
        TickThread ended = newThread(Duration.ofDays(1), () -> {});
        TickThread hanging = newThread(Duration.ofDays(1), () -> {
            ticking.countDown();
            await(released);
        });
        ended.start();
        hanging.start();
        assertThat(ticking.await(120, TimeUnit.SECONDS)).isTrue();
        AtomicInteger readings = new AtomicInteger();

        // The first one is waited for with all of it, for the second one nothing is left.
        TickThread.close(
                List.of(ended, hanging),
                Duration.ofDays(1),
                () -> readings.getAndIncrement() < 2 ? 0 : Duration.ofDays(2).toNanos());

        assertThat(released.getCount()).as("it hangs still").isEqualTo(1);
        released.countDown();
        hanging.close();
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static TickThread newThread(Duration rest, Runnable tick) {
        return new TickThread("ticks", "ticking", LOG, rest, tick);
    }
}
