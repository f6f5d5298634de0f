package dev.penstock.server.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.ModelKey;
import dev.penstock.monitor.drift.DriftChange;
import dev.penstock.monitor.drift.DriftStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BaselineSourcesTest {
    private static final long MINUTE = Duration.ofMinutes(1).toMillis();
    private static final long HOUR = Duration.ofHours(1).toMillis();
    private static final long WEEK = 168 * HOUR;

    private final Map<ModelKey, VersionWatch> all = new LinkedHashMap<>();

    private static DriftStatus status(WatchedModel model, Duration length, long atMillis) {
        return model.watch.evaluation(length, atMillis).status();
    }

    @Test
    void aVersionIsHeldAgainstAnotherOnesAnswersOfTheSameTime() {
        WatchedModel champion = new WatchedModel(1, Map.of(), all, null);
        WatchedModel challenger = new WatchedModel(2, Map.of("monitor.baseline", "version 1"), all, null);
        // What is usual is long ago: both answer otherwise today, but not both alike.
        champion.serve(3_000, 0, 0);
        challenger.serve(1_000, 2, 0);
        champion.serve(2_000, 2, HOUR);
        challenger.serve(2_000, 2, HOUR);

        assertThat(status(champion, Duration.ofMinutes(5), HOUR)).isEqualTo(DriftStatus.CRITICAL);
        assertThat(status(challenger, Duration.ofMinutes(5), HOUR)).isEqualTo(DriftStatus.OK);

        challenger.serve(4_000, 3.5, HOUR + MINUTE);
        assertThat(status(challenger, Duration.ofMinutes(5), HOUR + MINUTE)).isEqualTo(DriftStatus.CRITICAL);
        assertThat(challenger.watch.shown().note()).isEmpty();
    }

    @Test
    void aBurstOfAMinuteIsNoAlarmHoweverManyRowsItHas() {
        WatchedModel model = new WatchedModel(1, Map.of(), all, null);
        model.serve(3_000, 0, 0);
        model.look(HOUR);

        for (int second = 1; second < 4; second++) {
            model.serve(110_000, 3, HOUR + second * 1_000L);
        }
        model.serve(2_000, 0, HOUR + 6 * MINUTE);
        model.serve(2_000, 0, HOUR + 11 * MINUTE);
        model.look(HOUR + 16 * MINUTE);

        assertThat(model.watch.isAlarmed()).isFalse();
    }

    @Test
    void aVersionThatIsNotThereIsToldWithThoseThatAre() {
        WatchedModel model = new WatchedModel(2, Map.of("monitor.baseline", "version 7"), all, null);
        WatchedModel other = new WatchedModel(3, Map.of(), all, null);
        model.serve(100, 0, 0);
        other.serve(100, 0, 0);

        assertThat(model.watch.shown().note())
                .isEqualTo("monitor.baseline: version 7 is not loaded (expected: one of [3])");
    }

    @Test
    void theTimeBeforeIsWhatIsUsual() {
        WatchedModel model = new WatchedModel(1, Map.of("monitor.baseline", "previous 1h"), all, null);
        model.serve(3_000, 0, 0);
        for (int minute = 0; minute < 120; minute++) {
            model.serve(100, 3, HOUR + minute * MINUTE);
        }
        long now = 3 * HOUR;
        model.look(now);

        // It was moved for two hours already: nothing new.
        assertThat(status(model, Duration.ofHours(1), now)).isEqualTo(DriftStatus.OK);
        for (int minute = 0; minute < 60; minute++) {
            model.serve(100, 0, now + minute * MINUTE);
        }
        assertThat(status(model, Duration.ofHours(1), now + HOUR)).isEqualTo(DriftStatus.CRITICAL);
    }

    /// A model that had a busy hour a week ago, and has just had the same one again.
    private WatchedModel aWeekLater(Path folder, Executor disk) {
        WatchedModel model = new WatchedModel(1, Map.of("monitor.baseline", "same-hour-of-week"), all, folder, disk);
        model.serve(3_000, 0, 0);
        busyHour(model, HOUR);
        model.look(2 * HOUR);
        model.look(WEEK);
        busyHour(model, WEEK + HOUR);
        return model;
    }

    @Test
    void theSameHourOfTheWeekBeforeIsWhatIsUsual(@TempDir Path folder) {
        WatchedModel model = aWeekLater(folder, Runnable::run);
        long now = WEEK + 2 * HOUR - 1;

        // It is what it was in this hour of last week, and not what was learnt.
        assertThat(status(model, Duration.ofMinutes(30), now)).isEqualTo(DriftStatus.OK);
        assertThat(model.watch.shown().note()).isEmpty();
        model.look(WEEK + 2 * HOUR);
        busyHour(model, WEEK + 2 * HOUR);
        // Of that hour nothing is known: what was learnt counts.
        assertThat(status(model, Duration.ofMinutes(30), WEEK + 3 * HOUR - 1)).isEqualTo(DriftStatus.CRITICAL);
    }

    @Test
    void whoLooksWaitsForNoDiskAndHoldsNothingAgainstAnotherBaselineMeanwhile(@TempDir Path folder) {
        Queue<Runnable> disk = new ArrayDeque<>();
        WatchedModel model = aWeekLater(folder, disk::add);
        long now = WEEK + 2 * HOUR - 1;
        Duration window = Duration.ofMinutes(30);

        assertThat(disk).isNotEmpty();
        assertThat(folder.resolve("m")).doesNotExist();
        assertThat(model.watch.evaluation(window, now).report()).isNull();
        assertThat(model.watch.evaluation(window, now).report()).isNull();

        // What is asked for may have others go.
        for (int i = 0; i < 5 && model.watch.evaluation(window, now).report() == null; i++) {
            for (Runnable work = disk.poll(); work != null; work = disk.poll()) {
                work.run();
            }
        }
        assertThat(status(model, window, now)).isEqualTo(DriftStatus.OK);
    }

    @Test
    void hoursInUseAreReadOnceWithinTheMemoryAndOldOnesAreDeleted(@TempDir Path folder) {
        WatchedModel model = aWeekLater(folder, Runnable::run);
        long now = WEEK + 2 * HOUR - 1;
        assertThat(status(model, Duration.ofMinutes(30), now)).isEqualTo(DriftStatus.OK);
        assertThat(model.memory.reservedBytes()).isPositive();

        Path hours = folder.resolve("m/hours-1");
        HourSlots.sweep(folder, now);
        assertThat(hours.resolve("1.hour")).exists();
        HourSlots.sweep(folder, 4 * WEEK);
        assertThat(hours).doesNotExist();

        assertThat(status(model, Duration.ofMinutes(30), now)).isEqualTo(DriftStatus.OK);
        model.watch.close();
        assertThat(model.memory.reservedBytes()).isZero();
        assertThat(status(model, Duration.ofMinutes(30), now)).isEqualTo(DriftStatus.CRITICAL);
    }

    @Test
    void onlyOldHoursAreDeletedWhateverAModelIsCalled(@TempDir Path folder) throws Exception {
        Path baseline = old(folder.resolve("hours-5/3f2a.json"));
        Path hourOfIt = old(folder.resolve("hours-5/hours-1/7.hour"));
        Path stray = old(folder.resolve("m/hours-1/notes.txt"));
        Path besideIt = old(folder.resolve("m/hours-1/9.hour"));
        Path within = old(folder.resolve("m/hours-2/8.hour/7.hour"));
        Path gone = old(folder.resolve("m/hours-3/8-before.hour"));
        Path deeper = old(folder.resolve("m/other/hours-1/8.hour"));

        HourSlots.sweep(folder, 4 * WEEK);

        assertThat(List.of(baseline, stray, within, deeper))
                .allSatisfy(path -> assertThat(path).exists());
        assertThat(List.of(hourOfIt, besideIt, gone))
                .allSatisfy(path -> assertThat(path).doesNotExist());
        assertThat(folder.resolve("hours-5/hours-1")).doesNotExist();
        assertThat(folder.resolve("m/hours-3")).doesNotExist();
    }

    private static Path old(Path file) throws IOException {
        Files.createDirectories(Objects.requireNonNull(file.getParent()));
        Files.writeString(file, "{}");
        return Files.setLastModifiedTime(file, FileTime.fromMillis(0));
    }

    @Test
    void anotherConfigurationCountsNoRowTwice() {
        WatchedModel model = new WatchedModel(1, Map.of(), all, null);
        model.serve(3_000, 0, 0);
        for (int hour = 0; hour < 3; hour++) {
            model.serve(1_000, 0, HOUR + hour * HOUR);
        }
        long now = 5 * HOUR;
        model.look(now);

        model.reload(Map.of("monitor.critical", "0.5"), now);
        model.serve(200, 0, now);

        assertThat(model.watch.evaluation(Duration.ofMinutes(5), now).rows()).isEqualTo(200);
        assertThat(model.watch.evaluation(Duration.ofHours(23), now).rows()).isGreaterThanOrEqualTo(3_200);
    }

    @Test
    void whoGoesBackToWhatItLearntIsHeldAgainstThatAndWhatWasToldIsOver() {
        WatchedModel champion = new WatchedModel(1, Map.of(), all, null);
        WatchedModel model = new WatchedModel(2, Map.of(), all, null);
        champion.serve(3_000, 4, 0);
        model.serve(3_000, 0, 0);
        String learnt = model.watch.shown().baselineId();
        for (int look = 1; look < 4; look++) {
            model.serve(2_000, 3, look * 5L * MINUTE);
            model.look((look + 1) * 5L * MINUTE);
        }
        assertThat(model.watch.isAlarmed()).isTrue();

        long now = HOUR;
        model.reload(Map.of("monitor.baseline", "version 1"), now);
        model.look(now);
        assertThat(model.watch.isAlarmed()).isFalse();
        assertThat(model.watch.shown().baselineId())
                .isEqualTo(champion.watch.shown().baselineId())
                .isNotEqualTo(learnt);

        model.reload(Map.of(), now + MINUTE);
        model.look(now + MINUTE);
        assertThat(model.watch.shown().baselineId()).isEqualTo(learnt);
        model.serve(2_000, 0, now + MINUTE);
        assertThat(status(model, Duration.ofMinutes(5), now + MINUTE)).isEqualTo(DriftStatus.OK);
    }

    @Test
    void whoOnlyFollowedLearnsOnceItDoesNotAnyMore() {
        WatchedModel champion = new WatchedModel(1, Map.of(), all, null);
        WatchedModel model = new WatchedModel(2, Map.of("monitor.baseline", "version 1"), all, null);
        champion.serve(3_000, 4, 0);
        model.serve(3_000, 0, 0);
        assertThat(model.watch.shown().baselineId())
                .isEqualTo(champion.watch.shown().baselineId());

        model.reload(Map.of(), HOUR);
        model.serve(1_500, 0, HOUR);
        model.serve(1_000, 0, HOUR + MINUTE);

        assertThat(model.watch.shown().baselineId())
                .isNotEmpty()
                .isNotEqualTo(champion.watch.shown().baselineId());
        assertThat(status(model, Duration.ofMinutes(5), HOUR + MINUTE)).isEqualTo(DriftStatus.OK);
    }

    private static void busyHour(WatchedModel model, long fromMillis) {
        for (int minute = 0; minute < 60; minute++) {
            model.serve(100, 3, fromMillis + minute * MINUTE);
        }
    }

    @Test
    void hoursNeedAFolder() {
        WatchedModel model = new WatchedModel(1, Map.of("monitor.baseline", "same-hour-of-week"), all, null);
        model.serve(100, 0, 0);

        assertThat(model.watch.shown().note())
                .isEqualTo("monitor.baseline: same-hour-of-week is kept in the data folder (expected: data-dir)");
    }

    @Test
    void aDriftIsToldAtOnceByWhatSubWindowsSay() {
        WatchedModel model = new WatchedModel(1, Map.of(), all, null);
        model.serve(3_000, 0, 0);
        assertThat(model.look(5 * MINUTE)).isNull();
        DriftChange told = null;
        int subWindows = 0;
        while (told == null && subWindows < 5) {
            subWindows++;
            long begin = subWindows * 5L * MINUTE;
            model.serve(200, 1.5, begin + MINUTE);
            told = model.look(begin + 5 * MINUTE);
        }

        // Windows need 500 values, and two of them.
        assertThat(told).isNotNull();
        assertThat(told.cause()).isEqualTo(DriftChange.Cause.EVIDENCE);
        assertThat(told.status()).isEqualTo(DriftStatus.CRITICAL);
        assertThat(subWindows).isEqualTo(3);
        assertThat(model.watch.shown().evidence().status()).isEqualTo(DriftStatus.CRITICAL);
    }
}
