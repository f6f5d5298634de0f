package dev.penstock.server.alerting;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class OutboxTest {
    private static final long SEED = 3;
    private static final long RETRY_MILLIS = 60_000;

    static CloudEvent event(String id) {
        return new CloudEvent(id, "dev.penstock.drift.detected.v1", "/gateways/g", "models/m/versions/1", 0, "{}", id);
    }

    @Test
    void pausesDoubleUpToALimitAndAreNotAllTheSame() {
        Backoff backoff = new Backoff(new SplittableRandom(SEED), Backoff.FIRST);

        for (int failures = 1; failures < 40; failures++) {
            long whole = failures > 9 ? 300_000 : 1_000L << (failures - 1);
            for (int i = 0; i < 100; i++) {
                assertThat(backoff.millis(failures)).as("%d failures", failures).isBetween(whole / 2, whole);
            }
        }
        assertThat(backoff.millis(20)).isNotEqualTo(backoff.millis(20));
    }

    @Test
    void whatAReceiverAsksForIsWaitedFor() {
        Outbox outbox = new Outbox(4, RETRY_MILLIS, new Backoff(new SplittableRandom(SEED), Backoff.FIRST));
        assertThat(outbox.offer(event("a"), 0)).isTrue();

        assertThat(outbox.failed(0, 30_000)).isEmpty();

        assertThat(outbox.due(29_999)).isNull();
        assertThat(outbox.due(30_000)).isNotNull();
        long day = Duration.ofDays(1).toMillis();
        assertThat(outbox.failed(30_000, day)).isEmpty();
        assertThat(outbox.dueMillis()).isEqualTo(30_000 + Backoff.LONGEST.toMillis());
    }

    @Test
    void afterAnOutageAllWhoseTimeIsOverAreGivenUpAtOnceAndTheNextIsTriedSoon() {
        long hour = Duration.ofHours(1).toMillis();
        Outbox outbox = new Outbox(4, hour, new Backoff(new SplittableRandom(SEED), Backoff.FIRST));
        assertThat(outbox.offer(event("a"), 0)).isTrue();
        long now = 0;
        while (now < hour - Backoff.LONGEST.toMillis()) {
            assertThat(outbox.failed(now, 0)).isEmpty();
            now = outbox.dueMillis();
        }
        assertThat(outbox.offer(event("b"), 1)).isTrue();
        assertThat(outbox.offer(event("c"), 2)).isTrue();
        assertThat(outbox.offer(event("d"), hour)).isTrue();

        List<Outbox.Waiting> over = outbox.failed(hour + 2, 0);

        assertThat(over.stream().map(one -> one.event().id())).containsExactly("a", "b", "c");
        assertThat(over.getFirst().attempts()).isGreaterThan(9);
        assertThat(over.getLast().attempts()).isZero();
        assertThat(outbox.first().event().id()).isEqualTo("d");
        assertThat(outbox.dueMillis() - (hour + 2)).isBetween(500L, 1_000L);
    }

    @Test
    void whateverHappensEventsArriveInOrderOrAreGivenUpAndNeverMoreThanThereIsRoomForWait() {
        for (int round = 0; round < 200; round++) {
            SplittableRandom random = new SplittableRandom(SEED + round);
            int most = 1 + random.nextInt(8);
            Outbox outbox = new Outbox(most, RETRY_MILLIS, new Backoff(random.split(), Duration.ofSeconds(1)));
            List<String> offered = new ArrayList<>();
            List<String> ended = new ArrayList<>();
            long now = 0;
            for (int step = 0; step < 500; step++) {
                now += random.nextInt(20_000);
                if (random.nextInt(3) == 0) {
                    String id = "e" + step;
                    boolean room = outbox.size() < most;
                    assertThat(outbox.offer(event(id), now)).isEqualTo(room);
                    if (room) {
                        offered.add(id);
                    }
                }
                Outbox.Waiting due = outbox.due(now);
                if (due != null && random.nextInt(3) == 0) {
                    ended.add(outbox.arrived().event().id());
                } else if (due != null) {
                    List<Outbox.Waiting> over = outbox.failed(now, 0);
                    assertThat(!over.isEmpty()).isEqualTo(now - due.sinceMillis() >= RETRY_MILLIS);
                    assertThat(outbox.due(now)).as("it pauses").isNull();
                    over.forEach(lost -> ended.add(lost.event().id()));
                    long left = now;
                    assertThat(outbox.size() == 0 || left - outbox.first().sinceMillis() < RETRY_MILLIS)
                            .isTrue();
                }
                assertThat(outbox.size()).as("round %d of seed %d", round, SEED).isLessThanOrEqualTo(most);
            }
            outbox.drain().forEach(left -> ended.add(left.event().id()));
            assertThat(ended).as("round %d of seed %d", round, SEED).isEqualTo(offered);
            assertThat(outbox.dueMillis()).isEqualTo(Long.MAX_VALUE);
        }
    }
}
