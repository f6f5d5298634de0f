package dev.penstock.server.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.ModelKey;
import dev.penstock.monitor.drift.DriftRules;
import dev.penstock.monitor.recording.MonitorPlan;
import dev.penstock.monitor.recording.RecordingMemory;
import dev.penstock.monitor.recording.VersionRecording;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HourSlotsTest {
    private static final ModelKey KEY = new ModelKey("m", 1);
    private static final long WEEK_MILLIS = Duration.ofDays(7).toMillis();

    @TempDir
    private Path folder;

    private static MonitorPlan plan() {
        ModelOrder order = ModelOrder.of(Map.of(), true, DriftRules.STANDARD);
        VersionRecording recording = new VersionRecording(
                KEY, WatchedModel.SIGNATURE, order.settings(), 1, new RecordingMemory(1L << 26), () -> 0);
        try {
            recording.ran(0, new Answers(new float[] {1}));
            return Objects.requireNonNull(recording.plan());
        } finally {
            recording.close();
        }
    }

    @Test
    void anHourThatCannotBeReadForWhateverReasonIsNotKnown() throws IOException {
        FileSystem archive = FileSystems.newFileSystem(folder.resolve("gone.zip"), Map.of("create", "true"));
        Path gone = archive.getPath("/");
        HourSlots hours = new HourSlots(KEY, gone, new RecordingMemory(1L << 20), Runnable::run);
        // From here on it throws what is no IOException.
        archive.close();

        assertThat(hours.weekBefore(plan(), 2 * WEEK_MILLIS, 2 * WEEK_MILLIS + HourSlots.HOUR_MILLIS))
                .isNull();

        assertThat(hours.isPending()).as("it is not waited for").isFalse();
    }
}
