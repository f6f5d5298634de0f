package dev.penstock.server.feedback;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.DataType;
import dev.penstock.core.InferenceReply;
import dev.penstock.core.ModelKey;
import dev.penstock.core.Shape;
import dev.penstock.core.Signature;
import dev.penstock.core.Tensor;
import dev.penstock.core.TensorSpec;
import dev.penstock.monitor.feedback.FeedbackResult;
import dev.penstock.monitor.quality.Task;
import dev.penstock.monitor.recording.AnswerReader;
import dev.penstock.monitor.recording.RecordingMemory;
import dev.penstock.router.ReplyMarker;
import dev.penstock.server.alerting.TestReceiver;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;

/// What tests of feedback have in common: no sockets, and a clock that stands still unless it is set.
abstract class FeedbackTests {
    static final ModelKey KEY = new ModelKey("m", 1);
    static final int BASELINE = 50;
    static final double NONE = Double.NaN;

    @TempDir
    Path folder;

    final RecordingMemory memory = new RecordingMemory(1 << 20);
    long nowMillis = 1_800_000_000_000L;

    static void await(BooleanSupplier condition) {
        TestReceiver.await(condition, "what is written in the background");
    }

    static FeedbackResult take(Feedback feedback, String token) {
        return take(feedback, token, 1);
    }

    static FeedbackResult take(Feedback feedback, String token, int label) {
        return feedback.take(new FeedbackItem(token, 0, new FeedbackItem.Label(label), 0))
                .result();
    }

    Feedback feedback() {
        return feedback(Optional.empty());
    }

    Feedback feedback(Optional<Path> keys) {
        return feedback(keys, Duration.ofSeconds(30));
    }

    Feedback feedback(Optional<Path> keys, Duration patience) {
        FeedbackSettings settings =
                new FeedbackSettings(true, keys, 30, BASELINE, Duration.ofHours(1), Duration.ofSeconds(10));
        return new Feedback(
                settings,
                folder.resolve("feedback.key"),
                folder.resolve("quality"),
                memory,
                () -> Instant.ofEpochMilli(nowMillis),
                patience);
    }

    static FeedbackOrder order(@Nullable Task task, double target, double tolerance) {
        return new FeedbackOrder(null, new AnswerReader.Wish(task, "", 0.5, List.of()), target, tolerance);
    }

    /// Of a model that answers two scores, or a number.
    static ReplyMarker marker(Feedback feedback, FeedbackOrder order) {
        return marker(feedback, order, order.answers().task() == Task.REGRESSION ? 1 : 2);
    }

    static ReplyMarker marker(Feedback feedback, FeedbackOrder order, int width) {
        Signature signature = new Signature(
                List.of(TensorSpec.of("x", DataType.FP32, -1, 4)),
                List.of(TensorSpec.of("p", DataType.FP32, -1, width)),
                0);
        return requireNonNull(feedback.marker(KEY, signature, order));
    }

    static Tensor floats(String name, float... row) {
        ByteBuffer data = ByteBuffer.allocate(4 * row.length).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : row) {
            data.putFloat(value);
        }
        return new Tensor(name, DataType.FP32, Shape.of(1, row.length), data.flip());
    }

    static void label(Feedback feedback, ReplyMarker marker, int count, int label) {
        say(feedback, marker, count, new FeedbackItem.Label(label));
    }

    /// Of answers that name the second class, or 0.7.
    static void say(Feedback feedback, ReplyMarker marker, int count, FeedbackItem.Said said) {
        float[] answer = said instanceof FeedbackItem.Value ? new float[] {0.7f} : new float[] {0.3f, 0.7f};
        Tensor tensor = floats(said instanceof FeedbackItem.Reward ? "embedding" : "p", answer);
        for (int i = 0; i < count; i++) {
            String token = marker.token(new InferenceReply(KEY, List.of(tensor)));
            assertThat(feedback.take(new FeedbackItem(token, 0, said, 0)).result())
                    .isEqualTo(FeedbackResult.ACCEPTED);
        }
    }
}
