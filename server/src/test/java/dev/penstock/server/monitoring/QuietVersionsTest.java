package dev.penstock.server.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.ModelKey;
import dev.penstock.core.RunObserver;
import dev.penstock.monitor.drift.Alarm;
import dev.penstock.monitor.drift.DriftChange;
import dev.penstock.monitor.drift.DriftRules;
import dev.penstock.monitor.recording.Cumulative;
import dev.penstock.monitor.recording.RecordingMemory;
import dev.penstock.monitor.recording.Recordings;
import dev.penstock.monitor.recording.VersionRecording;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Versions that nobody asks are looked at seldom, and are known as if they were looked at every second. The
/// times are given.
class QuietVersionsTest {
    private static final ModelKey KEY = new ModelKey("m", 1);
    private static final int SECOND = 1_000;
    private static final int MINUTE = 60;
    private static final int HOUR = 3_600;
    private static final Duration SHORT = Duration.ofMinutes(5);

    private final RecordingMemory memory = new RecordingMemory(16 << 20);
    private final Recordings recordings = new Recordings(
            (_, parameters) ->
                    ModelOrder.of(parameters, true, DriftRules.STANDARD).settings(),
            memory,
            () -> 0);
    private long nowMillis = 1_800_000_000_000L + 437;
    private final Monitoring monitoring = new Monitoring(
            recordings::open,
            _ -> true,
            memory,
            WatchedModel.SETTINGS,
            2,
            null,
            null,
            null,
            () -> Instant.ofEpochMilli(nowMillis));
    private final SplittableRandom random = new SplittableRandom(7);

    @AfterEach
    void close() {
        monitoring.close();
    }

    private RunObserver load(ModelKey key, Map<String, String> parameters) {
        return recordings.of(key, WatchedModel.SIGNATURE, 1, parameters);
    }

    private Answers answers(int rows, double mean) {
        float[] values = new float[rows];
        for (int i = 0; i < rows; i++) {
            values[i] = (float) (mean + random.nextGaussian());
        }
        return new Answers(values);
    }

    /// Until it is known what is usual, and some more.
    private void serve(RunObserver copy) {
        for (int i = 0; i < 10; i++) {
            copy.ran(0, answers(500, 0));
            tick();
        }
    }

    private void tick() {
        nowMillis += SECOND;
        monitoring.tick(nowMillis);
    }

    private void ticks(int seconds) {
        for (int i = 0; i < seconds; i++) {
            tick();
        }
    }

    private Watched watched(ModelKey key) {
        return monitoring.watched().stream()
                .filter(one -> one.key().equals(key))
                .findFirst()
                .orElseThrow();
    }

    /// Somebody who looks at the same answers every second.
    private final class Reference {
        private final VersionRecording recording = new VersionRecording(
                KEY,
                WatchedModel.SIGNATURE,
                ModelOrder.of(Map.of(), true, DriftRules.STANDARD).settings(),
                1,
                new RecordingMemory(16 << 20),
                () -> 0);
        private final VersionWatch watch =
                new VersionWatch(KEY, WatchedModel.SETTINGS, null, new UsualOf(KEY, Map.of(), null));
        private final Map<Alarm.Change, Long> told = new HashMap<>();

        void look() {
            watch.load(List.of(recording));
            watch.observe(nowMillis);
            Baseline _ = watch.learn(nowMillis);
            DriftChange now = watch.look(nowMillis);
            if (now != null) {
                told.put(now.change(), nowMillis);
            }
        }
    }

    /// Rows of a second of the whole day that is played.
    private int rows(int second) {
        boolean isBurst = random.nextInt(200) < 3;
        boolean isRare = random.nextInt(500) == 0;
        if (second < 3 * MINUTE) {
            return 30;
        }
        if (second < 30 * MINUTE) {
            return 0;
        }
        if (second < 2 * HOUR) {
            return isBurst ? 300 : 0;
        }
        if (second < 3 * HOUR) {
            return 0;
        }
        if (second < 5 * HOUR) {
            return isBurst ? 300 : 0;
        }
        return second < 7 * HOUR && isRare ? 20 : 0;
    }

    @Test
    void allIsAsIfEveryVersionWereLookedAtEverySecond() {
        Reference reference = new Reference();
        RunObserver copy = load(KEY, Map.of());
        List<Integer> asked = List.of(31 * MINUTE, 2 * HOUR + 59, 4 * HOUR + 1, 5 * HOUR + 7 * MINUTE, 8 * HOUR - 1);
        for (int second = 0; second < 8 * HOUR; second++) {
            int rows = rows(second);
            if (rows > 0) {
                Answers answers = answers(rows, second > HOUR && second < 2 * HOUR ? 3 : 0);
                copy.ran(0, answers);
                reference.recording.ran(0, answers);
            }
            tick();
            reference.look();

            Watched now = watched(KEY);
            assertThat(now.phase()).isEqualTo(reference.watch.shown().phase());
            assertThat(recorded(now.total())).isEqualTo(recorded(reference.watch.total()));
            assertThat(now.evidence().subWindows())
                    .as("after %d s", second)
                    .isEqualTo(reference.watch.shown().evidence().subWindows());
            if (asked.contains(second)) {
                for (Duration length : WatchedModel.SETTINGS.windows()) {
                    assertThat(monitoring.evaluation(KEY, length).rows())
                            .as("of %s after %d s", length, second)
                            .isEqualTo(reference
                                    .watch
                                    .evaluation(length, nowMillis)
                                    .rows());
                }
            }
        }

        assertThat(reference.told).containsKeys(Alarm.Change.RAISED, Alarm.Change.CLEARED);
        assertThat(monitoring.alerts()).singleElement().satisfies(alert -> {
            assertThat(alert.raisedMillis()).isEqualTo(reference.told.get(Alarm.Change.RAISED));
            assertThat(alert.clearedMillis()).isEqualTo(reference.told.get(Alarm.Change.CLEARED));
        });
    }

    private static long recorded(@Nullable Cumulative counts) {
        return counts == null ? 0 : counts.recorded();
    }

    @Test
    void whatIsShownOfAVersionThatWentQuietIsAtMostAMinuteOld() {
        RunObserver copy = load(KEY, Map.of());
        for (int i = 0; i < 100; i++) {
            copy.ran(0, answers(50, 0));
            tick();
        }
        copy.ran(0, answers(600, 0));
        ticks(MINUTE + 1);
        Evaluation lately = watched(KEY).evaluations().getFirst();
        assertThat(lately.length()).isEqualTo(SHORT);
        assertThat(lately.rows()).as("with those that came last").isGreaterThanOrEqualTo(600);

        // The window of 5 minutes begins with a step of as many.
        ticks(10 * MINUTE + MINUTE);
        assertThat(watched(KEY).evaluations().getFirst().rows()).isZero();
        assertThat(watched(KEY).evaluations().getLast().rows()).isPositive();
    }

    @Test
    void aQuietVersionCountsAsTheOneDoesThatItIsHeldAgainstAtOnce() {
        ModelKey other = new ModelKey("m", 2);
        RunObserver champion = load(KEY, Map.of());
        RunObserver challenger = load(other, Map.of("monitor.baseline", "version 1"));
        challenger.ran(0, answers(10, 0));
        ticks(10);
        serve(champion);
        ticks(2);

        assertThat(watched(KEY).baselineId()).isNotEmpty();
        assertThat(watched(other).baselineId()).isEqualTo(watched(KEY).baselineId());
    }

    @Test
    void whoeverIsHeldAgainstSomethingElseWhileQuietIsLookedAtAtOnce() {
        RunObserver copy = load(KEY, Map.of());
        serve(copy);
        ticks(20 * MINUTE);
        String learnt = watched(KEY).baselineId();
        Baseline captured = monitoring.captured(KEY, Duration.ofHours(1));
        monitoring.add(captured, "ann");
        assertThat(captured.id()).isNotEqualTo(learnt);
        ticks(2);
        monitoring.hold(KEY, captured.id(), "ann");
        tick();

        assertThat(watched(KEY).baselineId()).isEqualTo(captured.id());
    }

    @Test
    void aVersionWithoutRoomIsRecordedOnceOthersGaveSomeBack() {
        RunObserver first = load(new ModelKey("first", 1), Map.of());
        long rest = memory.maxBytes() - memory.reservedBytes();
        assertThat(memory.tryReserve(rest)).isTrue();
        RunObserver late = load(KEY, Map.of());
        tick();
        assertThat(watched(KEY).note()).contains("all models together");
        ticks(5);
        first.close();
        ticks(2);
        late.ran(0, answers(10, 0));
        tick();

        assertThat(watched(KEY).note()).isEmpty();
        assertThat(recorded(watched(KEY).total())).isEqualTo(10);
    }

    @Test
    void whatIsQuietIsLookedAtOnceAMinuteAndNotAllAtOnce() {
        List<LookTimes> all = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            LookTimes one = new LookTimes(new ModelKey("model-" + i, 1), Duration.ofMinutes(1));
            one.looked(nowMillis, Long.MAX_VALUE);
            all.add(one);
        }
        int looks = 0;
        for (int second = 0; second < 10 * MINUTE; second++) {
            nowMillis += SECOND;
            int due = 0;
            for (LookTimes one : all) {
                if (one.isDue(nowMillis)) {
                    one.looked(nowMillis, Long.MAX_VALUE);
                    due++;
                }
            }
            assertThat(due).isLessThan(60);
            looks += due;
        }
        assertThat(looks).isEqualTo(10 * all.size());
    }

    @Test
    void aClockThatWasSetBackEndsNoRhythm() {
        Rhythm rhythm = Rhythm.of(KEY, Duration.ofMinutes(1));
        long next = rhythm.after(nowMillis);

        assertThat(next)
                .isBetween(nowMillis + 1, nowMillis + Duration.ofMinutes(1).toMillis());
        assertThat(rhythm.comesBetween(nowMillis, next - 1)).isFalse();
        assertThat(rhythm.comesBetween(nowMillis, next)).isTrue();
        assertThat(rhythm.comesBetween(next, nowMillis)).isTrue();
    }

    @Test
    void whatWaitsIsLookedAtWhenItIsOver() {
        LookTimes times = new LookTimes(KEY, Duration.ofHours(1));
        assertThat(times.isDue(nowMillis)).as("nobody looked yet").isTrue();
        times.looked(nowMillis, nowMillis + 500);
        assertThat(times.isDue(nowMillis + 499)).isFalse();
        assertThat(times.isDue(nowMillis + 500)).isTrue();

        LookTimes often = new LookTimes(KEY, Duration.ofSeconds(1));
        often.evaluated(nowMillis);
        often.newsCame();
        often.looked(nowMillis, Long.MAX_VALUE);
        assertThat(often.isDue(nowMillis + SECOND))
                .as("windows are to be judged")
                .isTrue();
        assertThat(often.isToBeEvaluated(nowMillis + SECOND)).isTrue();
    }
}
