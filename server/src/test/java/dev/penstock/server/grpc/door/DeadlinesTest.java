package dev.penstock.server.grpc.door;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Time is what the test says: the loop's is frozen.
final class DeadlinesTest {
    private static final long MILLI = 1_000_000;
    /// How late a deadline may be noticed: what is looked at together, twice.
    private static final long LATE_NANOS = 4 * MILLI;

    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final List<Integer> expired = new ArrayList<>();
    private long nowNanos = 17;
    private final Deadlines deadlines = new Deadlines(channel.eventLoop(), () -> nowNanos);

    private final class Call extends Deadlines.Entry {
        private final int number;
        private final Runnable then;

        Call(int number, long deadlineNanos, Runnable then) {
            this.number = number;
            this.deadlineNanos = deadlineNanos;
            this.then = then;
        }

        @Override
        void expired() {
            expired.add(number);
            then.run();
        }
    }

    @BeforeEach
    void freeze() {
        channel.freezeTime();
    }

    @AfterEach
    void close() {
        channel.close().syncUninterruptibly();
    }

    private Call add(int number, long inNanos) {
        return add(number, inNanos, () -> {});
    }

    private Call add(int number, long inNanos, Runnable then) {
        Call call = new Call(number, nowNanos + inNanos, then);
        deadlines.add(call);
        return call;
    }

    private void pass(long nanos) {
        nowNanos += nanos;
        channel.advanceTimeBy(nanos, TimeUnit.NANOSECONDS);
        channel.runScheduledPendingTasks();
    }

    @Test
    void callsExpireWhenTheirTimeHasCome() {
        add(1, 500 * MILLI);
        add(2, 10 * MILLI);
        pass(9 * MILLI);
        assertThat(expired).isEmpty();
        pass(MILLI + LATE_NANOS);
        assertThat(expired).containsExactly(2);
        pass(500 * MILLI);
        assertThat(expired).containsExactly(2, 1);
    }

    @Test
    void aDeadlineMayBeMovedNearer() {
        Call call = add(1, 500 * MILLI);
        call.deadlineNanos = nowNanos + 10 * MILLI;
        deadlines.add(call);
        pass(10 * MILLI + LATE_NANOS);
        assertThat(expired).containsExactly(1);
    }

    @Test
    void nothingIsScheduledForAnsweredCalls() {
        Call call = add(1, 10 * MILLI);
        deadlines.remove(call);
        pass(10 * MILLI + LATE_NANOS);
        assertThat(expired).isEmpty();
        assertThat(channel.hasPendingTasks()).isFalse();
    }

    @Test
    void oneThatEndsAnotherDoesNotHideTheRest() {
        Call last = add(1, 10 * MILLI);
        Call middle = add(2, 10 * MILLI);
        add(3, 10 * MILLI, () -> deadlines.remove(middle));
        pass(10 * MILLI + LATE_NANOS);
        pass(LATE_NANOS);
        assertThat(expired).containsExactly(3, last.number);
    }

    @Test
    void noneIsForgottenOrEarly() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        List<Call> waiting = new ArrayList<>();
        for (int i = 0; i < 5000; i++) {
            waiting.add(add(i, random.nextLong(1, 300 * MILLI)));
            if (random.nextInt(3) > 0) {
                deadlines.remove(waiting.remove(random.nextInt(waiting.size())));
            }
            pass(random.nextLong(2 * MILLI));
            pass(0);
            waiting.removeIf(call -> expired.contains(call.number) && call.deadlineNanos <= nowNanos);
            assertThat(waiting)
                    .as("seed %d", seed)
                    .allSatisfy(call -> assertThat(expired).doesNotContain(call.number))
                    .allSatisfy(call -> assertThat(call.deadlineNanos).isGreaterThan(nowNanos - LATE_NANOS));
        }
        assertThat(expired).as("seed %d", seed).isNotEmpty().doesNotHaveDuplicates();
    }
}
