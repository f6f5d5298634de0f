package dev.penstock.server.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.DataType;
import dev.penstock.core.ModelKey;
import dev.penstock.core.Signature;
import dev.penstock.core.TensorSpec;
import dev.penstock.monitor.drift.DriftRules;
import dev.penstock.monitor.recording.Cumulative;
import dev.penstock.monitor.recording.Edges;
import dev.penstock.monitor.recording.Feature;
import dev.penstock.monitor.recording.FeatureOrder;
import dev.penstock.monitor.recording.Known;
import dev.penstock.monitor.recording.MonitorPlan;
import dev.penstock.monitor.recording.MonitorSettings;
import dev.penstock.monitor.recording.PlanCompiler;
import dev.penstock.monitor.recording.PlanVerdict;
import dev.penstock.monitor.recording.RecordingMemory;
import dev.penstock.monitor.recording.VersionRecording;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
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

        assertThat(hours.weekBefore(plan(), null, 2 * WEEK_MILLIS, 2 * WEEK_MILLIS + HourSlots.HOUR_MILLIS))
                .isNull();

        assertThat(hours.isPending()).as("it is not waited for").isFalse();
    }

    @Test
    void ofFeaturesWithOtherEdgesNowTheBaselineCountsAndOfOthersTheHour() {
        MonitorPlan before = plan(Edges.UNIT);
        MonitorPlan now = plan(Edges.uniform(0, 2, 20));
        HourSlots hours = new HourSlots(KEY, folder, new RecordingMemory(1L << 20), Runnable::run);
        hours.keep(WEEK_MILLIS, counted(before, 700, 700));

        Cumulative usual =
                hours.weekBefore(now, counted(now, 90, 90), 2 * WEEK_MILLIS, 2 * WEEK_MILLIS + HourSlots.HOUR_MILLIS);

        assertThat(usual).isNotNull();
        assertThat(total(usual, "x[0]")).isEqualTo(700);
        assertThat(total(usual, "output:y")).isEqualTo(90);
        assertThat(usual.recorded()).isEqualTo(700);
    }

    @Test
    void hoursWeighAsTheRowsThatRanInThem() {
        MonitorPlan plan = plan(Edges.UNIT);
        HourSlots hours = new HourSlots(KEY, folder, new RecordingMemory(1L << 20), Runnable::run);
        hours.keep(WEEK_MILLIS, counted(plan, 1_000, 16_000));
        hours.keep(WEEK_MILLIS + HourSlots.HOUR_MILLIS, counted(plan, 4_000, 4_000));

        Cumulative usual = hours.weekBefore(plan, null, 2 * WEEK_MILLIS, 2 * WEEK_MILLIS + 2 * HourSlots.HOUR_MILLIS);

        assertThat(usual).isNotNull();
        assertThat(usual.seen()).isEqualTo(20_000);
        assertThat(usual.recorded()).isEqualTo(20_000L * 20_000 / (256 * 1_000 + 4_000));
    }

    private static MonitorPlan plan(Edges answers) {
        Signature signature = new Signature(
                List.of(TensorSpec.of("x", DataType.FP32, -1, 2)), List.of(TensorSpec.of("y", DataType.FP32, -1)), 0);
        MonitorSettings settings =
                MonitorSettings.STANDARD.withInputs(List.of(FeatureOrder.of("x", FeatureOrder.Kind.NUMERIC)));
        if (!(PlanCompiler.compile(signature, settings, 1) instanceof PlanVerdict.Planned planned)) {
            throw new AssertionError("this can be planned");
        }
        return planned.plan()
                .with(new Known(
                        Map.of("x[0]", Edges.UNIT, "x[1]", Edges.UNIT, "output:y", answers), Map.of(), Map.of()));
    }

    /// All in one bin.
    private static Cumulative counted(MonitorPlan plan, long recorded, long seen) {
        long[] counts = new long[plan.slots()];
        counts[MonitorPlan.SEEN] = seen;
        counts[MonitorPlan.RECORDED] = recorded;
        for (Feature feature : plan.features()) {
            counts[feature.firstSlot() + Feature.Numeric.FIRST_BIN + 3] = recorded;
        }
        return Cumulative.of(plan, counts, new double[plan.sums()]);
    }

    private static long total(Cumulative counts, String name) {
        return counts.total(Objects.requireNonNull(counts.plan().feature(name)));
    }
}
