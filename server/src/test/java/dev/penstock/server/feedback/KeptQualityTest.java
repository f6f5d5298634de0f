package dev.penstock.server.feedback;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.core.ServingException;
import dev.penstock.server.store.DurableFile;
import dev.penstock.server.store.SlowDiskException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// How good a version usually is: learnt, kept on a disk, and held against that.
class KeptQualityTest extends FeedbackTests {
    @Test
    void whatIsLearntIsWrittenByWhoLooksAndNotByWhoSaysIt() throws Exception {
        Path file = folder.resolve("quality").resolve("m").resolve("1.json");
        try (Feedback feedback = feedback()) {
            label(feedback, marker(feedback, order(null, NONE, NONE)), BASELINE, 1);
            assertThat(file).doesNotExist();
            feedback.tick(nowMillis);
            awaitFile(file);
        }
        try (Feedback feedback = feedback()) {
            label(feedback, marker(feedback, order(null, 0.7, NONE)), 1, 1);
            assertThat(feedback.quality(KEY, null).baseline()).isEqualTo(new Quality.Usual(BASELINE, BASELINE));
        }
    }

    @Test
    void whatIsLearntLastIsWrittenWhenItEndsOrTheVersionIsGone() throws Exception {
        Path file = folder.resolve("quality").resolve("m").resolve("1.json");
        try (Feedback feedback = feedback()) {
            label(feedback, marker(feedback, order(null, NONE, NONE)), BASELINE, 1);
        }
        assertThat(file).exists();
        Files.delete(file);
        try (Feedback feedback = feedback()) {
            label(feedback, marker(feedback, order(null, NONE, NONE)), BASELINE, 1);
            feedback.forget(KEY);
            // Whoever loads it meanwhile finds it all the same.
            marker(feedback, order(null, NONE, NONE));
            assertThat(feedback.quality(KEY, null).baseline()).isEqualTo(new Quality.Usual(BASELINE, BASELINE));
            awaitFile(file);
        }
    }

    private static void awaitFile(Path file) throws InterruptedException {
        await(() -> Files.exists(file));
    }

    @Test
    void howGoodOtherAnswersWereSaysNothingOfThese() {
        FeedbackOrder order = order(null, NONE, NONE);
        try (Feedback feedback = feedback()) {
            label(feedback, marker(feedback, order, 2), BASELINE, 1);
            marker(feedback, order, 4);
            assertThat(feedback.quality(KEY, null).baseline()).isNull();
        }
        try (Feedback feedback = feedback()) {
            marker(feedback, order, 4);
            assertThat(feedback.quality(KEY, null).baseline()).isNull();
            feedback.hold(KEY, "{\"labels\":100,\"right\":70}");
            marker(feedback, order, 2);
            assertThat(feedback.quality(KEY, null).baseline()).isNull();
            marker(feedback, order, 4);
            assertThat(feedback.quality(KEY, null).baseline()).isEqualTo(new Quality.Usual(100, 70));
        }
    }

    @Test
    void aDiskThatHangsKeepsNobodyFromLookingLoadingHoldingAndClosing() throws Exception {
        // Whoever opens a pipe to write waits for somebody who reads.
        Path pipe =
                Files.createDirectories(folder.resolve("quality").resolve("m")).resolve("1.json.part");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        Feedback feedback = feedback(Optional.empty(), Duration.ofMillis(100));
        label(feedback, marker(feedback, order(null, NONE, NONE)), BASELINE, 1);
        feedback.tick(nowMillis);
        Thread writing = awaitWriting();
        try {
            marker(feedback, order(null, 0.7, NONE));
            assertThat(feedback.quality(KEY, null).baseline()).isEqualTo(new Quality.Usual(BASELINE, BASELINE));
            assertThatThrownBy(() -> feedback.hold(KEY, "{\"labels\":100,\"right\":70}"))
                    .isInstanceOf(SlowDiskException.class)
                    .hasMessage("how good %s is is not written after PT0.1S; it counts once it is", KEY);
            feedback.tick(nowMillis);
            assertThat(feedback.quality(KEY, null).baseline()).isEqualTo(new Quality.Usual(BASELINE, BASELINE));
            feedback.close();
            assertThat(writing.isAlive()).isTrue();
        } finally {
            // Of both, so that it waits for nobody itself; and out of the way of the next one.
            Path aside = Files.move(pipe, folder.resolve("aside"));
            try (RandomAccessFile _ = new RandomAccessFile(aside.toFile(), "rw")) {
                assertThat(writing.join(Duration.ofMinutes(2))).isTrue();
            }
        }
        assertThat(feedback.quality(KEY, null).baseline()).isEqualTo(new Quality.Usual(100, 70));
    }

    /// A disk that hangs.
    private static Thread awaitWriting() throws InterruptedException {
        AtomicReference<@Nullable Thread> writing = new AtomicReference<>();
        await(() -> {
            Thread.getAllStackTraces().forEach((thread, frames) -> {
                boolean writes = Arrays.stream(frames)
                        .anyMatch(frame -> frame.getClassName().equals(DurableFile.class.getName()));
                if (writes && thread.getName().equals("feedback-disk")) {
                    writing.set(thread);
                }
            });
            return writing.get() != null;
        });
        return requireNonNull(writing.get());
    }

    @Test
    void whatSomebodyHoldsItToCountsMoreThanWhatIsLearnt() {
        try (Feedback feedback = feedback()) {
            assertThatThrownBy(() -> feedback.hold(KEY, "{\"labels\":100,\"right\":70}"))
                    .isInstanceOf(ServingException.class)
                    .hasMessageContaining("takes no feedback");
            label(feedback, marker(feedback, order(null, NONE, NONE)), BASELINE, 1);
            feedback.hold(KEY, "{\"labels\":100,\"right\":70}");
        }
        try (Feedback feedback = feedback()) {
            marker(feedback, order(null, NONE, NONE));
            assertThat(feedback.quality(KEY, null).baseline()).isEqualTo(new Quality.Usual(100, 70));
        }
    }
}
