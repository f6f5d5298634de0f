package dev.penstock.server.shadow;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;
import org.junit.jupiter.api.Test;

class ShadowRestTest {
    private static final long MILLI = 1_000_000;

    private final List<Long> slept = new ArrayList<>();
    private final ShadowRoom room = new ShadowRoom(20, 1 << 20);
    private long nowNanos;
    private long busyNanos;
    private long lateNanos;
    private boolean ended;

    private ShadowRest rest(double cpuShare) {
        LongConsumer park = nanos -> {
            slept.add(nanos);
            nowNanos += nanos + lateNanos;
        };
        return new ShadowRest(cpuShare, 1_000 * MILLI, () -> nowNanos, () -> busyNanos, () -> ended, park, room);
    }

    private void work(long nanos) {
        nowNanos += nanos;
        busyNanos += nanos;
    }

    @Test
    void onAnIdleProcessorItRestsForItsShareAlone() {
        ShadowRest rest = rest(0.5);
        work(MILLI / 2);
        assertThat(rest.rest()).isTrue();
        assertThat(slept).isEmpty();

        work(MILLI / 2);
        assertThat(rest.rest()).isTrue();

        assertThat(slept).containsExactly(MILLI);
    }

    @Test
    void whoWokeLateKeepsItsProcessorForATenthOfAMillisecond() {
        ShadowRest rest = rest(1);
        lateNanos = 2 * MILLI;
        rest.sleep(MILLI);
        work(MILLI / 20);
        assertThat(rest.rest()).isTrue();
        assertThat(slept).containsExactly(MILLI);

        work(MILLI / 10);
        assertThat(rest.rest()).isTrue();

        assertThat(slept).containsExactly(MILLI, MILLI);
    }

    @Test
    void whoFindsNothingSleepsAsLongAsACrowdTakes() {
        ShadowRest rest = rest(1);
        lateNanos = 2 * MILLI;

        rest.sleep(MILLI);
        rest.sleep(MILLI);
        rest.sleep(MILLI);
        rest.sleep(16 * MILLI);

        assertThat(slept).containsExactly(MILLI, MILLI, 2 * MILLI, 16 * MILLI);
    }

    @Test
    void whatItSleepsForOthersIsNotOwedOnceMore() {
        ShadowRest rest = rest(0.5);
        lateNanos = 2 * MILLI;
        rest.sleep(MILLI);
        lateNanos = 0;
        work(MILLI * 9 / 10);
        assertThat(rest.rest()).isTrue();
        assertThat(slept).as("others want its processor").containsExactly(MILLI, MILLI);

        work(MILLI * 9 / 10);
        assertThat(rest.rest()).isTrue();
        assertThat(slept).as("a millisecond pays for the first nine tenths").hasSize(2);
    }

    @Test
    void whoWasWokenBySomebodyWaitedForNothing() {
        ShadowRest rest = rest(1);
        lateNanos = 2 * MILLI;
        rest.sleep(MILLI);
        rest.await(() -> nowNanos += 10_000 * MILLI);
        work(MILLI);
        assertThat(rest.rest()).isTrue();
        assertThat(slept).containsExactly(MILLI);
    }

    @Test
    void whoWaitedForCopiesHasPaidForThoseBefore() {
        ShadowRest rest = rest(0.5);
        work(10 * MILLI);
        rest.await(() -> nowNanos += 20 * MILLI);

        assertThat(rest.rest()).isTrue();
        assertThat(slept).isEmpty();
    }

    @Test
    void whatWaitsIsLessWhileOthersWantTheProcessor() {
        ShadowRest rest = rest(1);
        lateNanos = 2 * MILLI;
        rest.sleep(MILLI);
        assertThat(ShadowRoomTest.taken(room)).isEqualTo(2);

        lateNanos = 0;
        rest.sleep(MILLI);
        assertThat(ShadowRoomTest.taken(room)).isEqualTo(4);
    }

    @Test
    void nobodySleepsOnceAllHasEnded() {
        ShadowRest rest = rest(0.5);
        work(10 * MILLI);
        ended = true;

        assertThat(rest.rest()).isFalse();
        assertThat(slept).isEmpty();
    }
}
