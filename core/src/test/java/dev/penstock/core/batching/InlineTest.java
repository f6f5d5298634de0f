package dev.penstock.core.batching;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.ServingException;
import dev.penstock.core.batching.BatchPlan.Bucket;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// An event loop whose turns the test ends itself.
@Timeout(150)
class InlineTest {
    private static final long SINGLE_NANOS = 80_000;
    private static final int MOST_ROWS = 8;

    private final AtomicLong nowNanos = new AtomicLong();
    private final AtomicInteger successes = new AtomicInteger();
    private final List<ErrorCode> failures = new ArrayList<>();
    private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
    private final Workers workers = Workers.start(1, nowNanos::get);
    private final LaneMaker maker = new LaneMaker(workers, new InlineOrder(2, 1), nowNanos::get);
    private final InlineLoop loop = new InlineLoop(1, tasks::add, nowNanos::get);

    private FakeBatchModel model = FakeBatchModel.free(MOST_ROWS);
    private CountedVersion handle = new CountedVersion(model);

    @AfterEach
    void closeAll() {
        maker.close();
        workers.close();
    }

    @Test
    void whatATurnBringsRunsTogetherAtItsEnd() throws Exception {
        VersionRows version = ready();
        FloatsCall one = offer(version, FloatsCall.of(1));
        FloatsCall two = offer(version, FloatsCall.of(2, 3));
        assertThat(model.runRows).isEmpty();
        assertThat(handle.leases()).isEqualTo(1);
        endTurn();

        assertThat(one.answer.get()).containsExactly(2);
        assertThat(two.answer.get()).containsExactly(4, 6);
        assertThat(model.runRows).containsExactly(3);
        assertThat(handle.leases()).isZero();
        assertThat(successes).hasValue(2);
        assertThat(tasks).isEmpty();
    }

    @Test
    void aFullBatchDoesNotWaitForTheEndOfTheTurn() throws Exception {
        VersionRows version = ready();
        FloatsCall first = offer(version, FloatsCall.of(1, 2, 3, 4, 5));
        FloatsCall second = offer(version, FloatsCall.of(6, 7, 8, 9));

        assertThat(first.answer).isDone();
        assertThat(second.answer).isNotDone();
        endTurn();
        assertThat(second.answer.get()).containsExactly(12, 14, 16, 18);
        assertThat(model.runRows).containsExactly(5, 4);
    }

    @Test
    void lateAndAbandonedRequestsNeverRunAndTheirNeighboursAreUnhurt() throws Exception {
        VersionRows version = ready();
        nowNanos.set(10);
        FloatsCall late = offer(version, FloatsCall.until(100, 1, 1));
        FloatsCall patient = offer(version, FloatsCall.until(101, 2, 3));
        FloatsCall gone = offer(version, FloatsCall.of(4));
        FloatsCall last = offer(version, FloatsCall.of(5));
        nowNanos.set(100);
        gone.abandoned = true;
        endTurn();

        assertFailed(late, ErrorCode.DEADLINE_EXCEEDED);
        assertFailed(gone, ErrorCode.CANCELLED);
        assertThat(patient.answer.get()).containsExactly(4, 6);
        assertThat(last.answer.get()).containsExactly(10);
        assertThat(model.runRows).containsExactly(3);
        assertThat(failures).containsExactly(ErrorCode.DEADLINE_EXCEEDED, ErrorCode.CANCELLED);
        assertThat(handle.leases()).isZero();
    }

    @Test
    void nothingRunsForRequestsThatAreAllLate() {
        VersionRows version = ready();
        FloatsCall late = offer(version, FloatsCall.until(1, 1));
        nowNanos.set(1);
        endTurn();

        assertFailed(late, ErrorCode.DEADLINE_EXCEEDED);
        assertThat(model.runRows).isEmpty();
        assertThat(handle.leases()).isZero();
    }

    @Test
    void onlyTheGuiltyOneOfABatchFailsThoughEveryAnswerIsKept() throws Exception {
        VersionRows version = ready(FakeBatchModel.withOutputs(MOST_ROWS, 1, workers.size()));
        List<FloatsCall> good = new ArrayList<>();
        for (int i = 1; i <= 3; i++) {
            good.add(keeping(offer(version, FloatsCall.of(i))));
        }
        FloatsCall bad = offer(version, FloatsCall.of(Float.NaN));
        FloatsCall last = offer(version, FloatsCall.of(4));
        endTurn();

        assertFailed(bad, ErrorCode.MODEL_FAILED);
        for (int i = 0; i < good.size(); i++) {
            assertThat(good.get(i).answer.get()).containsExactly(2 * (i + 1));
        }
        assertThat(last.answer.get()).containsExactly(8);
        assertThat(handle.leases()).isZero();
        assertThat(model.forbiddenRuns).hasValue(0);
    }

    @Test
    void aRunThatFailedCountsAsTimeOfTheTurn() {
        VersionRows version = ready();
        nowNanos.set(1_000);
        model.runsToFail.set(1);
        model.whenRun = () -> nowNanos.addAndGet(InlineLoop.MOST_TURN_NANOS);
        FloatsCall bad = offer(version, FloatsCall.of(new float[MOST_ROWS]));
        FloatsCall next = offer(version, FloatsCall.of(1));

        assertFailed(bad, ErrorCode.INTERNAL);
        assertThat(loop.nanoTime()).as("about now").isEqualTo(1_000 + InlineLoop.MOST_TURN_NANOS);
        assertThat(next.answer).as("left to the workers").succeedsWithin(Duration.ofMinutes(2));
        endTurn();
    }

    @Test
    void whatAFailedRunLeavesNoTimeForRunsOnTheWorkers() throws Exception {
        VersionRows version = ready();
        List<FloatsCall> good = new ArrayList<>();
        for (int i = 1; i <= 3; i++) {
            good.add(offer(version, FloatsCall.of(i, 10 * i)));
        }
        FloatsCall bad = offer(version, FloatsCall.of(Float.NaN));
        Thread self = Thread.currentThread();
        AtomicInteger here = new AtomicInteger();
        model.whenRun = () -> {
            here.addAndGet(Thread.currentThread().equals(self) ? 1 : 0);
            nowNanos.addAndGet(2 * InlineLoop.MOST_TURN_NANOS);
        };
        endTurn();

        for (int i = 0; i < good.size(); i++) {
            assertThat(good.get(i).answer.get()).containsExactly(2 * (i + 1), 20 * (i + 1));
        }
        assertFailed(bad, ErrorCode.MODEL_FAILED);
        assertThat(here).as("runs of the loop: the joined one").hasValue(1);
        model.whenRun = () -> {};
        handle.retire();
        assertThat(handle.idle).succeedsWithin(Duration.ofMinutes(2));
        assertThat(successes).hasValue(3);
        assertThat(failures).containsExactly(ErrorCode.MODEL_FAILED);
    }

    @Test
    void aLoopThatWouldWaitForOutputsLeavesItToTheWorkers() throws Exception {
        VersionRows version = ready(FakeBatchModel.withOutputs(MOST_ROWS, 1, workers.size()));
        FloatsCall keeping = keeping(offer(version, FloatsCall.of(1)));
        endTurn();
        FloatsCall next = offer(version, FloatsCall.of(2));

        assertThat(next.answer.get()).containsExactly(4);
        assertThat(tasks).isEmpty();
        assertThat(handle.leases()).as("the kept answer's").isEqualTo(1);
        keeping.releaseKept();
        assertThat(handle.leases()).isZero();
        FloatsCall inline = offer(version, FloatsCall.of(3));
        assertThat(inline.answer).isNotDone();
        endTurn();
        assertThat(inline.answer.get()).containsExactly(6);
        assertThat(model.forbiddenRuns).hasValue(0);
    }

    @Test
    void aTurnRunsOnlyForSoLong() throws Exception {
        VersionRows version = ready();
        offer(version, FloatsCall.of(new float[MOST_ROWS]));
        offer(version, FloatsCall.of(new float[MOST_ROWS]));
        assertThat(tasks).hasSize(1);
        FloatsCall third = offer(version, FloatsCall.of(1));
        // The third run of a turn would be too much: the second one makes room for it, and then a worker gets
        // it.
        assertThat(third.answer.get()).containsExactly(2);
        endTurn();
        FloatsCall fourth = offer(version, FloatsCall.of(2));
        assertThat(fourth.answer).as("a new turn").isNotDone();
        endTurn();
        assertThat(fourth.answer.get()).containsExactly(4);
    }

    @Test
    void aRequestWithMoreRowsThanATurnTakesGoesToTheWorkers() throws Exception {
        VersionRows version = ready();

        assertThat(offer(version, FloatsCall.of(new float[MOST_ROWS + 1]))
                        .answer
                        .get())
                .hasSize(MOST_ROWS + 1);
        assertThat(tasks).isEmpty();
    }

    @Test
    void whatAnAnswerSetsOffGoesToTheWorkers() throws Exception {
        VersionRows version = ready();
        FloatsCall inner = FloatsCall.of(2);
        FloatsCall outer = FloatsCall.of(1);
        outer.whenAnswered = () -> offer(version, inner);
        offer(version, outer);
        endTurn();

        assertThat(outer.answer.get()).containsExactly(2);
        assertThat(inner.answer.get()).containsExactly(4);
    }

    @Test
    void aVersionThatIsUnloadedTakesNothingMoreAndKeepsWhatItHas() throws Exception {
        VersionRows version = ready();
        FloatsCall taken = offer(version, FloatsCall.of(1));
        handle.retire();

        FloatsCall sameTurn = offer(version, FloatsCall.of(2));
        assertThat(handle.idle).isNotDone();
        endTurn();
        assertThat(taken.answer.get()).containsExactly(2);
        assertThat(sameTurn.answer.get()).containsExactly(4);
        assertThat(handle.idle).isDone();
        assertThat(version.offer(FloatsCall.of(3), 0, loop)).isEqualTo(Offer.CLOSED);
        assertThat(tasks).isEmpty();
    }

    @Test
    void keptOutputsKeepTheVersionLoaded() {
        VersionRows version = ready();
        FloatsCall keeping = keeping(offer(version, FloatsCall.of(1)));
        FloatsCall other = offer(version, FloatsCall.of(2));
        endTurn();
        handle.retire();

        assertThat(other.answer).isDone();
        assertThat(handle.idle).isNotDone();
        keeping.releaseKept();
        assertThat(handle.idle).isDone();
    }

    @Test
    void aLoopThatHasEndedLeavesItToTheWorkers() throws Exception {
        Executor ended = task -> {
            throw new RejectedExecutionException("ended");
        };
        InlineLoop other = new InlineLoop(0, ended, nowNanos::get);
        VersionRows version = ready(other, model);
        FloatsCall call = FloatsCall.of(1);

        assertThat(version.offer(call, 0, other)).isEqualTo(Offer.TAKEN);
        assertThat(call.answer.get()).containsExactly(2);
        assertThat(handle.leases()).isZero();
    }

    @Test
    void untilItsRunnerIsMadeALoopLeavesItToTheWorkersAndAClosedModelMakesNone() throws Exception {
        InlineVersion inline = inline();
        inline.close();
        VersionRows version = version(inline);
        assertThat(offer(version, FloatsCall.of(1)).answer.get()).containsExactly(2);
        awaitMaker();

        assertThat(inline.batch(loop)).isNull();
    }

    private VersionRows ready() {
        return ready(loop, model);
    }

    private VersionRows ready(FakeBatchModel newModel) {
        return ready(loop, newModel);
    }

    /// A version whose runner of that loop is made and warm.
    private VersionRows ready(InlineLoop of, FakeBatchModel newModel) {
        model = newModel;
        handle = new CountedVersion(model);
        InlineVersion inline = inline();
        assertThat(inline.batch(of)).isNull();
        awaitMaker();
        assertThat(inline.batch(of)).isNotNull();
        model.runRows.clear();
        return version(inline);
    }

    /// What it was asked for by now is made.
    private void awaitMaker() {
        CompletableFuture<Void> done = new CompletableFuture<>();
        assertThat(maker.later(() -> done.complete(null))).isTrue();
        done.join();
    }

    private InlineVersion inline() {
        Lane lane = workers.newLane(model, LaneSettings.of(MOST_ROWS, 64), true);
        BatchPlan plan = new BatchPlan(
                MOST_ROWS, List.of(new Bucket(1, SINGLE_NANOS), new Bucket(MOST_ROWS, SINGLE_NANOS)), 0, "");
        return new InlineVersion(maker, model, lane, plan, workers.size(), 2);
    }

    private VersionRows version(InlineVersion inline) {
        FixedLane fixed = new FixedLane(inline.lane(), model, inline, false);
        return new VersionRows(
                handle,
                fixed,
                (key, failure, rows, queueNanos, runNanos) -> {
                    if (failure == null) {
                        successes.incrementAndGet();
                    } else {
                        failures.add(failure);
                    }
                },
                nowNanos::get);
    }

    private void endTurn() {
        Runnable task;
        while ((task = tasks.poll()) != null) {
            task.run();
        }
    }

    private static FloatsCall keeping(FloatsCall call) {
        call.keeps = true;
        return call;
    }

    private FloatsCall offer(VersionRows version, FloatsCall call) {
        assertThat(version.offer(call, 0, loop)).isEqualTo(Offer.TAKEN);
        return call;
    }

    private static void assertFailed(FloatsCall call, ErrorCode code) {
        assertThat(call.answer)
                .failsWithin(Duration.ofMinutes(2))
                .withThrowableOfType(ExecutionException.class)
                .havingCause()
                .isInstanceOfSatisfying(
                        ServingException.class,
                        cause -> assertThat(cause.code()).isEqualTo(code));
    }
}
