package dev.penstock.core.batching;

import static dev.penstock.core.batching.FloatsCall.assertFailed;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.ErrorCode;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A model each of whose runs takes all workers: while one runs it, the other is idle and cannot help.
@Timeout(150)
class WideLaneTest {
    /// After the next look for what is late.
    private static final long LATER_NANOS = 5_000_000;

    private final AtomicLong nowNanos = new AtomicLong();
    private final Workers workers = Workers.start(2, nowNanos::get);
    private final FakeBatchModel model = FakeBatchModel.gated(8).sharedBy(2);
    private final Lane lane = workers.newLane(model, LaneSettings.of(8, 16), true);

    @AfterEach
    void close() {
        model.mayEnd.release(1_000);
        lane.close().join();
        workers.close();
    }

    @Test
    void aLateRequestIsAnsweredWhileTheOtherWorkerIsIdle() throws Exception {
        FloatsCall first = offer(FloatsCall.of(1));
        model.begun.acquire();
        awaitIdleWorker();
        FloatsCall late = offer(FloatsCall.until(LATER_NANOS, 2));
        nowNanos.set(LATER_NANOS);

        assertFailed(late, ErrorCode.DEADLINE_EXCEEDED);
        assertThat(first.answer).isNotDone();
    }

    @Test
    void anIdleWorkerThatCannotRunItGetsNoShare() throws Exception {
        FloatsCall first = offer(FloatsCall.of(1));
        model.begun.acquire();
        FloatsCall second = offer(FloatsCall.of(2));
        FloatsCall third = offer(FloatsCall.of(3));
        awaitIdleWorker();
        model.mayEnd.release(2);

        assertThat(first.answer.get()).containsExactly(2);
        assertThat(second.answer.get()).containsExactly(4);
        assertThat(third.answer.get()).containsExactly(6);
        assertThat(model.runRows).containsExactly(1, 2);
    }

    private void awaitIdleWorker() {
        while (workers.allBusy()) {
            Thread.onSpinWait();
        }
    }

    private FloatsCall offer(FloatsCall call) {
        assertThat(lane.offer(call, 0, nowNanos.get())).isEqualTo(Offer.TAKEN);
        return call;
    }
}
