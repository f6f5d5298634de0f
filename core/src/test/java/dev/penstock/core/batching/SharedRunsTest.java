package dev.penstock.core.batching;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.NanoClock;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Runs that several threads share, on workers.
@Timeout(240)
class SharedRunsTest {
    private static final int WORKERS = 4;

    private final Workers workers = Workers.start(WORKERS, NanoClock.SYSTEM);

    @AfterEach
    void close() {
        workers.close();
    }

    @Test
    void noMoreRunAtATimeThanThereAreWorkersFor() throws InterruptedException {
        Job wide = new Job(2);
        for (int i = 0; i < 100; i++) {
            wide.mayEnd.release();
            workers.enqueue(wide);
        }
        wide.awaitEnded(100);

        assertThat(wide.most.get()).isLessThanOrEqualTo(WORKERS / 2);
    }

    @Test
    void othersRunBesideThem() throws InterruptedException {
        Job whole = new Job(WORKERS);
        Job plain = new Job(1);
        workers.enqueue(whole);
        whole.awaitBegun(1);
        workers.enqueue(whole);
        plain.mayEnd.release(2);
        workers.enqueue(plain);
        workers.enqueue(plain);
        plain.awaitEnded(2);

        assertThat(whole.begun.availablePermits())
                .as("the second waits for the first")
                .isZero();
        whole.mayEnd.release(2);
        whole.awaitEnded(2);
    }

    @Test
    void whatNeedsMoreThanThereIsTakesAll() throws InterruptedException {
        Job huge = new Job(10 * WORKERS);
        huge.mayEnd.release(3);
        for (int i = 0; i < 3; i++) {
            workers.enqueue(huge);
        }
        huge.awaitEnded(3);

        assertThat(huge.most.get()).isOne();
    }

    @Test
    void aWideOneIsNotOvertakenByNarrowerOnesForever() throws InterruptedException {
        Job pair = new Job(2);
        Job whole = new Job(WORKERS);
        workers.enqueue(pair);
        pair.awaitBegun(1);
        workers.enqueue(whole);
        workers.enqueue(pair);
        pair.mayEnd.release();
        whole.awaitBegun(1);

        assertThat(pair.begun.availablePermits())
                .as("the second pair came after the wide one")
                .isZero();
        whole.mayEnd.release();
        pair.mayEnd.release();
        pair.awaitEnded(2);
        whole.awaitEnded(1);
    }

    @Test
    void whatALargeRunLeavesRoomForBeginsAtOnce() throws InterruptedException {
        try (Workers six = Workers.start(6, NanoClock.SYSTEM)) {
            Job whole = new Job(6);
            Job pair = new Job(2);
            six.enqueue(whole);
            whole.awaitBegun(1);
            for (int i = 0; i < 3; i++) {
                six.enqueue(pair);
            }
            whole.mayEnd.release();

            pair.awaitBegun(3);
            pair.mayEnd.release(3);
        }
    }

    /// Runs until it is let go.
    private static final class Job implements Work {
        @Override
        public long oldestArrivedNanos(long otherwise) {
            return otherwise;
        }

        @Override
        public long waitingBytes() {
            return 0;
        }

        final Semaphore begun = new Semaphore(0);
        final Semaphore mayEnd = new Semaphore(0);
        final Semaphore ended = new Semaphore(0);
        final AtomicInteger running = new AtomicInteger();
        final AtomicInteger most = new AtomicInteger();
        private final ReadyQueue.Place place = new ReadyQueue.Place(this);
        private final int threads;

        Job(int threads) {
            this.threads = threads;
        }

        void awaitBegun(int count) throws InterruptedException {
            assertThat(begun.tryAcquire(count, 120, TimeUnit.SECONDS)).isTrue();
        }

        void awaitEnded(int count) throws InterruptedException {
            assertThat(ended.tryAcquire(count, 120, TimeUnit.SECONDS)).isTrue();
        }

        @Override
        public void work(int worker) {
            most.accumulateAndGet(running.incrementAndGet(), Math::max);
            begun.release();
            mayEnd.acquireUninterruptibly();
            running.decrementAndGet();
            ended.release();
        }

        @Override
        public ReadyQueue.Place place() {
            return place;
        }

        @Override
        public int threadsPerRun() {
            return threads;
        }

        @Override
        public boolean tick(long nowNanos) {
            return false;
        }
    }
}
