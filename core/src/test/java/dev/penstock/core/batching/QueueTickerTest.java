package dev.penstock.core.batching;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.QueueLevels;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(150)
class QueueTickerTest {
    private static final long DELAY_NANOS = 100_000;

    @Test
    void itRestsUntilTheFirstThatIsDueAndNotLongerThanATick() {
        QueueTicker ticker = new QueueTicker(() -> 0);
        assertThat(ticker.restNanos(0)).isEqualTo(QueueTicker.TICK_NANOS);

        ticker.watchAt(10 * QueueTicker.TICK_NANOS);
        assertThat(ticker.restNanos(0)).isEqualTo(QueueTicker.TICK_NANOS);
        ticker.watchAt(300);
        ticker.watchAt(500);
        assertThat(ticker.restNanos(0)).isEqualTo(300);
        assertThat(ticker.restNanos(299)).isEqualTo(1);
        assertThat(ticker.restNanos(400)).isZero();
    }

    @Test
    void rowsThatAreHeldLessThanATickAreLookedAtWhenTheirTimeHasCome() {
        AtomicLong nowNanos = new AtomicLong();
        Workers polled = new Workers(1, nowNanos::get);
        Lane lane = polled.newLane(FakeBatchModel.free(4), new LaneSettings(4, 8, DELAY_NANOS, QueueLevels.ONE), true);
        FloatsCall call = FloatsCall.of(1);
        assertThat(lane.offer(call, 0, 0)).isEqualTo(Offer.TAKEN);
        requireNonNull(polled.poll(Thread.currentThread())).work(0);

        assertThat(call.answer).isNotDone();
        assertThat(polled.restNanos(1_000)).isEqualTo(DELAY_NANOS - 1_000);
        nowNanos.set(DELAY_NANOS);
        assertThat(lane.tick(DELAY_NANOS)).isTrue();
        requireNonNull(polled.poll(Thread.currentThread())).work(0);
        assertThat(call.answer).isCompleted();
    }

    @Test
    void aLaneThatIsClosedWhileTheWorkersEndIsEnded() throws Exception {
        FakeBatchModel model = FakeBatchModel.gated(1);
        Workers workers = Workers.start(1, () -> 0);
        Lane lane = workers.newLane(model, LaneSettings.of(1, 8), true);
        FloatsCall running = FloatsCall.of(1);
        assertThat(lane.offer(running, 0, 0)).isEqualTo(Offer.TAKEN);
        model.begun.acquire();
        Thread closer = Thread.ofPlatform().start(workers::close);
        while (closer.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
        CompletableFuture<Void> closedWhileRunning = lane.close();
        model.mayEnd.release();
        closer.join();

        closedWhileRunning.get(120, TimeUnit.SECONDS);
        assertThat(running.answer).isCompleted();
    }

    @Test
    void aLaneThatIsClosedAfterTheWorkersHaveEndedIsEnded() throws Exception {
        Workers workers = Workers.start(1, () -> 0);
        Lane lane = workers.newLane(FakeBatchModel.free(1), LaneSettings.of(1, 8), true);
        workers.close();

        lane.close().get(120, TimeUnit.SECONDS);
    }
}
