package dev.penstock.monitor.recording;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class WindowsTest {
    private static final long SEED = 76;
    private static final long MINUTE = 60_000;
    private static final long HOUR = 60 * MINUTE;

    /// Noon of some day.
    private static final long NOON = 1_700_049_600_000L;

    private static final MonitorPlan PLAN = plan();
    private static final Replica ONE = new Replica("one", NOON);

    private static MonitorPlan plan() {
        Recorded version = new Recorded(Recorded.SCORES);
        version.ran(Recorded.run(1).floats(1, 0, 0));
        return version.counts().plan();
    }

    /// As after so many rows.
    private static Cumulative rows(long rows) {
        long[] counts = new long[PLAN.slots()];
        counts[MonitorPlan.SEEN] = rows;
        counts[MonitorPlan.RECORDED] = rows;
        return Cumulative.of(PLAN, counts, new double[PLAN.sums()]);
    }

    private final Windows windows = new Windows(PLAN, WindowSettings.STANDARD, NOON);

    private long last(Duration length, long atMillis) {
        return windows.last(length, atMillis).counts().recorded();
    }

    @Test
    void windowsSlideOverStepsOfTheirSnapshots() {
        // Ten rows a minute.
        for (int minute = 0; minute <= 26 * 60; minute++) {
            windows.put(ONE, rows(10L * minute), NOON + minute * MINUTE);
        }
        long now = NOON + 26 * HOUR;

        assertThat(last(Duration.ofMinutes(5), now)).isEqualTo(50);
        assertThat(last(Duration.ofHours(1), now)).isEqualTo(600);
        assertThat(last(Duration.ofHours(6), now)).isEqualTo(3600);
        assertThat(last(Duration.ofHours(24), now)).isEqualTo(14_400);
        Window hour = windows.last(Duration.ofHours(1), now + 2 * MINUTE);
        assertThat(hour.fromMillis()).isEqualTo(now - HOUR);
        assertThat(hour.toMillis()).isEqualTo(now);
    }

    @Test
    void aWindowOverAStepInTheMiddleIsLongerByLessThanAStep() {
        for (int minute = 0; minute <= 200; minute++) {
            windows.put(ONE, rows(minute), NOON + minute * MINUTE);
        }

        Window window = windows.last(Duration.ofHours(1), NOON + 193 * MINUTE);

        assertThat(window.toMillis() - window.fromMillis()).isBetween(HOUR, HOUR + 10 * MINUTE);
        assertThat(window.counts().recorded()).isEqualTo((window.toMillis() - window.fromMillis()) / MINUTE);
    }

    @Test
    void whatOthersCountedBeforeIsInWindowsAndInNoSubWindow() {
        long now = NOON + 3 * HOUR;
        Windows late = new Windows(PLAN, WindowSettings.STANDARD, now);
        late.put(new Replica("local", now), rows(0), now);
        for (int minute = 0; minute <= 175; minute += 5) {
            assertThat(late.putPast(ONE, rows(minute), NOON + minute * MINUTE)).isTrue();
        }
        late.put(new Replica("local", now), rows(3), now + MINUTE);

        assertThat(late.isOpen()).isTrue();
        assertThat(late.last(Duration.ofHours(1), now + MINUTE).counts().recorded())
                .isEqualTo(55 + 3);
        assertThat(late.last(Duration.ofHours(24), now + MINUTE).counts().recorded())
                .isEqualTo(175 + 3);
        late.put(ONE, rows(185), now + 2 * MINUTE);
        Window closed = late.close(now + 5 * MINUTE);
        assertThat(closed).isNotNull();
        assertThat(closed.counts().recorded()).as("what came since").isEqualTo(10 + 3);
    }

    @Test
    void aWindowIsThoseOfItsReplicas() {
        Replica other = new Replica("other", NOON + 20 * MINUTE);
        for (int minute = 0; minute <= 60; minute++) {
            windows.put(ONE, rows(minute), NOON + minute * MINUTE);
            if (minute == 30) {
                windows.put(other, rows(40), NOON + 30 * MINUTE);
            }
        }

        Map<Replica, Window> each = windows.lastByReplica(Duration.ofMinutes(30), NOON + 60 * MINUTE);

        assertThat(each).containsOnlyKeys(ONE, other);
        Window ofOne = each.getOrDefault(ONE, windows.last(Duration.ZERO, NOON));
        Window ofOther = each.getOrDefault(other, ofOne);
        assertThat(ofOne.counts().recorded()).isEqualTo(30);
        assertThat(ofOther.toMillis()).isEqualTo(NOON + 30 * MINUTE);
        assertThat(each.values().stream()
                        .mapToLong(one -> one.counts().recorded())
                        .sum())
                .isEqualTo(last(Duration.ofMinutes(30), NOON + 60 * MINUTE));
        assertThat(windows.replicas()).containsExactlyInAnyOrder(ONE, other);
    }

    @Test
    void aReplicaThatStartsAgainLosesNothing() {
        windows.put(ONE, rows(0), NOON);
        windows.put(ONE, rows(100), NOON + 10 * MINUTE);
        windows.put(new Replica("one", NOON + 11 * MINUTE), rows(7), NOON + 12 * MINUTE);

        assertThat(last(Duration.ofHours(1), NOON + 12 * MINUTE)).isEqualTo(107);
        // The first life leaves with its time.
        assertThat(last(Duration.ofMinutes(30), NOON + 55 * MINUTE)).isEqualTo(0);
    }

    @Test
    void whatAPeerCountedBeforeItWasFirstSeenIsNotTakenForNew() {
        windows.put(new Replica("old", NOON - 24 * HOUR), rows(1_000_000), NOON + MINUTE);
        windows.put(new Replica("old", NOON - 24 * HOUR), rows(1_000_010), NOON + 2 * MINUTE);

        assertThat(last(Duration.ofHours(1), NOON + 2 * MINUTE)).isEqualTo(10);
        Window closed = windows.close(NOON + 5 * MINUTE);
        assertThat(closed).isNotNull();
        assertThat(closed.counts().recorded()).isEqualTo(10);
    }

    @Test
    void aSnapshotThatCameLateChangesNothing() {
        windows.put(ONE, rows(0), NOON);
        windows.put(ONE, rows(50), NOON + MINUTE);
        windows.put(ONE, rows(40), NOON + 2 * MINUTE);

        assertThat(last(Duration.ofHours(1), NOON + 2 * MINUTE)).isEqualTo(50);
    }

    @Test
    void aSubWindowEndsWithItsTimeHoweverManyRowsCome() {
        windows.put(ONE, rows(0), NOON);
        windows.put(ONE, rows(100_000_000), NOON + MINUTE);
        assertThat(windows.close(NOON + MINUTE)).isNull();

        windows.put(ONE, rows(200_000_010), NOON + 5 * MINUTE);
        Window timely = windows.close(NOON + 5 * MINUTE);
        assertThat(timely).isNotNull();
        assertThat(timely.counts().recorded()).isEqualTo(200_000_010);
        assertThat(timely.fromMillis()).isEqualTo(NOON);
        assertThat(windows.close(NOON + 5 * MINUTE)).isNull();
    }

    /// The same rows at the same times, counted by one process that never stops or by some that do.
    @Test
    void noWindowDependsOnHowManyReplicasCountAndWhenTheyStartAgain() {
        Random random = new Random(SEED);
        for (int round = 0; round < 20; round++) {
            Windows one = new Windows(PLAN, WindowSettings.STANDARD, NOON);
            Windows many = new Windows(PLAN, WindowSettings.STANDARD, NOON);
            List<Replica> lives = new ArrayList<>();
            List<Long> counted = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                lives.add(new Replica("r" + i, NOON));
                counted.add(0L);
            }
            long total = 0;
            for (int minute = 0; minute < 30 * 60; minute++) {
                long now = NOON + minute * MINUTE;
                int which = random.nextInt(3);
                if (random.nextInt(200) == 0) {
                    // It has counted within the minute that ends now.
                    lives.set(which, new Replica("r" + which, now - MINUTE + 1));
                    counted.set(which, 0L);
                }
                long more = minute == 0 ? 0 : random.nextInt(5000);
                total += more;
                counted.set(which, counted.get(which) + more);
                one.put(ONE, rows(total), now);
                for (int i = 0; i < 3; i++) {
                    many.put(lives.get(i), rows(counted.get(i)), now);
                }
                for (int minutes : new int[] {5, 60, 360, 1440}) {
                    Duration length = Duration.ofMinutes(minutes);
                    assertThat(many.last(length, now).counts().counts())
                            .as("%d minutes at %d of round %d of seed %d", minutes, minute, round, SEED)
                            .containsExactly(one.last(length, now).counts().counts());
                }
                Window closed = one.close(now);
                Window alike = many.close(now);
                assertThat(alike == null).isEqualTo(closed == null);
                if (closed != null && alike != null) {
                    assertThat(alike.counts().counts())
                            .containsExactly(closed.counts().counts());
                }
            }
        }
    }

    @Test
    void livesThatAreLongOverAreForgotten() {
        for (int i = 0; i < 10 * Windows.MOST_REPLICAS; i++) {
            long now = NOON + i * HOUR;
            assertThat(windows.put(new Replica("one", now), rows(1), now)).isTrue();
        }
        long now = NOON + 10 * Windows.MOST_REPLICAS * HOUR;
        for (int i = 0; i < 2 * Windows.MOST_REPLICAS; i++) {
            boolean taken = windows.put(new Replica("r" + i, now), rows(1), now);
            assertThat(taken || i > Windows.MOST_REPLICAS - 30).isTrue();
        }
        assertThat(windows.put(new Replica("x", now), rows(1), now)).isFalse();
    }
}
