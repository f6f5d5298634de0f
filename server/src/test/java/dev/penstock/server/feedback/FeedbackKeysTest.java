package dev.penstock.server.feedback;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.InferenceReply;
import dev.penstock.monitor.feedback.FeedbackResult;
import dev.penstock.router.ReplyMarker;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/// Which tokens count while keys change, and time goes by.
class FeedbackKeysTest extends FeedbackTests {
    @Test
    void keysChangeAndLateLabelsAreTooLate() throws Exception {
        Path keys = folder.resolve("keys");
        Files.writeString(keys, key(7));
        try (Feedback feedback = feedback(Optional.of(keys))) {
            ReplyMarker marker = marker(feedback, order(null, NONE, NONE));
            InferenceReply reply = new InferenceReply(KEY, List.of(floats("p", 0.3f, 0.7f)));
            String old = marker.token(reply);
            String older = marker.token(reply);
            String oldest = marker.token(reply);
            Files.writeString(keys, key(9) + key(7));
            assertThat(take(feedback, old)).isEqualTo(FeedbackResult.ACCEPTED);
            String fresh = awaitKey(9, feedback, marker, reply);
            assertThat(take(feedback, older)).isEqualTo(FeedbackResult.ACCEPTED);
            assertThat(take(feedback, fresh)).isEqualTo(FeedbackResult.DUPLICATE);

            Files.writeString(keys, key(9));
            await(() -> {
                feedback.tick(nowMillis);
                // One that is not counted yet: another is a duplicate for ever.
                return take(feedback, marker.token(reply)) == FeedbackResult.ACCEPTED
                        && take(feedback, old) == FeedbackResult.INVALID;
            });
            assertThat(take(feedback, oldest)).isEqualTo(FeedbackResult.INVALID);
            String late = marker.token(reply);
            nowMillis += Duration.ofDays(31).toMillis();
            assertThat(take(feedback, late)).isEqualTo(FeedbackResult.EXPIRED);
        }
    }

    /// @return a token of that key, which was accepted
    private String awaitKey(int id, Feedback feedback, ReplyMarker marker, InferenceReply reply) throws Exception {
        AtomicReference<String> token = new AtomicReference<>("");
        await(() -> {
            feedback.tick(nowMillis);
            token.set(marker.token(reply));
            return Base64.getUrlDecoder().decode(token.get())[1] == id
                    && take(feedback, token.get()) == FeedbackResult.ACCEPTED;
        });
        return token.get();
    }

    @Test
    void keysThatHangKeepNobodyFromLooking() throws Exception {
        Path keys = folder.resolve("keys");
        Files.writeString(keys, key(7));
        try (Feedback feedback = feedback(Optional.of(keys))) {
            ReplyMarker marker = marker(feedback, order(null, NONE, NONE));
            InferenceReply reply = new InferenceReply(KEY, List.of(floats("p", 0.3f, 0.7f)));
            Files.delete(keys);
            // Whoever opens a pipe to read waits for somebody who writes.
            assertThat(new ProcessBuilder("mkfifo", keys.toString()).start().waitFor())
                    .isZero();

            feedback.tick(nowMillis);
            feedback.tick(nowMillis);
            assertThat(take(feedback, marker.token(reply))).isEqualTo(FeedbackResult.ACCEPTED);

            Files.writeString(keys, key(9));
            Files.delete(keys);
            Files.writeString(keys, key(9));
            String fresh = awaitKey(9, feedback, marker, reply);
            assertThat(take(feedback, fresh)).isEqualTo(FeedbackResult.DUPLICATE);
        }
    }

    private static String key(int id) {
        byte[] secret = new byte[32];
        Arrays.fill(secret, (byte) id);
        return id + " " + Base64.getEncoder().encodeToString(secret) + "\n";
    }
}
