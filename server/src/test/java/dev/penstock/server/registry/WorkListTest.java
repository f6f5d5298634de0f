package dev.penstock.server.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class WorkListTest {
    /// Near where it wraps.
    private static final long START = Long.sum(0, Long.MAX_VALUE - 20);

    private final WorkList list = new WorkList(new RetryDelays(Duration.ofNanos(10), Duration.ofNanos(70)), () -> 0.0);

    @Test
    void aModelIsTakenOnceAndInTheOrderOfAsking() {
        list.want("b", START);
        list.want("a", START + 1);

        assertThat(list.take(START)).isEqualTo("b");
        assertThat(list.take(START)).isNull();
        assertThat(list.untilNanos(START)).isEqualTo(1);
        assertThat(list.take(START + 1)).isEqualTo("a");
        assertThat(list.untilNanos(START + 1)).isEqualTo(WorkList.NEVER);
        list.done("a", START + 2);
        list.done("b", START + 2);
        assertThat(list.has("a")).isFalse();
        assertThat(list.take(START + 100)).isNull();
    }

    @Test
    void whatIsAskedForWhileItIsWorkedOnIsDoneAgain() {
        list.want("a", START);
        assertThat(list.take(START)).isEqualTo("a");
        list.want("a", START + 1);

        assertThat(list.take(START + 1)).isNull();
        list.done("a", START + 2);
        assertThat(list.take(START + 2)).isEqualTo("a");
        list.add("a", START + 3);
        list.done("a", START + 3);
        assertThat(list.has("a")).as("add() asks for nothing new").isFalse();
    }

    @Test
    void whatFailsIsTriedLaterAndLaterUpToABound() {
        long now = START;
        list.want("a", now);
        for (long delay : new long[] {10, 20, 40, 70, 70}) {
            assertThat(list.take(now)).isEqualTo("a");
            list.failed("a", now);
            assertThat(list.untilNanos(now)).isEqualTo(delay);
            assertThat(list.take(now + delay - 1)).isNull();
            now += delay;
        }
    }

    @Test
    void whoAsksMakesTheDelaysBeginAnew() {
        list.want("a", START);
        for (int i = 0; i < 3; i++) {
            assertThat(list.take(START + 1_000L * i)).isEqualTo("a");
            list.failed("a", START + 1_000L * i);
        }
        list.add("a", START + 2_001);
        assertThat(list.take(START + 2_001)).isNull();
        list.want("a", START + 2_001);
        assertThat(list.take(START + 2_001)).isEqualTo("a");
        list.want("a", START + 2_002);
        list.failed("a", START + 2_003);
        assertThat(list.take(START + 2_003)).as("asked for while it failed").isEqualTo("a");
        list.failed("a", START + 2_004);
        assertThat(list.untilNanos(START + 2_004)).isEqualTo(10);
    }

    @Test
    void whatNeverFailedGoesFirst() {
        list.want("failing", START);
        assertThat(list.take(START)).isEqualTo("failing");
        list.failed("failing", START);
        list.want("new", START + 15);

        assertThat(list.take(START + 15)).isEqualTo("new");
        assertThat(list.take(START + 15)).isEqualTo("failing");
    }

    @Test
    void whatIsToBeLookedAtAgainIsNoFailure() {
        list.want("a", START);
        assertThat(list.take(START)).isEqualTo("a");
        list.later("a", 500, START);

        assertThat(list.untilNanos(START)).isEqualTo(500);
        assertThat(list.take(START + 500)).isEqualTo("a");
        list.want("a", START + 501);
        list.later("a", 500, START + 502);
        assertThat(list.take(START + 502)).isEqualTo("a");
    }
}
