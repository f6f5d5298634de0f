package dev.penstock.core.batching;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.InferenceRequest;
import dev.penstock.core.QueueLevels;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Workers that the test polls for.
class SoloQueueTest {
    private final Workers polled = new Workers(2, () -> 0);
    private final Thread self = Thread.currentThread();
    private final FakeModel echo = new FakeModel(inputs -> inputs);
    private final SoloQueue queue = polled.newSoloQueue(
            new QueueBounds(4, Long.MAX_VALUE), QueueLevels.ONE, 1, (key, failure, rows, queueNanos, runNanos) -> {});

    @Test
    void requestsThatExpiredLeaveNothingBehindForTheWorkers() {
        for (int i = 0; i < 100; i++) {
            offer(10);
            queue.tick(10);
        }

        assertThat(polled.poll(self)).isSameAs(queue);
        queue.work(0);
        assertThat(polled.poll(self)).as("sent for again").isNull();
        assertThat(echo.runs).hasValue(0);
        assertThat(echo.leases).hasValue(0);
    }

    @Test
    void anotherWorkerIsSentForTheNextRequest() {
        offer(InferenceRequest.NO_DEADLINE);
        offer(InferenceRequest.NO_DEADLINE);
        offer(InferenceRequest.NO_DEADLINE);
        for (int run = 1; run <= 3; run++) {
            assertThat(polled.poll(self)).isSameAs(queue);
            queue.work(0);
            assertThat(echo.runs).hasValue(run);
        }
        assertThat(polled.poll(self)).isNull();

        offer(InferenceRequest.NO_DEADLINE);
        assertThat(polled.poll(self)).as("after it was empty").isSameAs(queue);
    }

    @Test
    void whatIsRefusedAndWhatIsDroppedIsCounted() {
        for (int i = 0; i < 3; i++) {
            offer(10);
        }
        RecordedOutcome gone = new RecordedOutcome();
        gone.abandoned = true;
        assertThat(queue.offer(pending(InferenceRequest.NO_DEADLINE, gone))).isEqualTo(Offer.TAKEN);
        assertThat(queue.offer(pending(10, new RecordedOutcome()))).isEqualTo(Offer.QUEUE_FULL);
        queue.tick(10);

        assertThat(queue.stats().refused(Offer.QUEUE_FULL)).isOne();
        assertThat(queue.stats().expiredRequests()).isEqualTo(3);
        assertThat(queue.stats().abandonedRequests()).isOne();
    }

    private void offer(long deadlineNanos) {
        assertThat(queue.offer(pending(deadlineNanos, new RecordedOutcome()))).isEqualTo(Offer.TAKEN);
    }

    private Pending pending(long deadlineNanos, RecordedOutcome outcome) {
        InferenceRequest request = new InferenceRequest("fake", "", "", List.of(), List.of(), deadlineNanos);
        return new Pending(request, echo.lease(), outcome, 1, 0);
    }
}
