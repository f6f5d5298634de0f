package dev.penstock.core.batching;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.InferenceRequest;
import dev.penstock.core.ModelKey;
import dev.penstock.core.QueueLevels;
import dev.penstock.core.QueuePolicy;
import dev.penstock.core.ServingException;
import dev.penstock.core.ServingObserver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(150)
class SoloRequestsTest {
    private final AtomicLong nowNanos = new AtomicLong();
    private final Seen seen = new Seen();
    private final FakeModel echo = new FakeModel(inputs -> inputs);

    @Test
    void answersWithWhatTheModelSaid() throws Exception {
        try (Batching runs = start(1, 4)) {
            RecordedOutcome outcome = offer(runs, echo, InferenceRequest.NO_DEADLINE);

            assertThat(outcome.reply.get().key()).isEqualTo(new ModelKey("fake", 1));
        }
        assertThat(echo.leases).hasValue(0);
        assertThat(seen.outcomes).containsExactly("ok");
    }

    @Test
    void theLeaseIsBackBeforeTheAnswerIsOut() throws Exception {
        try (Batching runs = start(1, 4)) {
            offer(runs, echo, InferenceRequest.NO_DEADLINE).reply.get();

            assertThat(echo.leases).hasValue(0);
        }
    }

    @Test
    void aFullQueueSaysNoAtOnceAndLeavesTheLease() throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        FakeModel busy = new FakeModel(inputs -> {
            running.countDown();
            awaitQuietly(release);
            return inputs;
        });
        try (Batching runs = start(1, 1)) {
            RecordedOutcome first = offer(runs, busy, InferenceRequest.NO_DEADLINE);
            running.await();
            RecordedOutcome second = offer(runs, busy, InferenceRequest.NO_DEADLINE);
            Offer third = runs.offer(pending(runs, busy, new RecordedOutcome(), InferenceRequest.NO_DEADLINE));
            release.countDown();

            assertThat(third).isEqualTo(Offer.QUEUE_FULL);
            assertThat(runs.usage().getFirst().refused()).containsEntry(Offer.QUEUE_FULL, 1L);
            assertThat(first.reply.get()).isNotNull();
            assertThat(second.reply.get()).isNotNull();
        }
        assertThat(busy.leases).hasValue(1);
    }

    @Test
    void callersThatCompeteTakeTurns() throws Exception {
        Semaphore begun = new Semaphore(0);
        Semaphore mayEnd = new Semaphore(0);
        FakeModel busy = new FakeModel(inputs -> {
            begun.release();
            mayEnd.acquireUninterruptibly();
            return inputs;
        });
        try (Batching runs = start(1, 16)) {
            List<RecordedOutcome> greedy = new ArrayList<>();
            greedy.add(offerBy(runs, busy, 1));
            begun.acquire();
            for (int i = 0; i < 14; i++) {
                greedy.add(offerBy(runs, busy, 1));
            }
            Offer tooMany = runs.offer(pending(runs, busy, new RecordedOutcome(), InferenceRequest.NO_DEADLINE, 1));
            RecordedOutcome polite = offerBy(runs, busy, 2);
            mayEnd.release(3);

            assertThat(tooMany).isEqualTo(Offer.QUEUE_FULL);
            assertThat(polite.reply.get()).isNotNull();
            assertThat(greedy.getLast().reply).isNotDone();
            mayEnd.release(100);
            assertThat(greedy.getLast().reply.get()).isNotNull();
        }
    }

    @Test
    void theirPoliciesHoldForRequestsThatRunAloneToo() throws Exception {
        Semaphore begun = new Semaphore(0);
        Semaphore mayEnd = new Semaphore(0);
        FakeModel busy = new FakeModel(inputs -> {
            begun.release();
            mayEnd.acquireUninterruptibly();
            return inputs;
        });
        QueuePolicy delay = new QueuePolicy(3, 10, true, false);
        QueuePolicy reject = new QueuePolicy(0, 0, false, true);
        busy.levels = new QueueLevels(List.of(delay, reject), 2);
        List<String> answered = Collections.synchronizedList(new ArrayList<>());
        try (Batching runs = start(1, 16)) {
            RecordedOutcome first = offerAt(runs, busy, 1, 0);
            begun.acquire();
            RecordedOutcome late = offerAt(runs, busy, 1, 0);
            RecordedOutcome rejected = offerAt(runs, busy, 0, 10);
            RecordedOutcome patient = offerAt(runs, busy, 2, 0);
            nowNanos.set(10);
            RecordedOutcome onTime = offerAt(runs, busy, 1, 0);
            RecordedOutcome alsoOnTime = offerAt(runs, busy, 1, 0);
            CompletableFuture<?> lateTold = late.reply.thenRun(() -> answered.add("late"));
            CompletableFuture<?> patientTold = patient.reply.thenRun(() -> answered.add("patient"));
            CompletableFuture<?> onTimeTold = onTime.reply.thenRun(() -> answered.add("on time"));
            CompletableFuture<?> alsoOnTimeTold = alsoOnTime.reply.thenRun(() -> answered.add("on time"));
            Offer tooMany = runs.offer(at(runs, busy, new RecordedOutcome(), 1, 0));

            assertThat(tooMany).isEqualTo(Offer.QUEUE_FULL);
            assertFailed(rejected, ErrorCode.DEADLINE_EXCEEDED);
            mayEnd.release(100);
            assertThat(first.reply.get()).isNotNull();
            CompletableFuture.allOf(lateTold, patientTold, onTimeTold, alsoOnTimeTold)
                    .join();
        }
        assertThat(answered).containsExactly("on time", "on time", "late", "patient");
    }

    @Test
    void aLateRequestIsNeverRun() {
        try (Batching runs = start(1, 4)) {
            nowNanos.set(100);
            RecordedOutcome late = offer(runs, echo, 100);

            assertFailed(late, ErrorCode.DEADLINE_EXCEEDED);
        }
        assertThat(echo.runs).hasValue(0);
        assertThat(seen.outcomes).containsExactly("DEADLINE_EXCEEDED");
    }

    @Test
    void anAbandonedRequestIsNeverRun() {
        try (Batching runs = start(1, 4)) {
            RecordedOutcome gone = new RecordedOutcome();
            gone.abandoned = true;
            assertThat(runs.offer(pending(runs, echo, gone, InferenceRequest.NO_DEADLINE)))
                    .isEqualTo(Offer.TAKEN);

            assertFailed(gone, ErrorCode.CANCELLED);
        }
        assertThat(echo.runs).hasValue(0);
    }

    @Test
    void aFailingModelFailsOnlyItsOwnRequest() throws Exception {
        FakeModel failing = new FakeModel(inputs -> {
            throw new ServingException(ErrorCode.MODEL_FAILED, "no");
        });
        FakeModel broken = new FakeModel(inputs -> {
            throw new IllegalStateException("a bug");
        });
        FakeModel unlinked = new FakeModel(inputs -> {
            throw new UnsatisfiedLinkError("a native library that is not there");
        });
        try (Batching runs = start(1, 4)) {
            RecordedOutcome bad = offer(runs, failing, InferenceRequest.NO_DEADLINE);
            RecordedOutcome worse = offer(runs, broken, InferenceRequest.NO_DEADLINE);
            RecordedOutcome worst = offer(runs, unlinked, InferenceRequest.NO_DEADLINE);
            RecordedOutcome good = offer(runs, echo, InferenceRequest.NO_DEADLINE);

            assertFailed(bad, ErrorCode.MODEL_FAILED);
            assertFailed(worse, ErrorCode.INTERNAL);
            assertFailed(worst, ErrorCode.INTERNAL);
            assertThat(good.reply.get()).isNotNull();
        }
        assertThat(failing.leases).hasValue(0);
        assertThat(broken.leases).hasValue(0);
        assertThat(unlinked.leases).hasValue(0);
    }

    @Test
    void aDoorThatThrowsWhenItIsAnsweredHasItsLeaseGivenBackOnce() throws Exception {
        try (Batching runs = start(1, 4)) {
            RecordedOutcome thrower = new RecordedOutcome();
            thrower.whenAnswered = () -> {
                throw new IllegalStateException("a door's bug");
            };
            assertThat(runs.offer(pending(runs, echo, thrower, InferenceRequest.NO_DEADLINE)))
                    .isEqualTo(Offer.TAKEN);
            RecordedOutcome next = offer(runs, echo, InferenceRequest.NO_DEADLINE);

            assertThat(next.reply.get()).isNotNull();
        }
        assertThat(echo.leases).hasValue(0);
        assertThat(seen.outcomes).containsExactly("ok", "ok");
    }

    @Test
    void closingFinishesWhatWasTaken() throws Exception {
        List<RecordedOutcome> outcomes = new ArrayList<>();
        Batching runs = start(2, 200);
        for (int i = 0; i < 100; i++) {
            outcomes.add(offer(runs, echo, InferenceRequest.NO_DEADLINE));
        }
        runs.close();

        for (RecordedOutcome outcome : outcomes) {
            assertThat(outcome.reply).isCompleted();
        }
    }

    private Batching start(int threads, int capacity) {
        return Batching.start(
                threads, InlineOrder.NONE, new QueueBounds(capacity, Long.MAX_VALUE), nowNanos::get, seen);
    }

    private static RecordedOutcome offer(Batching runs, FakeModel model, long deadlineNanos) {
        RecordedOutcome outcome = new RecordedOutcome();
        assertThat(runs.offer(pending(runs, model, outcome, deadlineNanos))).isEqualTo(Offer.TAKEN);
        return outcome;
    }

    private static RecordedOutcome offerBy(Batching runs, FakeModel model, int caller) {
        RecordedOutcome outcome = new RecordedOutcome();
        assertThat(runs.offer(pending(runs, model, outcome, InferenceRequest.NO_DEADLINE, caller)))
                .isEqualTo(Offer.TAKEN);
        return outcome;
    }

    private RecordedOutcome offerAt(Batching runs, FakeModel model, int priority, long timeoutNanos) {
        RecordedOutcome outcome = new RecordedOutcome();
        assertThat(runs.offer(at(runs, model, outcome, priority, timeoutNanos))).isEqualTo(Offer.TAKEN);
        return outcome;
    }

    private Pending at(Batching runs, FakeModel model, RecordedOutcome outcome, int priority, long timeoutNanos) {
        InferenceRequest request = new InferenceRequest(
                "fake", "", "", List.of(), List.of(), InferenceRequest.NO_DEADLINE, timeoutNanos, priority, 0);
        return new Pending(request, model.leaseOn(runs), outcome, 1, nowNanos.get());
    }

    private static Pending pending(Batching runs, FakeModel model, RecordedOutcome outcome, long deadlineNanos) {
        return pending(runs, model, outcome, deadlineNanos, 0);
    }

    private static Pending pending(
            Batching runs, FakeModel model, RecordedOutcome outcome, long deadlineNanos, int caller) {
        InferenceRequest request = new InferenceRequest("fake", "", "", List.of(), List.of(), deadlineNanos).by(caller);
        return new Pending(request, model.leaseOn(runs), outcome, 1, 0);
    }

    private static void assertFailed(RecordedOutcome outcome, ErrorCode code) {
        assertThat(outcome.reply)
                .failsWithin(Duration.ofMinutes(2))
                .withThrowableOfType(ExecutionException.class)
                .havingCause()
                .isInstanceOfSatisfying(
                        ServingException.class,
                        cause -> assertThat(cause.code()).isEqualTo(code));
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static final class Seen implements ServingObserver {
        final List<String> outcomes = Collections.synchronizedList(new ArrayList<>());

        @Override
        public void finished(
                @Nullable ModelKey key, @Nullable ErrorCode failure, int rows, long queueNanos, long runNanos) {
            outcomes.add(failure == null ? "ok" : failure.name());
        }
    }
}
