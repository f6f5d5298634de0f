package dev.penstock.server.alerting;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.ModelKey;
import dev.penstock.monitor.drift.DriftStatus;
import dev.penstock.server.alerting.Notice.Why;
import dev.penstock.server.monitoring.Alert;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class TracksTest {
    private static final long SEED = 7;
    private static final Duration HOUR = Duration.ofHours(1);

    private final Tracks hourly = new Tracks(new Track.Policy(HOUR, Duration.ZERO));

    @Test
    void aRaiseIsToldOnceAndAgainAfterAWhileAndItsEndOnce() {
        Concern raised = Concerns.warning(1_000);

        assertThat(whys(hourly, List.of(raised), 2_000)).containsExactly(Why.RAISED);
        assertThat(whys(hourly, List.of(raised), 3_000)).isEmpty();
        assertThat(whys(hourly, List.of(raised), 2_000 + HOUR.toMillis() - 1)).isEmpty();
        assertThat(whys(hourly, List.of(raised), 2_000 + HOUR.toMillis())).containsExactly(Why.REPEATED);
        assertThat(whys(hourly, List.of(raised), 3_000 + HOUR.toMillis())).isEmpty();
        Concern over = Concerns.cleared(raised, 9_000_000);
        assertThat(whys(hourly, List.of(over), 9_000_000)).containsExactly(Why.RESOLVED);
        assertThat(whys(hourly, List.of(over), 90_000_000)).isEmpty();
    }

    @Test
    void whatGetsWorseIsToldOnceMore() {
        assertThat(whys(hourly, List.of(Concerns.warning(1_000)), 2_000)).containsExactly(Why.RAISED);
        assertThat(whys(hourly, List.of(Concerns.critical(1_000)), 3_000)).containsExactly(Why.WORSENED);
        assertThat(whys(hourly, List.of(Concerns.critical(1_000)), 4_000)).isEmpty();
    }

    @Test
    void whatCameAndWentBetweenTwoLooksIsToldInOrder() {
        Concern first = Concerns.cleared(Concerns.warning(1_000), 2_000);
        Concern second = Concerns.critical(3_000);

        // As the monitoring has it: the active one first.
        assertThat(whys(hourly, List.of(second, first), 5_000)).containsExactly(Why.RAISED, Why.RESOLVED, Why.RAISED);
    }

    @Test
    void withinTheCooldownOnlyWhatIsWorseIsTold() {
        Tracks tracks = new Tracks(new Track.Policy(Duration.ZERO, HOUR));
        Concern first = Concerns.warning(1_000);
        Concern over = Concerns.cleared(first, 2_000);
        assertThat(whys(tracks, List.of(first), 1_000)).containsExactly(Why.RAISED);
        assertThat(whys(tracks, List.of(over), 2_000)).containsExactly(Why.RESOLVED);

        assertThat(whys(tracks, List.of(Concerns.warning(3_000), over), 3_000)).isEmpty();
        assertThat(whys(tracks, List.of(Concerns.critical(3_000), over), 4_000)).containsExactly(Why.RAISED);
        Concern second = Concerns.cleared(Concerns.critical(3_000), 5_000);
        assertThat(whys(tracks, List.of(second, over), 5_000)).containsExactly(Why.RESOLVED);
        assertThat(whys(tracks, List.of(Concerns.warning(6_000), second, over), 6_000))
                .isEmpty();
        assertThat(whys(tracks, List.of(Concerns.warning(6_000), second, over), 4_000 + HOUR.toMillis()))
                .containsExactly(Why.RAISED);
    }

    @Test
    void whateverHappensEachRaiseIsToldOnceAndEachEndOnce() {
        for (int round = 0; round < 300; round++) {
            SplittableRandom random = new SplittableRandom(SEED + round);
            long renotify = random.nextBoolean() ? 0 : 1 + random.nextInt(200);
            long cooldown = random.nextBoolean() ? 0 : random.nextInt(300);
            new Life(random, renotify, cooldown).run("round %d of seed %d".formatted(round, SEED));
        }
    }

    private static List<Why> whys(Tracks tracks, List<Concern> concerns, long nowMillis) {
        return tracks.next(concerns, nowMillis).stream().map(Notice::why).toList();
    }

    /// Concerns that come and go at random, and what must hold of what is told.
    private static final class Life {
        private static final int STEPS = 400;
        private static final int KEPT = 12;

        private final SplittableRandom random;
        private final long renotify;
        private final long cooldown;
        private final Tracks tracks;
        private final Map<Concern.Subject, Concern> active = new HashMap<>();
        private final List<Concern> past = new ArrayList<>();
        private final Map<String, List<Why>> told = new HashMap<>();
        private final Map<String, Long> lastTold = new HashMap<>();
        private final Map<Concern.Subject, Notice> lastBeginning = new HashMap<>();
        private final Map<Concern.Subject, Long> beginningAt = new HashMap<>();

        Life(SplittableRandom random, long renotify, long cooldown) {
            this.random = random;
            this.renotify = renotify;
            this.cooldown = cooldown;
            this.tracks = new Tracks(new Track.Policy(Duration.ofMillis(renotify), Duration.ofMillis(cooldown)));
        }

        void run(String as) {
            long now = 1_000;
            for (int step = 0; step < STEPS; step++) {
                now += 1 + random.nextInt(60);
                change(now);
                List<Concern> seen = new ArrayList<>(active.values());
                seen.addAll(past.reversed());
                for (Notice notice : tracks.next(seen, now)) {
                    check(as, notice, now);
                }
                checkActive(as, now);
            }
            assertThat(tracks.size()).as(as).isLessThanOrEqualTo(6);
        }

        private void change(long now) {
            Alert.Kind kind = random.nextBoolean() ? Alert.Kind.DRIFT : Alert.Kind.QUALITY;
            ModelKey key = new ModelKey("m", 1 + random.nextInt(3));
            Concern.Subject subject = new Concern.Subject(kind, key);
            Concern before = active.get(subject);
            if (before == null) {
                DriftStatus severity = random.nextBoolean() ? DriftStatus.WARNING : DriftStatus.CRITICAL;
                active.put(subject, Concerns.of(kind, key, severity, now, 0, List.of("x")));
            } else if (random.nextInt(3) == 0) {
                active.put(
                        subject, Concerns.of(kind, key, DriftStatus.CRITICAL, before.raisedMillis(), 0, List.of("x")));
            } else if (random.nextInt(2) == 0) {
                active.remove(subject);
                past.add(Concerns.cleared(before, now));
                if (past.size() > KEPT) {
                    past.removeFirst();
                }
            }
        }

        private void check(String as, Notice notice, long now) {
            Concern concern = notice.concern();
            List<Why> before = told.computeIfAbsent(concern.id(), _ -> new ArrayList<>());
            String said = as + ": " + notice + " after " + before;
            switch (notice.why()) {
                case RAISED -> {
                    assertThat(before).as(said).isEmpty();
                    Notice last = lastBeginning.get(concern.subject());
                    boolean cooled = last == null
                            || now - beginningAt.getOrDefault(concern.subject(), now) >= cooldown
                            || concern.severity().compareTo(last.concern().severity()) > 0;
                    assertThat(cooled).as(said).isTrue();
                }
                case WORSENED ->
                    assertThat(before).as(said).contains(Why.RAISED).doesNotContain(Why.WORSENED);
                case REPEATED -> {
                    assertThat(before).as(said).contains(Why.RAISED).doesNotContain(Why.RESOLVED);
                    assertThat(now - lastTold.getOrDefault(concern.id(), now))
                            .as(said)
                            .isGreaterThanOrEqualTo(renotify);
                }
                case RESOLVED -> {
                    assertThat(before).as(said).contains(Why.RAISED).doesNotContain(Why.RESOLVED);
                    assertThat(concern.active()).as(said).isFalse();
                }
            }
            before.add(notice.why());
            lastTold.put(concern.id(), now);
            if (notice.why() == Why.RAISED || notice.why() == Why.WORSENED) {
                lastBeginning.put(concern.subject(), notice);
                beginningAt.put(concern.subject(), now);
            }
        }

        private void checkActive(String as, long now) {
            for (Concern concern : active.values()) {
                List<Why> said = told.getOrDefault(concern.id(), List.of());
                if (cooldown == 0) {
                    assertThat(said).as(as).contains(Why.RAISED);
                }
                if (!said.isEmpty() && renotify > 0) {
                    assertThat(now - lastTold.getOrDefault(concern.id(), now))
                            .as(as)
                            .isLessThan(renotify);
                }
            }
            for (Concern concern : past) {
                List<Why> said = told.getOrDefault(concern.id(), List.of());
                assertThat(said.contains(Why.RESOLVED)).as(as).isEqualTo(said.contains(Why.RAISED));
            }
        }
    }
}
