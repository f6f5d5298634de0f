package dev.penstock.core.batching;

import static dev.penstock.core.batching.FloatsCall.assertFailed;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.QueueLevels;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Callers that compete for one lane. One worker runs; a run ends when the test says so.
@Timeout(150)
class FairnessTest {
    /// After the next look for what is late.
    private static final long LATER_NANOS = 5_000_000;

    private static final int GREEDY = 1;
    private static final int POLITE = 2;
    private static final int THIRD = 3;

    private final AtomicLong nowNanos = new AtomicLong();
    private final Workers workers = Workers.start(1, nowNanos::get);
    private final List<FakeBatchModel> models = new ArrayList<>();

    @AfterEach
    void close() {
        // Whatever a failed test left behind its gate must not hang the closing.
        models.forEach(model -> model.mayEnd.release(1_000));
        workers.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whoAsksForLittleIsInTheNextRunHoweverMuchAnotherWaitsFor(boolean copiesOnOffer) throws Exception {
        FakeBatchModel model = model(4);
        Lane lane = workers.newLane(model, LaneSettings.of(4, 64), copiesOnOffer);
        List<FloatsCall> greedy = busyWith(lane, model, 30);
        FloatsCall polite = offer(lane, POLITE, 0.5f);
        model.mayEnd.release(2);

        assertThat(polite.answer.get()).containsExactly(1);
        assertThat(greedy.getLast().answer).isNotDone();
        model.mayEnd.release(100);
        for (int i = 0; i < greedy.size(); i++) {
            assertThat(greedy.get(i).answer.get()).containsExactly(2f * i);
        }
        assertThat(model.unreleased).hasValue(0);
    }

    @Test
    void turnsAreCountedInRows() throws Exception {
        FakeBatchModel model = model(4);
        Lane lane = workers.newLane(model, LaneSettings.of(4, 64), true);
        busyWith(lane, model, 1);
        List<FloatsCall> large = new ArrayList<>();
        List<FloatsCall> small = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            large.add(offer(lane, GREEDY, 1, 2, 3, 4));
        }
        for (int i = 0; i < 16; i++) {
            small.add(offer(lane, POLITE, i));
        }
        // The one that is running, and as many as half of the rows need.
        model.mayEnd.release(1 + 5);

        assertThat(small.get(7).answer.get()).isNotEmpty();
        assertThat(large.get(1).answer.get()).containsExactly(2, 4, 6, 8);
        assertThat(large.get(3).answer).isNotDone();
        assertThat(small.get(15).answer).isNotDone();
        model.mayEnd.release(100);
        assertThat(large.get(3).answer.get()).isNotEmpty();
        assertThat(small.get(15).answer.get()).containsExactly(30);
        assertThat(model.runRows).allMatch(rows -> rows <= 4);
    }

    @Test
    void threeCallersShareEachRun() throws Exception {
        FakeBatchModel model = model(3);
        Lane lane = workers.newLane(model, LaneSettings.of(3, 64), true);
        busyWith(lane, model, 20);
        List<FloatsCall> others = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            others.add(offer(lane, POLITE, i));
            others.add(offer(lane, THIRD, i));
        }
        model.mayEnd.release(1 + 3);

        for (FloatsCall other : others) {
            assertThat(other.answer.get()).isNotEmpty();
        }
        model.mayEnd.release(100);
    }

    @Test
    void whoIsLateOrGoneIsAnsweredWhileItWaitsForItsTurn() throws Exception {
        FakeBatchModel model = model(2);
        Lane lane = workers.newLane(model, LaneSettings.of(2, 64), true);
        List<FloatsCall> greedy = busyWith(lane, model, 10);
        FloatsCall late = FloatsCall.until(LATER_NANOS, 1).by(POLITE);
        FloatsCall gone = FloatsCall.of(2).by(POLITE);
        FloatsCall patient = FloatsCall.of(3).by(POLITE);
        offer(lane, POLITE, 0);
        for (FloatsCall call : List.of(late, gone, patient)) {
            assertThat(lane.offer(call, 0, 0)).isEqualTo(Offer.TAKEN);
        }
        // The next run: everything that waits is now sorted by caller.
        model.mayEnd.release();
        model.begun.acquire();
        gone.abandoned = true;
        nowNanos.set(LATER_NANOS);

        assertFailed(late, ErrorCode.DEADLINE_EXCEEDED);
        assertFailed(gone, ErrorCode.CANCELLED);
        assertThat(patient.answer).isNotDone();
        model.mayEnd.release(100);
        assertThat(patient.answer.get()).containsExactly(6);
        assertThat(greedy.getLast().answer.get()).isNotEmpty();
        assertThat(lane.queuedRows()).isZero();
    }

    @Test
    void whoHasMostOfTheQueueDoesNotGetTheLastOfIt() throws Exception {
        FakeBatchModel model = model(1);
        Lane lane = workers.newLane(model, LaneSettings.of(1, 16), true);
        busyWith(lane, model, 14);

        assertThat(lane.offer(FloatsCall.of(1).by(GREEDY), 0, 0)).isEqualTo(Offer.QUEUE_FULL);
        FloatsCall first = offer(lane, POLITE, 1);
        FloatsCall second = offer(lane, THIRD, 2);
        assertThat(lane.offer(FloatsCall.of(1).by(POLITE), 0, 0)).isEqualTo(Offer.QUEUE_FULL);
        model.mayEnd.release(4);
        assertThat(first.answer.get()).isNotEmpty();
        assertThat(second.answer.get()).isNotEmpty();
    }

    @Test
    void theSameHoldsOnceCallersWereSorted() throws Exception {
        FakeBatchModel model = model(1);
        Lane lane = workers.newLane(model, LaneSettings.of(1, 16), true);
        busyWith(lane, model, 14);
        offer(lane, POLITE, 1);
        model.mayEnd.release(2);
        model.begun.acquire(2);
        offer(lane, GREEDY, 1);

        assertThat(lane.offer(FloatsCall.of(1).by(GREEDY), 0, 0)).isEqualTo(Offer.QUEUE_FULL);
        FloatsCall third = offer(lane, THIRD, 3);
        model.mayEnd.release(100);
        assertThat(third.answer.get()).containsExactly(6);
    }

    @Test
    void runsAreShortWhileOneCallerCrowdsOutAnother() throws Exception {
        FakeBatchModel model = model(8);
        Lane lane = workers.newLane(model, new LaneSettings(8, 128, 0, QueueLevels.ONE, 2), true);
        List<FloatsCall> greedy = busyWith(lane, model, 60);
        FloatsCall polite = offer(lane, POLITE, 1);
        model.mayEnd.release(1_000);
        for (FloatsCall call : greedy) {
            call.answer.get();
        }
        assertThat(polite.answer.get()).containsExactly(2);
        model.runRows.clear();
        model.mayEnd.drainPermits();
        List<FloatsCall> more = busyWith(lane, model, 20);
        model.mayEnd.release(1_000);
        for (FloatsCall call : more) {
            call.answer.get();
        }

        assertThat(model.runRows).allMatch(rows -> rows <= 2);
        nowNanos.set(1_000_000_000);
        model.begun.drainPermits();
        model.mayEnd.drainPermits();
        model.runRows.clear();
        more = busyWith(lane, model, 20);
        model.mayEnd.release(1_000);
        for (FloatsCall call : more) {
            call.answer.get();
        }
        assertThat(model.runRows).as("with the other one gone").contains(8);
    }

    @Test
    void closingAnswersEverybody() throws Exception {
        FakeBatchModel model = model(2);
        Lane lane = workers.newLane(model, LaneSettings.of(2, 64), true);
        List<FloatsCall> calls = busyWith(lane, model, 10);
        calls.add(offer(lane, POLITE, 1));
        model.mayEnd.release();
        model.begun.acquire();
        var drained = lane.close();
        model.mayEnd.release(100);

        drained.get();
        assertThat(calls).allSatisfy(call -> assertThat(call.answer).isCompleted());
    }

    private FakeBatchModel model(int maxRows) {
        FakeBatchModel model = FakeBatchModel.gated(maxRows);
        models.add(model);
        return model;
    }

    /// Has a request run, and others of the greedy caller wait.
    private static List<FloatsCall> busyWith(Lane lane, FakeBatchModel model, int waiting) throws InterruptedException {
        offer(lane, GREEDY, 7);
        model.begun.acquire();
        List<FloatsCall> calls = new ArrayList<>();
        for (int i = 0; i < waiting; i++) {
            calls.add(offer(lane, GREEDY, i));
        }
        return calls;
    }

    private static FloatsCall offer(Lane lane, int caller, float... values) {
        FloatsCall call = FloatsCall.of(values).by(caller);
        assertThat(lane.offer(call, 0, 0)).isEqualTo(Offer.TAKEN);
        return call;
    }
}
