package dev.penstock.server.feedback;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.InferenceReply;
import dev.penstock.monitor.feedback.FeedbackResult;
import dev.penstock.monitor.quality.Task;
import dev.penstock.router.ReplyMarker;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What was said before does not count again after a restart.
final class SaidBeforeTest extends FeedbackTests {
    private static ReplyMarker load(Feedback feedback) {
        return marker(feedback, order(Task.MULTICLASS, NONE, NONE));
    }

    private static String token(ReplyMarker marker) {
        return marker.token(new InferenceReply(KEY, List.of(floats("p", 0.3f, 0.7f))));
    }

    private Path file() {
        return folder.resolve("feedback.said");
    }

    @Test
    void norDoesItAfterARestart() {
        String said;
        String unsaid;
        try (Feedback feedback = feedback()) {
            ReplyMarker marker = load(feedback);
            said = token(marker);
            unsaid = token(marker);
            assertThat(take(feedback, said)).isEqualTo(FeedbackResult.ACCEPTED);
        }
        for (int restart = 0; restart < 2; restart++) {
            try (Feedback feedback = feedback()) {
                ReplyMarker _ = load(feedback);
                assertThat(take(feedback, said)).isEqualTo(FeedbackResult.DUPLICATE);
                assertThat(take(feedback, unsaid))
                        .isEqualTo(restart == 0 ? FeedbackResult.ACCEPTED : FeedbackResult.DUPLICATE);
            }
        }
    }

    @Test
    void norIfTheServerWasKilledLaterThanAMinuteAfter() throws IOException {
        try (Feedback feedback = feedback()) {
            ReplyMarker marker = load(feedback);
            String said = token(marker);
            assertThat(take(feedback, said)).isEqualTo(FeedbackResult.ACCEPTED);
            feedback.tick(nowMillis);
            await(() -> Files.exists(file()));
            byte[] first = Files.readAllBytes(file());
            String later = token(marker);
            assertThat(take(feedback, later)).isEqualTo(FeedbackResult.ACCEPTED);
            nowMillis += 60_000;
            feedback.tick(nowMillis);
            await(() -> differs(first));
            // As it is for who starts after this one is gone without a word.
            try (Feedback next = feedback()) {
                ReplyMarker _ = load(next);
                assertThat(take(next, said)).isEqualTo(FeedbackResult.DUPLICATE);
                assertThat(take(next, later)).isEqualTo(FeedbackResult.DUPLICATE);
            }
        }
    }

    private boolean differs(byte[] from) {
        try {
            return !Arrays.equals(from, Files.readAllBytes(file()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void nothingIsWrittenWhereNothingIsSaid() {
        try (Feedback feedback = feedback()) {
            ReplyMarker _ = load(feedback);
            feedback.tick(nowMillis);
        }
        assertThat(file()).doesNotExist();
    }

    @Test
    void whatCouldNotBeWrittenIsAMinuteLater() throws IOException {
        Path inTheWay = Files.createDirectory(folder.resolve("feedback.said.part"));
        SaidBefore said = new SaidBefore(file());
        assertThat(said.repeats().add(7)).isTrue();
        said.write(requireNonNull(said.news(nowMillis, false)));
        assertThat(file()).doesNotExist();

        Files.delete(inTheWay);
        assertThat(said.news(nowMillis + 59_999, false)).as("before it is time").isNull();
        said.write(requireNonNull(said.news(nowMillis + 60_000, false)));

        assertThat(new SaidBefore(file()).repeats().add(7)).isFalse();
        assertThat(said.news(nowMillis + 120_000, false)).as("it is kept").isNull();
    }

    @Test
    void aFileThatWasDamagedIsNotBelieved() throws IOException {
        SaidBefore said = new SaidBefore(file());
        assertThat(said.repeats().add(7)).isTrue();
        said.write(requireNonNull(said.news(nowMillis, true)));
        byte[] kept = Files.readAllBytes(file());
        Arrays.fill(kept, 100, kept.length, (byte) 0xff);
        Files.write(file(), kept);

        assertThat(new SaidBefore(file()).repeats().add(8)).isTrue();
    }

    @Test
    void aFileThatCannotBeReadIsNotInTheWay() throws IOException {
        Files.writeString(file(), "what is this?");
        try (Feedback feedback = feedback()) {
            String said = token(load(feedback));
            assertThat(take(feedback, said)).isEqualTo(FeedbackResult.ACCEPTED);
            assertThat(take(feedback, said)).isEqualTo(FeedbackResult.DUPLICATE);
        }
    }
}
