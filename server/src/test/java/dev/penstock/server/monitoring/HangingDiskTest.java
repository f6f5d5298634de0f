package dev.penstock.server.monitoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.core.ModelKey;
import dev.penstock.core.RunObserver;
import dev.penstock.monitor.drift.DriftRules;
import dev.penstock.monitor.recording.RecordingMemory;
import dev.penstock.monitor.recording.Recordings;
import dev.penstock.server.alerting.TestReceiver;
import dev.penstock.server.store.ModelStore;
import dev.penstock.server.store.SlowDiskException;
import dev.penstock.server.store.StoreSettings;
import dev.penstock.server.store.Stores;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A disk that hangs while a model's baselines are read: of the other models nobody waits for it. The times are
/// given.
@Timeout(240)
class HangingDiskTest {
    private static final ModelKey SLOW = new ModelKey("slow", 1);
    private static final ModelKey OTHER = new ModelKey("other", 1);
    private static final ModelKey THIRD = new ModelKey("third", 1);
    private static final Duration PATIENCE = Duration.ofMillis(100);

    private final RecordingMemory memory = new RecordingMemory(16 << 20);
    private final Recordings recordings = new Recordings(
            (_, parameters) ->
                    ModelOrder.of(parameters, true, DriftRules.STANDARD).settings(),
            memory,
            () -> 0);
    private final SplittableRandom random = new SplittableRandom(3);
    private long nowMillis = 1_800_000_000_000L;

    @TempDir
    private Path folder;

    private Path pipe = Path.of("");
    private ModelStore store;
    private Monitoring monitoring;

    private Monitoring monitoring() {
        return new Monitoring(
                recordings::open,
                _ -> true,
                memory,
                WatchedModel.SETTINGS,
                2,
                new SharedRecord(store),
                null,
                folder,
                () -> Instant.ofEpochMilli(nowMillis),
                PATIENCE);
    }

    @BeforeEach
    void start() throws Exception {
        store = Stores.open(new StoreSettings.Sqlite(folder.resolve("record.db")));
        monitoring = monitoring();
        // Whoever opens a pipe to read waits for somebody who writes.
        pipe = Files.createDirectories(folder.resolve("slow")).resolve("pipe.json");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
    }

    @AfterEach
    void close() {
        monitoring.close();
        store.close();
    }

    private RunObserver load(ModelKey key) {
        return recordings.of(key, WatchedModel.SIGNATURE, 1, Map.of());
    }

    private void serve(RunObserver copy, int times) {
        for (int i = 0; i < times; i++) {
            float[] values = new float[500];
            for (int row = 0; row < values.length; row++) {
                values[row] = (float) random.nextGaussian();
            }
            copy.ran(0, new Answers(values));
            tick();
        }
    }

    private void tick() {
        nowMillis += 1_000;
        monitoring.tick(nowMillis);
    }

    private void learn(RunObserver copy, ModelKey key) {
        TestReceiver.await(
                () -> {
                    serve(copy, 1);
                    return monitoring.watched(key).phase() == Watched.Phase.WATCHING;
                },
                "learnt");
    }

    /// Has who reads wait for somebody who writes.
    private RunObserver hang() {
        RunObserver slow = load(SLOW);
        tick();
        TestReceiver.await(HangingDiskTest::isReading, "reads");
        return slow;
    }

    private static boolean isReading() {
        return Thread.getAllStackTraces().entrySet().stream()
                .filter(one -> one.getKey().getName().equals("monitoring-disk"))
                .flatMap(one -> Arrays.stream(one.getValue()))
                .anyMatch(frame -> frame.getMethodName().equals("readString"));
    }

    /// Who reads finds the end of it, and that is no baseline.
    private void goOn() throws IOException {
        Path aside = Files.move(pipe, folder.resolve("aside"));
        try (OutputStream _ = Files.newOutputStream(aside)) {
            // Has nothing to say.
        }
    }

    /// All that was asked of it is done, however slow it is.
    private List<Baseline> awaitDisk() {
        AtomicReference<List<Baseline>> found = new AtomicReference<>(List.of());
        TestReceiver.await(
                () -> {
                    try {
                        found.set(monitoring.baselines("third"));
                        return true;
                    } catch (UncheckedIOException e) {
                        return false;
                    }
                },
                "the disk goes on");
        return found.get();
    }

    @Test
    void whoLooksAtOtherModelsWaitsForNothing() throws Exception {
        RunObserver other = load(OTHER);
        learn(other, OTHER);
        RunObserver slow = hang();
        assertThatThrownBy(() -> monitoring.baselines("slow"))
                .isInstanceOf(SlowDiskException.class)
                .hasMessage("the disk has not answered after PT0.1S");

        serve(slow, 20);
        serve(other, 2);

        assertThat(monitoring.evaluation(OTHER, null).rows()).isGreaterThanOrEqualTo(1_000);
        assertThat(monitoring.watched()).extracting(Watched::key).contains(SLOW, OTHER);
        assertThat(monitoring.watched(SLOW).baselineRows())
                .as("nothing is learnt before it is known what was")
                .isZero();
        goOn();
        learn(slow, SLOW);
    }

    @Test
    void whatIsLearntAndBroughtMeanwhileIsKeptOnceTheDiskGoesOn() throws Exception {
        RunObserver third = load(THIRD);
        serve(third, 1);
        awaitDisk();
        RunObserver _ = hang();

        learn(third, THIRD);
        serve(third, 1);
        Baseline captured = monitoring.captured(THIRD, null);
        assertThatThrownBy(() -> monitoring.add(captured, "ann"))
                .isInstanceOfSatisfying(
                        SlowDiskException.class, slow -> assertThat(slow.id()).isEqualTo(captured.id()));
        assertThatThrownBy(() -> monitoring.hold(THIRD, captured.id(), "ann")).isInstanceOf(UncheckedIOException.class);
        String learnt = monitoring.watched(THIRD).baselineId();
        assertThat(learnt).isNotEqualTo(captured.id());
        goOn();

        assertThat(awaitDisk())
                .extracting(Baseline::id)
                .containsExactlyInAnyOrderElementsOf(List.of(learnt, captured.id()));
        TestReceiver.await(() -> monitoring.watched(THIRD).baselineId().equals(captured.id()), "held");
        monitoring.close();
        BaselineStore restarted = new BaselineStore(new SharedRecord(store), null, new RecordingMemory(16 << 20));
        assertThat(restarted.assigned("third", 1)).extracting(Baseline::id).isEqualTo(captured.id());
    }

    @Test
    void aRestartFindsWhatWasLearnt() throws Exception {
        RunObserver other = load(OTHER);
        learn(other, OTHER);
        String learnt = monitoring.watched(OTHER).baselineId();
        monitoring.close();

        monitoring = monitoring();
        tick();
        TestReceiver.await(
                () -> {
                    tick();
                    return monitoring.watched(OTHER).phase() == Watched.Phase.WATCHING;
                },
                "read");
        assertThat(monitoring.watched(OTHER).baselineId()).isEqualTo(learnt);
    }
}
