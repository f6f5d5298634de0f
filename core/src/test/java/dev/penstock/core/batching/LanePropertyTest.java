package dev.penstock.core.batching;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.NanoClock;
import dev.penstock.core.QueueLevels;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Several callers, priorities, deadlines, cancellations, split and bad requests on real workers: whatever is taken
/// gets exactly one outcome, which is its own rows' answer or a failure it has a reason for.
@Timeout(120)
class LanePropertyTest {
    private static final int PRODUCERS = 4;
    private static final int REQUESTS = 3_000;
    private static final int MAX_ROWS = 8;
    private static final int QUEUE_ROWS = 64;

    private final AtomicInteger nextValue = new AtomicInteger(1);

    @ParameterizedTest(name = "seed {0}, copies on offer: {1}, delay {2} ns, {3} priorities")
    @CsvSource({"1, true, 0, 1", "2, false, 0, 1", "3, true, 50000, 3", "4, false, 50000, 3", "5, true, 0, 2"})
    void whatIsTakenGetsOneOutcomeOfItsOwn(long seed, boolean copiesOnOffer, long delayNanos, int priorities)
            throws Exception {
        FakeBatchModel model = FakeBatchModel.free(MAX_ROWS);
        List<Producer> producers = new ArrayList<>();
        try (Workers workers = Workers.start(3, NanoClock.SYSTEM)) {
            LaneSettings settings = new LaneSettings(MAX_ROWS, QUEUE_ROWS, delayNanos, QueueLevels.of(priorities, 1));
            Lane lane = workers.newLane(model, settings, copiesOnOffer);
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < PRODUCERS; i++) {
                Producer producer = new Producer(lane, priorities, new Random(31 * seed + i));
                producers.add(producer);
                threads.add(Thread.ofPlatform().start(producer));
            }
            for (Thread thread : threads) {
                thread.join();
            }
            lane.close().get(60, TimeUnit.SECONDS);
            assertThat(lane.queuedRows()).isZero();
        }
        // The workers have ended: nobody answers any more.
        for (Producer producer : producers) {
            assertThat(producer.taken).hasSize(REQUESTS);
            producer.taken.forEach(LanePropertyTest::assertOneOutcome);
            assertThat(producer.refused).allMatch(call -> call.outcomes.get() == 0, "has no outcome");
        }
        assertThat(model.unreleased).hasValue(0);
        assertThat(model.runRows).allMatch(rows -> rows <= MAX_ROWS);
    }

    private static void assertOneOutcome(CountedCall call) {
        assertThat(call.outcomes).as("outcomes").hasValue(1);
        assertThat(call.lateCopies).as("copies after the outcome").hasValue(0);
        float[] doubled = call.values.clone();
        boolean bad = false;
        for (int i = 0; i < doubled.length; i++) {
            doubled[i] *= 2;
            bad |= Float.isNaN(doubled[i]);
        }
        ErrorCode failure = call.failure;
        if (failure == null) {
            assertThat(bad).as("a NaN cannot be answered").isFalse();
            assertThat(call.answer).containsExactly(doubled);
        } else {
            boolean reason = switch (failure) {
                case MODEL_FAILED -> bad;
                case DEADLINE_EXCEEDED -> call.mayBeLate;
                case CANCELLED -> call.abandoned;
                default -> false;
            };
            assertThat(reason).as("a reason for %s", failure).isTrue();
        }
    }

    private final class Producer implements Runnable {
        private final Lane lane;
        private final int priorities;
        private final Random random;
        private final List<CountedCall> taken = new ArrayList<>();
        private final List<CountedCall> refused = new ArrayList<>();

        Producer(Lane lane, int priorities, Random random) {
            this.lane = lane;
            this.priorities = priorities;
            this.random = random;
        }

        @Override
        public void run() {
            while (taken.size() < REQUESTS) {
                long nowNanos = System.nanoTime();
                CountedCall call = call(nowNanos);
                if (lane.offer(call, random.nextInt(priorities + 1), nowNanos) != Offer.TAKEN) {
                    if (refused.size() < REQUESTS) {
                        refused.add(call);
                    }
                    LockSupport.parkNanos(20_000);
                    continue;
                }
                taken.add(call);
                if (random.nextInt(20) == 0) {
                    taken.get(taken.size() - 1 - random.nextInt(Math.min(8, taken.size()))).abandoned = true;
                }
            }
        }

        private CountedCall call(long nowNanos) {
            float[] values = new float[1 + random.nextInt(random.nextInt(20) == 0 ? 5 * MAX_ROWS : 4)];
            for (int i = 0; i < values.length; i++) {
                // Below 2^23 a float and its double are exact.
                values[i] = random.nextInt(300) == 0 ? Float.NaN : nextValue.getAndIncrement() & 0x3f_ffff;
            }
            // Callers come and go, so that the queue is now one's and now many's.
            int caller = random.nextInt(1 + (taken.size() / 100) % 6);
            long deadlineNanos = random.nextInt(8) == 0 ? nowNanos + random.nextInt(300_000) : Lane.NO_DEADLINE;
            return new CountedCall(caller, deadlineNanos, values);
        }
    }
}
