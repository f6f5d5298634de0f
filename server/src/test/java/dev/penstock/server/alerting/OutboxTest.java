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

        assertThat(outbox.failed(0, 30_000)).isNull();

        assertThat(outbox.due(29_999)).isNull();
        assertThat(outbox.due(30_000)).isNotNull();
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
                    Outbox.Waiting lost = outbox.failed(now, 0);
                    assertThat(lost != null).isEqualTo(now - due.sinceMillis() >= RETRY_MILLIS);
                    assertThat(outbox.due(now)).as("it pauses").isNull();
                    if (lost != null) {
                        ended.add(lost.event().id());
                    }
                }
                assertThat(outbox.size()).as("round %d of seed %d", round, SEED).isLessThanOrEqualTo(most);
            }
            outbox.drain().forEach(left -> ended.add(left.event().id()));
            assertThat(ended).as("round %d of seed %d", round, SEED).isEqualTo(offered);
            assertThat(outbox.dueMillis()).isEqualTo(Long.MAX_VALUE);
        }
    }
}
