package dev.penstock.core.batching;

import static dev.penstock.core.batching.FloatsCall.assertFailed;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.QueueLevels;
import dev.penstock.core.QueuePolicy;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What a level's policy does to the requests that wait in a lane. The model runs one row at a time, when it is let.
class LanePolicyTest {
    /// Longer than the ticker goes without looking.
    private static final long MOMENT = 10_000_000;

    private static final QueuePolicy DELAY = new QueuePolicy(0, 10 * MOMENT, true, false);
    private static final QueuePolicy REJECT = new QueuePolicy(0, 10 * MOMENT, false, true);

    private final AtomicLong nowNanos = new AtomicLong();
    private final Workers workers = Workers.start(1, nowNanos::get);
    private final FakeBatchModel model = FakeBatchModel.gated(1);
    private final List<String> answered = Collections.synchronizedList(new ArrayList<>());
    private final List<FloatsCall> calls = new ArrayList<>();

    @AfterEach
    void close() {
        // Whatever a failed test left behind its gate must not hang the closing.
        model.mayEnd.release(1_000);
        workers.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whoIsLateRunsWhenNobodyOnTimeWaits(boolean copiesOnOffer) throws Exception {
        Lane lane = busy(copiesOnOffer, DELAY);
        offer(lane, "late 1", FloatsCall.of(1), 0);
        offer(lane, "late 2", FloatsCall.of(2).by(7), 0);
        nowNanos.set(10 * MOMENT);
        offer(lane, "on time 1", FloatsCall.of(3), 0);
        offer(lane, "on time 2", FloatsCall.of(4).by(7), 0);
        runAll();

        assertThat(answered).containsExactly("on time 1", "on time 2", "late 1", "late 2");
        assertThat(calls.getFirst().answer.get()).containsExactly(2);
        assertThat(calls.get(1).answer.get()).containsExactly(4);
        assertThat(lane.queuedRows()).isZero();
    }

    @Test
    void whoBecomesLateAmongCompetingCallersStandsBackToo() throws Exception {
        Lane lane = busy(true, DELAY);
        offer(lane, "a", FloatsCall.of(1).by(1), 0);
        offer(lane, "b", FloatsCall.of(2).by(2), 0);
        offer(lane, "c", FloatsCall.of(3).by(1), 0);
        // Takes the first, and sorts the others by caller.
        model.mayEnd.release();
        model.begun.acquire();
        nowNanos.set(10 * MOMENT);
        offer(lane, "on time", FloatsCall.of(4).by(1), 0);
        runAll();

        assertThat(answered.getFirst()).isEqualTo("a");
        assertThat(answered.get(1)).isEqualTo("on time");
        assertThat(answered).containsExactlyInAnyOrder("a", "on time", "b", "c");
    }

    @Test
    void theLateOfAnUrgentLevelGoBeforeOtherLevels() throws Exception {
        Lane lane = busy(true, DELAY, QueuePolicy.STANDARD);
        offer(lane, "urgent, late", FloatsCall.of(1), 1);
        nowNanos.set(10 * MOMENT);
        offer(lane, "less urgent", FloatsCall.of(2), 2);
        offer(lane, "urgent", FloatsCall.of(3), 1);
        runAll();

        assertThat(answered).containsExactly("urgent", "urgent, late", "less urgent");
    }

    @Test
    void theDeadlineOfTheCallCountsForWhoStandsBack() throws Exception {
        Lane lane = busy(true, DELAY);
        FloatsCall call = FloatsCall.until(20 * MOMENT, 1);
        offer(lane, "late", call, 0);
        nowNanos.set(20 * MOMENT);

        assertFailed(call, ErrorCode.DEADLINE_EXCEEDED);
        runAll();
    }

    @Test
    void whoIsRejectedHearsThatItTookTooLong() throws Exception {
        Lane lane = busy(true, REJECT);
        FloatsCall silent = FloatsCall.of(1);
        FloatsCall hasty = FloatsCall.of(2).waitingAtMost(4 * MOMENT);
        FloatsCall patient = FloatsCall.of(3).waitingAtMost(1_000 * MOMENT);
        offer(lane, "silent", silent, 0);
        offer(lane, "hasty", hasty, 0);
        offer(lane, "patient", patient, 0);
        nowNanos.set(4 * MOMENT);

        assertFailed(hasty, ErrorCode.DEADLINE_EXCEEDED);
        assertThat(silent.answer).isNotDone();
        nowNanos.set(10 * MOMENT);
        assertFailed(silent, ErrorCode.DEADLINE_EXCEEDED);
        assertFailed(patient, ErrorCode.DEADLINE_EXCEEDED);
        assertThat(lane.stats().expiredRequests()).isEqualTo(3);
        assertThat(answered).isEmpty();
    }

    @Test
    void aPolicysTimeoutBoundsTheWaitAndNotTheRun() throws Exception {
        Lane lane = busy(true, REJECT);
        lane.serviceTime().ran(1, 100 * MOMENT);

        offer(lane, "runs longer than it may wait", FloatsCall.of(1), 0);
        assertThat(lane.offer(FloatsCall.of(2), 0, nowNanos.get())).isEqualTo(Offer.TOO_LATE);
        runAll();
        assertThat(answered).containsExactly("runs longer than it may wait");
    }

    @Test
    void aTimeoutThatAPolicyDoesNotAllowHasNoEffect() throws Exception {
        Lane lane = busy(true, new QueuePolicy(0, 0, false, false));
        offer(lane, "asked for 4", FloatsCall.of(1).waitingAtMost(4 * MOMENT), 0);
        nowNanos.set(100 * MOMENT);
        runAll();

        assertThat(answered).containsExactly("asked for 4");
    }

    @Test
    void aLevelTakesAsManyRowsAsItsPolicySaysNotAsManyAsThereArePlacesFor() throws Exception {
        Lane lane = busy(true, new QueuePolicy(3, 0, false, true), QueuePolicy.STANDARD);
        for (int i = 0; i < 3; i++) {
            offer(lane, "taken", FloatsCall.of(i).by(i), 1);
        }

        assertThat(lane.offer(FloatsCall.of(1).by(9), 1, 0)).isEqualTo(Offer.QUEUE_FULL);
        offer(lane, "of another level", FloatsCall.of(1), 2);
        runAll();
        assertThat(answered).hasSize(4);
    }

    @Test
    void whatWaitsIsBoundedInBytesToo() throws Exception {
        LaneShared both = new LaneShared(new LaneStats(), new QueueBytes(2 * FakeBatchModel.ROW_BYTES));
        Lane lane = workers.newLane(model, LaneSettings.of(1, 64), true, both);
        Lane other = workers.newLane(model, LaneSettings.of(1, 64), true, both);
        hold(lane);
        offer(lane, "one", FloatsCall.of(1), 0);
        offer(other, "two", FloatsCall.of(2), 0);

        assertThat(lane.offer(FloatsCall.of(3), 0, 0)).isEqualTo(Offer.TOO_MANY_BYTES);
        assertThat(other.offer(FloatsCall.of(3), 0, 0)).isEqualTo(Offer.TOO_MANY_BYTES);
        assertThat(lane.stats().refused(Offer.TOO_MANY_BYTES)).isEqualTo(2);
        runAll();
        assertThat(answered).containsExactlyInAnyOrder("one", "two");
        LaneShared small = new LaneShared(new LaneStats(), new QueueBytes(FakeBatchModel.ROW_BYTES - 1));
        assertThat(workers.newLane(model, LaneSettings.of(1, 64), true, small).offer(FloatsCall.of(3), 0, 0))
                .as("one request may always wait")
                .isEqualTo(Offer.TAKEN);
    }

    /// A lane whose worker has a run that does not end.
    private Lane busy(boolean copiesOnOffer, QueuePolicy... policies) throws InterruptedException {
        LaneSettings settings = new LaneSettings(1, 64, 0, new QueueLevels(List.of(policies), 1));
        Lane lane = workers.newLane(model, settings, copiesOnOffer);
        hold(lane);
        return lane;
    }

    private void hold(Lane lane) throws InterruptedException {
        assertThat(lane.offer(FloatsCall.of(0), 0, 0)).isEqualTo(Offer.TAKEN);
        model.begun.acquire();
    }

    private void offer(Lane lane, String name, FloatsCall call, int priority) {
        call.whenAnswered = () -> answered.add(name);
        calls.add(call);
        assertThat(lane.offer(call, priority, nowNanos.get())).isEqualTo(Offer.TAKEN);
    }

    private void runAll() {
        model.mayEnd.release(1_000);
        calls.forEach(call -> call.answer.handle((values, failure) -> 0).join());
    }
}
