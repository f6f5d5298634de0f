package dev.penstock.core.batching;

import static dev.penstock.core.batching.FloatsCall.assertFailed;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.NanoClock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What is thrown where it should not be leaves nobody waiting.
@Timeout(150)
class LaneFailureTest {

    private final FakeBatchModel model = FakeBatchModel.free(2);

    @Test
    void aRunnerThatCannotBeMadeAtFirstFailsOnlyWhoWaitedForIt() throws Exception {
        model.runnersToFail.set(1);
        try (Workers workers = Workers.start(1, NanoClock.SYSTEM)) {
            Lane lane = lane(workers, true);

            assertFailed(offer(lane, FloatsCall.of(1)), ErrorCode.INTERNAL);
            assertThat(offer(lane, FloatsCall.of(2)).answer.get()).containsExactly(4);
            close(lane);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aRunnerThatCanNeverBeMadeFailsEverybody(boolean copiesOnOffer) throws Exception {
        model.runnersToFail.set(Integer.MAX_VALUE);
        try (Workers workers = Workers.start(2, NanoClock.SYSTEM)) {
            Lane lane = lane(workers, copiesOnOffer);
            List<FloatsCall> calls = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                calls.add(offer(lane, FloatsCall.of(i).by(i)));
            }
            calls.add(offer(lane, FloatsCall.of(1, 2, 3, 4, 5)));

            for (FloatsCall call : calls) {
                assertFailed(call, ErrorCode.INTERNAL);
            }
            close(lane);
        }
        assertThat(model.runRows).isEmpty();
    }

    @Test
    void whoWaitsInTurnsIsToldTooThatThereIsNoRunner() throws Exception {
        Workers polled = new Workers(2, NanoClock.SYSTEM);
        Lane lane = lane(polled, true);
        List<FloatsCall> calls = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            calls.add(offer(lane, FloatsCall.of(i).by(i)));
        }
        requireNonNull(polled.poll(Thread.currentThread())).work(0);
        model.runnersToFail.set(Integer.MAX_VALUE);
        assertThat(model.runRows).isNotEmpty();
        drain(polled, 1);

        int answered = 0;
        for (FloatsCall call : calls) {
            assertThat(call.answer).isDone();
            answered += call.answer.isCompletedExceptionally() ? 0 : 1;
        }
        assertThat(answered).isEqualTo(model.runRows.getFirst());
        assertThat(lane.queuedRows()).isZero();
    }

    @Test
    void nobodyIsSentForRowsThatAreClaimedAndNotYetPublished() throws Exception {
        Workers polled = new Workers(1, NanoClock.SYSTEM);
        Lane lane = lane(polled, true);
        CountDownLatch copying = new CountDownLatch(1);
        CountDownLatch mayCopy = new CountDownLatch(1);
        FloatsCall slow = FloatsCall.of(1);
        slow.whenCopied = () -> {
            copying.countDown();
            awaitUninterruptibly(mayCopy);
        };
        Thread producer = Thread.ofPlatform()
                .start(() -> assertThat(lane.offer(slow, 0, 0)).isEqualTo(Offer.TAKEN));
        copying.await();
        FloatsCall behind = offer(lane, FloatsCall.of(2));

        Work work = requireNonNull(polled.poll(Thread.currentThread()));
        assertThat(work).as("sent for the one that is published").isSameAs(lane);
        work.work(0);
        assertThat(polled.poll(Thread.currentThread()))
                .as("sent again for nothing")
                .isNull();
        assertThat(behind.answer).isNotDone();
        mayCopy.countDown();
        producer.join();
        drain(polled, 0);

        assertThat(slow.answer.get()).containsExactly(2);
        assertThat(behind.answer.get()).containsExactly(4);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 5})
    void aCallThatThrowsWhileItIsTakenIsNotTakenAndLeavesNothing(int rows) throws Exception {
        try (Workers workers = Workers.start(1, NanoClock.SYSTEM)) {
            Lane lane = lane(workers, true);
            FloatsCall thrower = FloatsCall.of(new float[rows]);
            thrower.whenCopied = LaneFailureTest::fail;

            assertThatThrownBy(() -> lane.offer(thrower, 0, 0)).isInstanceOf(IllegalStateException.class);
            close(lane);
            assertThat(thrower.answer).isNotDone();
        }
    }

    @Test
    void aCallThatThrowsWhenItsRowsAreWantedFailsAlone() throws Exception {
        Workers polled = new Workers(1, NanoClock.SYSTEM);
        Lane lane = lane(polled, false);
        FloatsCall thrower = offer(lane, FloatsCall.of(1));
        thrower.whenCopied = LaneFailureTest::fail;
        FloatsCall good = offer(lane, FloatsCall.of(2));
        drain(polled, 0);

        assertFailed(thrower, ErrorCode.INTERNAL);
        assertThat(good.answer.get()).containsExactly(4);
        assertThat(model.unreleased).hasValue(0);
    }

    @Test
    void aCallThatThrowsWhenItIsAnsweredIsTheOnlyOneThatSuffers() throws Exception {
        Workers polled = new Workers(1, NanoClock.SYSTEM);
        Lane lane = lane(polled, true);
        FloatsCall thrower = offer(lane, FloatsCall.of(1));
        thrower.whenAnswered = LaneFailureTest::fail;
        FloatsCall good = offer(lane, FloatsCall.of(2));
        drain(polled, 0);

        assertThat(good.answer.get()).containsExactly(4);
        assertThat(model.runRows).containsExactly(2);
        assertThat(lane.queuedRows()).isZero();
    }

    private Lane lane(Workers workers, boolean copiesOnOffer) {
        return workers.newLane(model, LaneSettings.of(2, 64), copiesOnOffer);
    }

    private static void close(Lane lane) throws Exception {
        lane.close().get(120, TimeUnit.SECONDS);
        assertThat(lane.queuedRows()).isZero();
    }

    private static void fail() {
        throw new IllegalStateException("a test's");
    }

    private static void drain(Workers polled, int worker) {
        for (Work work = polled.poll(Thread.currentThread());
                work != null;
                work = polled.poll(Thread.currentThread())) {
            work.work(worker);
        }
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static FloatsCall offer(Lane lane, FloatsCall call) {
        assertThat(lane.offer(call, 0, 0)).isEqualTo(Offer.TAKEN);
        return call;
    }
}
