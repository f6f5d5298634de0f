package dev.penstock.server.calls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.NanoClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(240)
class CallQueueTest {
    private static final FinishedCall CALL = new FinishedCall(
            CallKind.GRPC, new CallTimes(0, 0, 0, 0, 0, 0), TraceContext.NONE, "", "", 0, null, 0, 0, 0, "", null);

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void whatHasNoRoomIsDroppedAndCounted() throws Exception {
        CountDownLatch writing = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        List<Integer> written = Collections.synchronizedList(new ArrayList<>());
        CallQueue queue = new CallQueue("test", 2, 1, Duration.ZERO, NanoClock.SYSTEM, calls -> {
            writing.countDown();
            await(goOn);
            written.add(calls.size());
            return 0;
        });
        queue.offer(CALL);
        writing.await();
        for (int i = 0; i < 5; i++) {
            queue.offer(CALL);
        }

        assertThat(queue.dropped()).isEqualTo(3);
        goOn.countDown();
        queue.close();
        assertThat(written).containsExactly(1, 1, 1);
    }

    @Test
    void closingWritesWhatWaits() {
        List<FinishedCall> written = Collections.synchronizedList(new ArrayList<>());
        // It would linger for an hour.
        CallQueue queue = new CallQueue("test", 100, 100, Duration.ofHours(1), NanoClock.SYSTEM, calls -> {
            written.addAll(calls);
            return 0;
        });
        for (int i = 0; i < 10; i++) {
            queue.offer(CALL);
        }
        queue.close();

        assertThat(written).hasSize(10);
        assertThat(queue.dropped()).isZero();
    }

    @Test
    void whatCannotBeWrittenIsCountedAndTheThreadGoesOn() {
        List<Integer> batches = Collections.synchronizedList(new ArrayList<>());
        CallQueue queue = new CallQueue("test", 100, 1, Duration.ZERO, NanoClock.SYSTEM, calls -> {
            batches.add(calls.size());
            if (batches.size() == 1) {
                throw new IllegalStateException("the first is a failure");
            }
            return batches.size() == 2 ? 1 : 0;
        });
        for (int i = 0; i < 3; i++) {
            queue.offer(CALL);
        }
        queue.close();

        assertThat(batches).hasSize(3);
        assertThat(queue.dropped()).isEqualTo(2);
    }
}
