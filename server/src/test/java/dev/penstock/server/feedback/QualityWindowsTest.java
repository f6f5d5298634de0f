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

    private static long bytesOfOne() {
        LabelCounts one = new LabelCounts();
        one.label(Task.BINARY, 1, 0.9, 1);
        return one.bytes();
    }

    @Test
    void aStepTakesMemoryForWhatIsCountedInIt() {
        for (int i = 0; i < 20; i++) {
            label(NOW + 5L * i, NOW + 95);
        }
        windows.age(NOW + 95);

        assertThat(memory.reservedBytes())
                .isEqualTo(20 * bytesOfOne() - QualityWindows.OWN_BYTES)
                .isLessThan(4 * QualityWindows.OWN_BYTES);
    }

    /// A version of which there is nothing more than what each has.
    private final QualityWindows few = new QualityWindows(30 * DAY, new RecordingMemory(0));

    private long fewSteps() {
        for (int i = 0; i < 8; i++) {
            few.at(NOW + 5L * i, NOW + 35).label(Task.BINARY, 1, 0.9, 1);
        }
        return QualityWindows.OWN_BYTES / bytesOfOne();
    }

    @Test
    void whereThereIsNoRoomTheOldestMakesSome() {
        long kept = fewSteps();

        assertThat(kept).isBetween(2L, 7L);
        assertThat(few.last(null, NOW + 35).counts().labels()).isEqualTo(kept);
        assertThat(few.last(Duration.ofMinutes(5 * kept - 5), NOW + 35).counts().labels())
                .as("the younger ones")
                .isEqualTo(kept);
        few.at(NOW, NOW + 35).label(Task.BINARY, 1, 0.9, 1);
        assertThat(few.last(null, NOW + 35).counts().labels())
                .as("older than all")
                .isEqualTo(kept);
    }

    @Test
    void aStepThatGrowsHasTheRoomOfTheOldest() {
        long kept = fewSteps();
        for (int i = 0; i < 200; i++) {
            few.at(NOW + 35, NOW + 35).label(Task.BINARY, 1, Math.scalb(1.0, -i / 12) * (1 - i % 12 / 24.0), 1);
        }
        few.age(NOW + 35);

        assertThat(few.last(null, NOW + 35).counts().bytes()).isLessThan(QualityWindows.OWN_BYTES);
        assertThat(few.last(Duration.ofMinutes(5), NOW + 35).counts().labels())
                .as("with the step before it")
                .isEqualTo(202);
        assertThat(few.last(null, NOW + 35).counts().labels()).isBetween(202L, 201 + kept - 2);
    }

    @Test
    void aStepNeverTakesMoreThanEachVersionHas() {
        LabelCounts scores = few.at(NOW, NOW);
        for (int part = 0; part < 1 << 18; part++) {
            double score = part / (double) (1 << 18);
            scores.label(Task.BINARY, 1, score, 1);
            scores.label(Task.BINARY, 1, 1 - score, 1);
        }
        LabelCounts classes = new LabelCounts();
        for (int cell = 0; cell < 40 * 40; cell++) {
            classes.label(Task.MULTICLASS, cell / 40, 0.5, cell % 40);
        }

        assertThat(scores.bytes()).isGreaterThan(8_192).isLessThanOrEqualTo(QualityWindows.OWN_BYTES);
        assertThat(classes.bytes()).isGreaterThan(8_192).isLessThanOrEqualTo(QualityWindows.OWN_BYTES);
        few.age(NOW);
        assertThat(few.last(null, NOW).counts().labels()).isEqualTo(1 << 19);
    }

    private void label(long minute, long now) {
        windows.at(minute, now).label(Task.BINARY, 1, 0.9, 1);
    }

    private long labels(Duration length, long now) {
        return windows.last(length, now).counts().labels();
    }
}
