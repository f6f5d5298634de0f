package dev.penstock.core.batching;

import static dev.penstock.core.batching.FloatsCall.assertFailed;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.NanoClock;
import dev.penstock.core.QueueLevels;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(150)
class LaneTest {
    private static final long SEED = 11;

    /// After the next look for what is late.
    private static final long LATER_NANOS = 5_000_000;

    private final AtomicLong nowNanos = new AtomicLong();
    private final List<AutoCloseable> opened = new ArrayList<>();

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable resource : opened.reversed()) {
            resource.close();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatWaitsWhileAWorkerIsBusyRunsTogether(boolean copiesOnOffer) throws Exception {
        FakeBatchModel model = FakeBatchModel.gated(8);
        Lane lane = lane(1, model, LaneSettings.of(8, 16), copiesOnOffer);
        FloatsCall first = offer(lane, FloatsCall.of(1));
        model.begun.acquire();
        FloatsCall second = offer(lane, FloatsCall.of(2));
        FloatsCall third = offer(lane, FloatsCall.of(3, 4, 5));
        FloatsCall fourth = offer(lane, FloatsCall.of(6));
        model.mayEnd.release(2);

        assertThat(first.answer.get()).containsExactly(2);
        assertThat(second.answer.get()).containsExactly(4);
        assertThat(third.answer.get()).containsExactly(6, 8, 10);
        assertThat(fourth.answer.get()).containsExactly(12);
        assertThat(model.runRows).containsExactly(1, 5);
        assertThat(lane.stats().runs()).isEqualTo(2);
        assertThat(lane.stats().closed(CloseReason.IDLE)).isEqualTo(2);
    }

    @Test
    void aBatchNeverHasMoreRowsThanAllowed() throws Exception {
        FakeBatchModel model = FakeBatchModel.gated(4);
        Lane lane = lane(1, model, LaneSettings.of(4, 64), true);
        FloatsCall first = offer(lane, FloatsCall.of(1));
        model.begun.acquire();
        List<FloatsCall> calls = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            calls.add(offer(lane, FloatsCall.of(1, 2, 3)));
        }
        model.mayEnd.release(4);

        assertThat(first.answer.get()).isNotEmpty();
        for (FloatsCall call : calls) {
            assertThat(call.answer.get()).containsExactly(2, 4, 6);
        }
        assertThat(model.runRows).containsExactly(1, 3, 3, 3);
        assertThat(lane.stats().closed(CloseReason.FULL)).isEqualTo(2);
    }

    @Test
    void aLargeRequestIsSplitAndPutTogetherAgain() throws Exception {
        FakeBatchModel model = FakeBatchModel.free(4);
        Lane lane = lane(2, model, LaneSettings.of(4, 64), true);
        float[] values = new float[30];
        for (int i = 0; i < values.length; i++) {
            values[i] = i;
        }
        float[] answer = offer(lane, FloatsCall.of(values)).answer.get();

        for (int i = 0; i < values.length; i++) {
            assertThat(answer[i]).isEqualTo(2 * values[i]);
        }
        assertThat(model.runRows).allMatch(rows -> rows <= 4);
    }

    @Test
    void aSplitRequestFailsOnceWhenAPieceFails() throws Exception {
        FakeBatchModel model = FakeBatchModel.free(2);
        Lane lane = lane(1, model, LaneSettings.of(2, 64), true);

        assertFailed(offer(lane, FloatsCall.of(1, 2, Float.NaN, 4, 5, Float.NaN)), ErrorCode.MODEL_FAILED);
    }

    @Test
    void aFullQueueSaysNoAtOnce() throws Exception {
        FakeBatchModel model = FakeBatchModel.gated(4);
        Lane lane = lane(1, model, LaneSettings.of(4, 8), true);
        FloatsCall first = offer(lane, FloatsCall.of(1));
        model.begun.acquire();
        FloatsCall waiting = offer(lane, FloatsCall.of(1, 2, 3, 4));
        FloatsCall more = offer(lane, FloatsCall.of(1, 2, 3));

        assertThat(lane.offer(FloatsCall.of(1, 2), 0, 0)).isEqualTo(Offer.QUEUE_FULL);
        assertThat(lane.stats().refused(Offer.QUEUE_FULL)).isEqualTo(1);
        model.mayEnd.release(3);
        assertThat(first.answer.get()).isNotEmpty();
        assertThat(waiting.answer.get()).isNotEmpty();
        assertThat(more.answer.get()).isNotEmpty();
    }

    @Test
    void aRequestOfTooManyRowsIsRefused() {
        Lane lane = lane(1, FakeBatchModel.free(1), LaneSettings.of(1, 4096), true);

        assertThat(lane.offer(FloatsCall.of(new float[1_025]), 0, 0)).isEqualTo(Offer.TOO_MANY_ROWS);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aLateRequestIsAnsweredWhileTheModelIsBusyAndNeverRuns(boolean copiesOnOffer) throws Exception {
        FakeBatchModel model = FakeBatchModel.gated(8);
        Lane lane = lane(1, model, LaneSettings.of(8, 16), copiesOnOffer);
        FloatsCall first = offer(lane, FloatsCall.of(1));
        model.begun.acquire();
        FloatsCall late = offer(lane, FloatsCall.until(LATER_NANOS, 2));
        FloatsCall patient = offer(lane, FloatsCall.of(3));
        nowNanos.set(LATER_NANOS);

        assertFailed(late, ErrorCode.DEADLINE_EXCEEDED);
        assertThat(first.answer).isNotDone();
        model.mayEnd.release(2);
        assertThat(patient.answer.get()).containsExactly(6);
        assertThat(model.runRows).containsExactly(1, 1);
        assertThat(lane.stats().expiredRequests()).isEqualTo(1);
    }

    @Test
    void anAbandonedRequestIsDroppedWhileTheModelIsBusy() throws Exception {
        FakeBatchModel model = FakeBatchModel.gated(8);
        Lane lane = lane(1, model, LaneSettings.of(8, 16), true);
        FloatsCall first = offer(lane, FloatsCall.of(1));
        model.begun.acquire();
        FloatsCall gone = offer(lane, FloatsCall.of(2));
        gone.abandoned = true;
        nowNanos.set(LATER_NANOS);

        assertFailed(gone, ErrorCode.CANCELLED);
        model.mayEnd.release(2);
        assertThat(first.answer.get()).isNotEmpty();
        assertThat(model.runRows).containsExactly(1);
        assertThat(lane.stats().abandonedRequests()).isEqualTo(1);
    }

    @Test
    void onlyTheGuiltyOneOfABatchFails() throws Exception {
        FakeBatchModel model = FakeBatchModel.gated(8);
        Lane lane = lane(1, model, LaneSettings.of(8, 16), true);
        FloatsCall first = offer(lane, FloatsCall.of(1));
        model.begun.acquire();
        FloatsCall good = offer(lane, FloatsCall.of(2, 3));
        FloatsCall bad = offer(lane, FloatsCall.of(Float.NaN));
        FloatsCall alsoGood = offer(lane, FloatsCall.of(4));
        model.mayEnd.release(5);

        assertThat(first.answer.get()).isNotEmpty();
        assertThat(good.answer.get()).containsExactly(4, 6);
        assertThat(alsoGood.answer.get()).containsExactly(8);
        assertFailed(bad, ErrorCode.MODEL_FAILED);
        assertThat(model.runRows).containsExactly(1, 4, 2, 1, 1);
        assertThat(lane.stats().reruns()).isEqualTo(3);
    }

    @Test
    void theMostUrgentGoFirst() throws Exception {
        FakeBatchModel model = FakeBatchModel.gated(1);
        Lane lane = lane(1, model, new LaneSettings(1, 8, 0, QueueLevels.of(3, 2)), true);
        FloatsCall first = offer(lane, FloatsCall.of(1));
        model.begun.acquire();
        FloatsCall low = offer(lane, FloatsCall.of(2), 3);
        FloatsCall normal = offer(lane, FloatsCall.of(3), 0);
        FloatsCall high = offer(lane, FloatsCall.of(4), 1);
        model.mayEnd.release();
        assertThat(first.answer.get()).isNotEmpty();
        model.mayEnd.release();
        assertThat(high.answer.get()).containsExactly(8);
        assertThat(low.answer).isNotDone();
        model.mayEnd.release();
        assertThat(normal.answer.get()).containsExactly(6);
        model.mayEnd.release();
        assertThat(low.answer.get()).containsExactly(4);
    }

    @Test
    void aDelayedBatchGoesWhenItsTimeHasCome() throws Exception {
        FakeBatchModel model = FakeBatchModel.free(4);
        Lane lane = lane(1, model, new LaneSettings(4, 8, 1_000, QueueLevels.ONE), true);
        FloatsCall first = offer(lane, FloatsCall.of(1));
        FloatsCall second = offer(lane, FloatsCall.of(2));
        assertThat(model.runRows).isEmpty();
        nowNanos.set(1_000);

        assertThat(first.answer.get()).containsExactly(2);
        assertThat(second.answer.get()).containsExactly(4);
        assertThat(model.runRows).containsExactly(2);
        assertThat(lane.stats().closed(CloseReason.DELAY)).isEqualTo(1);
    }

    @Test
    void aDelayedBatchGoesAtOnceWhenItIsFull() throws Exception {
        FakeBatchModel model = FakeBatchModel.free(2);
        Lane lane = lane(1, model, new LaneSettings(2, 8, 1_000_000_000, QueueLevels.ONE), true);
        FloatsCall first = offer(lane, FloatsCall.of(1));
        FloatsCall second = offer(lane, FloatsCall.of(2));

        assertThat(first.answer.get()).containsExactly(2);
        assertThat(second.answer.get()).containsExactly(4);
        assertThat(model.runRows).containsExactly(2);
    }

    @Test
    void aRequestThatIsLateAlreadyIsToldSoAtOnce() throws Exception {
        FakeBatchModel model = FakeBatchModel.free(1);
        Lane lane = lane(1, model, LaneSettings.of(1, 8), true);
        assertThat(offer(lane, FloatsCall.of(1)).answer.get()).isNotEmpty();

        assertThat(lane.offer(FloatsCall.until(0, 1), 0, 0)).isEqualTo(Offer.EXPIRED);
        assertThat(lane.stats().refused(Offer.EXPIRED)).isOne();
        assertThat(Offer.EXPIRED.refusal("double").code()).isEqualTo(ErrorCode.DEADLINE_EXCEEDED);
    }

    @Test
    void onlyWhatGoesFirstMakesARequestTooLate() throws Exception {
        FakeBatchModel model = FakeBatchModel.gated(1);
        Lane lane = lane(1, model, new LaneSettings(1, 64, 0, QueueLevels.of(2, 2)), true);
        offer(lane, FloatsCall.of(1));
        model.begun.acquire();
        for (int i = 0; i < 10; i++) {
            offer(lane, FloatsCall.of(2), 2);
        }
        lane.serviceTime().ran(1, 1_000);

        assertThat(lane.offer(FloatsCall.until(5_000, 3), 2, 0)).isEqualTo(Offer.TOO_LATE);
        assertThat(lane.offer(FloatsCall.until(5_000, 3), 1, 0)).isEqualTo(Offer.TAKEN);
        model.mayEnd.release(20);
    }

    @Test
    void aClosedLaneRunsWhatWaitsAndTakesNothingMore() throws Exception {
        FakeBatchModel model = FakeBatchModel.gated(1);
        Lane lane = lane(1, model, LaneSettings.of(1, 8), true);
        FloatsCall first = offer(lane, FloatsCall.of(1));
        model.begun.acquire();
        FloatsCall second = offer(lane, FloatsCall.of(2));
        var drained = lane.close();

        assertThat(lane.offer(FloatsCall.of(3), 0, 0)).isEqualTo(Offer.CLOSED);
        assertThat(drained).isNotDone();
        model.mayEnd.release(2);
        assertThat(first.answer.get()).isNotEmpty();
        assertThat(second.answer.get()).isNotEmpty();
        drained.get(120, TimeUnit.SECONDS);
        assertThat(lane.queuedRows()).isZero();
    }

    /// Good, bad, late, abandoned and large requests from several threads: everybody gets exactly the right
    /// outcome.
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void everyMixOfRequestsGetsTheRightOutcomes(boolean copiesOnOffer) throws Exception {
        FakeBatchModel model = FakeBatchModel.free(8);
        Workers workers = own(Workers.start(2, NanoClock.SYSTEM));
        Lane lane = workers.newLane(model, LaneSettings.of(8, 256), copiesOnOffer);
        List<Thread> threads = new ArrayList<>();
        List<Mix> mixes = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            Mix mix = new Mix(lane, i, new Random(SEED + i));
            mixes.add(mix);
            threads.add(Thread.ofPlatform().start(mix));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        for (Mix mix : mixes) {
            mix.assertOutcomes();
        }
        lane.close().get(120, TimeUnit.SECONDS);
        assertThat(model.runRows).as("seed %d", SEED).allMatch(rows -> rows <= 8);
        assertThat(model.unreleased).as("seed %d", SEED).hasValue(0);
    }

    private static final class Mix implements Runnable {
        private final Lane lane;
        private final int caller;
        private final Random random;
        private final List<FloatsCall> calls = new ArrayList<>();
        private final List<float[]> expected = new ArrayList<>();

        Mix(Lane lane, int caller, Random random) {
            this.lane = lane;
            this.caller = caller;
            this.random = random;
        }

        @Override
        public void run() {
            while (calls.size() < 5_000) {
                float[] values = new float[1 + random.nextInt(random.nextInt(50) == 0 ? 40 : 4)];
                float[] doubled = new float[values.length];
                for (int i = 0; i < values.length; i++) {
                    values[i] = random.nextInt(200) == 0 ? Float.NaN : random.nextInt(1000);
                    doubled[i] = 2 * values[i];
                }
                FloatsCall call = FloatsCall.of(values).by(caller);
                if (lane.offer(call, 0, System.nanoTime()) == Offer.TAKEN) {
                    calls.add(call);
                    expected.add(doubled);
                }
            }
        }

        void assertOutcomes() throws Exception {
            for (int i = 0; i < calls.size(); i++) {
                float[] doubled = expected.get(i);
                boolean bad = false;
                for (float value : doubled) {
                    bad |= Float.isNaN(value);
                }
                if (bad) {
                    assertFailed(calls.get(i), ErrorCode.MODEL_FAILED);
                } else {
                    assertThat(calls.get(i).answer.get(120, TimeUnit.SECONDS))
                            .as("request %d of seed %d", i, SEED)
                            .isEqualTo(doubled);
                }
            }
        }
    }

    private Lane lane(int workerCount, FakeBatchModel model, LaneSettings settings, boolean copiesOnOffer) {
        Workers workers = own(Workers.start(workerCount, nowNanos::get));
        // Whatever a failed test left behind its gate must not hang the closing of the workers.
        opened.add(() -> model.mayEnd.release(1_000));
        return workers.newLane(model, settings, copiesOnOffer);
    }

    private <T extends AutoCloseable> T own(T resource) {
        opened.add(resource);
        return resource;
    }

    private static FloatsCall offer(Lane lane, FloatsCall call) {
        return offer(lane, call, 0);
    }

    private static FloatsCall offer(Lane lane, FloatsCall call, int priority) {
        assertThat(lane.offer(call, priority, 0)).isEqualTo(Offer.TAKEN);
        return call;
    }
}
