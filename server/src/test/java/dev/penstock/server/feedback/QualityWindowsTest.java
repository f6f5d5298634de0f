package dev.penstock.server.feedback;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.monitor.quality.LabelCounts;
import dev.penstock.monitor.quality.Task;
import dev.penstock.monitor.recording.RecordingMemory;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class QualityWindowsTest {
    private static final long DAY = 24 * 60;
    private static final long NOW = 29_000_000;

    private final RecordingMemory memory = new RecordingMemory(1 << 20);
    private final QualityWindows windows = new QualityWindows(30 * DAY, memory);

    @Test
    void labelsCountWhenItWasPredictedHoweverLateTheyCome() {
        label(NOW - 2, NOW);
        label(NOW - 3 * 60, NOW);
        label(NOW - 10 * DAY, NOW);
        windows.predicted(7, NOW);

        assertThat(labels(Duration.ofMinutes(5), NOW)).isEqualTo(1);
        assertThat(labels(Duration.ofHours(1), NOW)).isEqualTo(1);
        assertThat(labels(Duration.ofHours(4), NOW)).isEqualTo(2);
        assertThat(labels(Duration.ofDays(11), NOW)).isEqualTo(3);
        assertThat(windows.last(Duration.ofHours(1), NOW).predictions()).isEqualTo(7);
    }

    @Test
    void whatAgesCountsOnceUntilNobodyAsksForIt() {
        for (long hour = 0; hour < 50; hour++) {
            label(NOW + hour * 60L, NOW + hour * 60L);
            windows.age(NOW + hour * 60L);
            assertThat(labels(Duration.ofDays(30), NOW + hour * 60L)).isEqualTo(hour + 1);
        }
        long later = NOW + 29 * DAY;
        windows.age(later);
        assertThat(labels(Duration.ofDays(30), later)).isEqualTo(50);
        windows.age(later + 10 * DAY);
        assertThat(labels(Duration.ofDays(60), later + 10 * DAY)).isZero();
        windows.close();
        assertThat(memory.reservedBytes()).isZero();
    }

    @Test
    void whereThereIsNoRoomTheOldestMakesSome() {
        QualityWindows few = new QualityWindows(30 * DAY, new RecordingMemory(2 * QualityWindows.STEP_BYTES));
        for (int i = 0; i < 5; i++) {
            few.at(NOW + 5L * i, NOW + 20).label(Task.BINARY, 1, 0.9, 1);
        }
        assertThat(few.last(null, NOW + 20).counts().labels()).isEqualTo(3);
        assertThat(few.last(Duration.ofMinutes(10), NOW + 20).counts().labels()).isEqualTo(3);
        few.at(NOW, NOW + 20).label(Task.BINARY, 1, 0.9, 1);
        assertThat(few.last(null, NOW + 20).counts().labels()).isEqualTo(3);
    }

    @Test
    void aStepHasRoomForAllThatIsCountedInIt() {
        LabelCounts scores = windows.at(NOW, NOW);
        for (int part = 0; part < 1 << 18; part++) {
            double score = part / (double) (1 << 18);
            scores.label(Task.BINARY, 1, score, 1);
            scores.label(Task.BINARY, 1, 1 - score, 1);
        }
        long[] places = scores.scores().finer().places();
        assertThat(places.length * (Short.BYTES + 2 * Long.BYTES))
                .isGreaterThan(4_096)
                .isLessThan((int) QualityWindows.STEP_BYTES);
    }

    private void label(long minute, long now) {
        windows.at(minute, now).label(Task.BINARY, 1, 0.9, 1);
    }

    private long labels(Duration length, long now) {
        return windows.last(length, now).counts().labels();
    }
}
