package dev.penstock.core.batching;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.DataType;
import dev.penstock.core.InferenceRequest;
import dev.penstock.core.LatencyScale;
import dev.penstock.core.QueueLevels;
import dev.penstock.core.Shape;
import dev.penstock.core.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What is told of how long requests and batches have waited. The model runs one row at a time, when it is let.
@Timeout(150)
class WaitingTest {
    private static final long NOBODY = 1_000;

    private final AtomicLong nowNanos = new AtomicLong();
    private final Workers workers = Workers.start(1, nowNanos::get);
    private final FakeBatchModel model = FakeBatchModel.gated(1);
    private final List<FloatsCall> calls = new ArrayList<>();

    @AfterEach
    void close() {
        // Whatever a failed test left behind its gate must not hang the closing.
        model.mayEnd.release(1_000);
        workers.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theFirstThatWaitsInALaneIsTheOldest(boolean copiesOnOffer) throws Exception {
        Lane lane = workers.newLane(model, LaneSettings.of(1, 64), copiesOnOffer);
        offer(lane, FloatsCall.of(0), 0);
        model.begun.acquire();
        assertThat(lane.oldestArrivedNanos(NOBODY)).isEqualTo(NOBODY);

        offer(lane, FloatsCall.of(1).by(1), 5);
        offer(lane, FloatsCall.of(2).by(2), 7);
        offer(lane, FloatsCall.of(3).by(1), 9);
        assertThat(lane.oldestArrivedNanos(NOBODY)).isEqualTo(5);
        assertThat(lane.oldestArrivedNanos(2)).isEqualTo(2);

        // Takes the first, and sorts the others by caller.
        runOne();
        assertThat(lane.oldestArrivedNanos(NOBODY)).isEqualTo(7);
        runOne();
        assertThat(lane.oldestArrivedNanos(NOBODY)).isEqualTo(9);
        runOne();
        assertThat(lane.oldestArrivedNanos(NOBODY)).isEqualTo(NOBODY);
    }

    private void offer(Lane lane, FloatsCall call, long arrivedNanos) {
        calls.add(call);
        assertThat(lane.offer(call, 0, arrivedNanos)).isEqualTo(Offer.TAKEN);
    }

    private void runOne() throws InterruptedException {
        model.mayEnd.release();
        model.begun.acquire();
    }

    @Test
    void whatRunsAloneIsToldWithItsBytesAndItsAge() throws Exception {
        Semaphore begun = new Semaphore(0);
        Semaphore mayEnd = new Semaphore(0);
        FakeModel busy = new FakeModel(inputs -> {
            begun.release();
            mayEnd.acquireUninterruptibly();
            return inputs;
        });
        try (Batching runs = Batching.start(
                1,
                InlineOrder.NONE,
                new QueueBounds(8, Long.MAX_VALUE),
                nowNanos::get,
                (key, failure, rows, queueNanos, runNanos) -> {})) {
            RecordedOutcome running = offerAlone(runs, busy);
            begun.acquire();
            assertThat(runs.usage().getFirst()).satisfies(usage -> {
                assertThat(usage.queuedBytes()).isZero();
                assertThat(usage.oldestNanos()).isZero();
                assertThat(usage.runsAlone()).isEqualTo(1);
            });

            nowNanos.set(3);
            RecordedOutcome first = offerAlone(runs, busy);
            nowNanos.set(10);
            RecordedOutcome second = offerAlone(runs, busy);
            nowNanos.set(12);
            BatchUsage usage = runs.usage().getFirst();
            mayEnd.release(3);

            assertThat(usage.queuedRows()).isEqualTo(2);
            assertThat(usage.queuedBytes()).isPositive().isEqualTo(2 * 2 * Float.BYTES);
            assertThat(usage.oldestNanos()).isEqualTo(9);
            for (RecordedOutcome outcome : List.of(running, first, second)) {
                assertThat(outcome.reply.get()).isNotNull();
            }
        }
    }

    /// With an input twice, so that it fits no lane.
    private RecordedOutcome offerAlone(Batching runs, FakeModel busy) {
        ByteBuffer data = ByteBuffer.allocate(Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        Tensor x = new Tensor("x", DataType.FP32, Shape.of(1), data);
        InferenceRequest request =
                new InferenceRequest("fake", "", "", List.of(x, x), List.of(), InferenceRequest.NO_DEADLINE);
        RecordedOutcome outcome = new RecordedOutcome();
        assertThat(runs.offer(new Pending(request, busy.leaseOn(runs), outcome, 1, nowNanos.get())))
                .isEqualTo(Offer.TAKEN);
        return outcome;
    }

    @Test
    void aBatchHasWaitedSinceAWorkerWasThereForIt() {
        LaneSettings settings = new LaneSettings(4, 8, 1_000, QueueLevels.ONE);
        try (PriorityRings rings = new PriorityRings(model.layout(), settings, true)) {
            // Nobody runs it: only the latch is looked at.
            Lane lane = workers.newLane(model, settings, true);
            LaneLatch latch = new LaneLatch(lane, settings, rings, workers);
            assertThat(rings.ring(0).tryPut(FloatsCall.of(1), 1, 0, Lane.NO_DEADLINE))
                    .isTrue();

            assertThat(latch.hold(5)).isTrue();
            assertThat(latch.hold(400)).isTrue();
            assertThat(latch.hold(1_000)).isFalse();

            assertThat(latch.attendedSince(1_000)).isEqualTo(5);
            assertThat(latch.attendedSince(2_000)).as("of the next batch").isEqualTo(2_000);
        }
    }

    @Test
    void waitsAreCountedPerBatchAndInputTimePerRequest() {
        LaneStats stats = new LaneStats();

        stats.of(0).ran(CloseReason.INLINE, 3);
        stats.of(0).began(3, 1_000_000, 4_000_000, 4_500_000);
        stats.of(2).ran(CloseReason.FULL, 1);
        stats.of(2).began(1, 0, 0, 10);

        assertThat(stats.waits().count()).isEqualTo(2);
        assertThat(stats.waits().count(LatencyScale.bucketOf(3_500_000))).isEqualTo(1);
        assertThat(stats.waits().sumNanos()).isEqualTo(3_500_010);
        assertThat(stats.inputNanos()).isEqualTo(3 * 500_000 + 10);
        assertThat(stats.runs()).as("of all threads").isEqualTo(2);
        assertThat(stats.rows()).isEqualTo(4);
        assertThat(stats.sized(0) + stats.sized(2)).isEqualTo(2);
        assertThat(stats.closed(CloseReason.INLINE)).isOne();
    }
}
