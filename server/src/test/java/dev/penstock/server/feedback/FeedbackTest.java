package dev.penstock.server.feedback;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.core.DataType;
import dev.penstock.core.InferenceReply;
import dev.penstock.core.ModelKey;
import dev.penstock.core.ServingException;
import dev.penstock.core.Shape;
import dev.penstock.core.Signature;
import dev.penstock.core.Tensor;
import dev.penstock.core.TensorSpec;
import dev.penstock.monitor.drift.DriftStatus;
import dev.penstock.monitor.feedback.FeedbackResult;
import dev.penstock.monitor.quality.LabelCounts;
import dev.penstock.monitor.quality.Task;
import dev.penstock.monitor.recording.AnswerReader;
import dev.penstock.monitor.recording.RecordingMemory;
import dev.penstock.router.ReplyMarker;
import dev.penstock.server.monitoring.Alert;
import dev.penstock.server.store.DurableFile;
import dev.penstock.server.store.SlowDiskException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Without sockets, and with a clock that stands still unless it is set.
class FeedbackTest {
    private static final ModelKey KEY = new ModelKey("m", 1);
    private static final int BASELINE = 50;
    private static final double NONE = Double.NaN;

    @TempDir
    private Path folder;

    private final RecordingMemory memory = new RecordingMemory(1 << 20);
    private long nowMillis = 1_800_000_000_000L;

    @Test
    void anAlertEndsWhereTheVersionIsJudgedByOtherWords() {
        try (Feedback feedback = feedback()) {
            label(feedback, marker(feedback, order(null, 0.9, NONE)), 60, 0);
            feedback.tick(nowMillis);
            assertThat(feedback.alerts()).hasSize(1);
            assertThat(feedback.alerts().getFirst().severity()).isEqualTo(DriftStatus.CRITICAL);

            // Loaded anew with the same words: nothing is over.
            ReplyMarker same = marker(feedback, order(null, 0.9, NONE));
            assertThat(feedback.alerts().getFirst().clearedMillis()).isZero();

            label(feedback, same, 1, 0);
            label(feedback, marker(feedback, order(null, 0.8, NONE)), 1, 1);
            feedback.tick(nowMillis);
            assertThat(feedback.alerts()).extracting(Alert::clearedMillis).containsExactly(nowMillis);
        }
    }

    @Test
    void whatIsLoadedAnewWithOtherOutputsIsReadAnew() {
        FeedbackOrder order = order(null, 0.9, NONE);
        try (Feedback feedback = feedback()) {
            label(feedback, marker(feedback, order, 2), 60, 0);
            feedback.tick(nowMillis);
            assertThat(feedback.alerts()).extracting(Alert::clearedMillis).containsExactly(0L);

            ReplyMarker wide = marker(feedback, order, 4);
            assertThat(feedback.alerts()).extracting(Alert::clearedMillis).containsExactly(nowMillis);
            Tensor answer = floats("p", 0.1f, 0.1f, 0.1f, 0.7f);
            String token = wide.token(new InferenceReply(KEY, List.of(answer)));
            assertThat(take(feedback, token, 3)).isEqualTo(FeedbackResult.ACCEPTED);
            assertThat(feedback.quality(KEY, null).counts().labels()).isEqualTo(1);
            assertThat(feedback.quality(KEY, null).counts().right()).isEqualTo(1);
        }
    }

    @Test
    void aTargetIsHeldAgainstTheFirstLabelsToo() {
        try (Feedback feedback = feedback()) {
            ReplyMarker marker = marker(feedback, order(null, 0.9, NONE));
            assertThat(status(feedback)).isEqualTo(DriftStatus.INSUFFICIENT);
            label(feedback, marker, 1, 1);
            assertThat(status(feedback)).isEqualTo(DriftStatus.INSUFFICIENT);
            label(feedback, marker, BASELINE - 2, 1);
            assertThat(status(feedback)).isEqualTo(DriftStatus.OK);
            label(feedback, marker, 40, 0);
            feedback.tick(nowMillis);
            assertThat(status(feedback)).isEqualTo(DriftStatus.CRITICAL);
        }
    }

    @Test
    void withoutLabelsOfTheWindowNothingIsOk() {
        try (Feedback feedback = feedback()) {
            ReplyMarker marker = marker(feedback, order(null, NONE, NONE));
            label(feedback, marker, BASELINE, 1);
            assertThat(feedback.quality(KEY, null).baseline()).isEqualTo(new Quality.Usual(BASELINE, BASELINE));
            assertThat(status(feedback)).isEqualTo(DriftStatus.INSUFFICIENT);
            label(feedback, marker, BASELINE, 1);
            assertThat(status(feedback)).isEqualTo(DriftStatus.OK);

            nowMillis += Duration.ofHours(3).toMillis();
            assertThat(status(feedback)).isEqualTo(DriftStatus.INSUFFICIENT);
            assertThat(feedback.quality(KEY, Duration.ofDays(1)).status()).isEqualTo(DriftStatus.OK);
        }
    }

    @Test
    void aTargetSaysNothingOfNumbersWithoutATolerance() {
        try (Feedback feedback = feedback()) {
            ReplyMarker marker = marker(feedback, order(Task.REGRESSION, 0.9, NONE));
            say(feedback, marker, 3 * BASELINE, new FeedbackItem.Value(0.6));
            feedback.tick(nowMillis);
            assertThat(feedback.alerts()).isEmpty();
            assertThat(feedback.quality(KEY, null).target()).isNaN();
            assertThat(status(feedback)).isEqualTo(DriftStatus.INSUFFICIENT);

            ReplyMarker near = marker(feedback, order(Task.REGRESSION, 0.9, 0.2));
            say(feedback, near, BASELINE, new FeedbackItem.Value(0.6));
            assertThat(status(feedback)).isEqualTo(DriftStatus.OK);
            say(feedback, near, 3 * BASELINE, new FeedbackItem.Value(6));
            feedback.tick(nowMillis);
            assertThat(feedback.alerts()).extracting(Alert::severity).containsExactly(DriftStatus.CRITICAL);
        }
    }

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
    void whatIsSaidTakesOfTheMemoryThatIsThereAndGivesItBack() {
        try (Feedback feedback = feedback()) {
            for (int i = 0; i < 8; i++) {
                label(feedback, marker(feedback, order(null, NONE, NONE)), 1, 1);
                nowMillis += Duration.ofMinutes(5).toMillis();
            }
            assertThat(memory.reservedBytes())
                    .isBetween(7 * LabelCounts.EMPTY_BYTES - QualityWindows.OWN_BYTES, QualityWindows.OWN_BYTES);
            marker(feedback, order(null, NONE, NONE), 4);
            assertThat(memory.reservedBytes()).isZero();
            feedback.forget(KEY);
            assertThat(memory.reservedBytes()).isZero();
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
                assertThat(writing.join(Duration.ofSeconds(30))).isTrue();
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

    private static void await(BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - deadline).isNegative();
            Thread.sleep(5);
        }
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

    @Test
    void answersThatNoLabelCanBeHeldAgainstGetTokensOnlyWhereTheModelSaysSo() {
        Signature vectors = new Signature(
                List.of(TensorSpec.of("x", DataType.FP32, -1, 4)),
                List.of(TensorSpec.of("embedding", DataType.FP32, -1, 2)),
                0);
        try (Feedback feedback = feedback()) {
            assertThat(feedback.marker(KEY, vectors, FeedbackOrder.NONE)).isNull();
            FeedbackOrder tokens = new FeedbackOrder(true, AnswerReader.Wish.NONE, NONE, NONE);
            ReplyMarker marker = requireNonNull(feedback.marker(KEY, vectors, tokens));
            say(feedback, marker, 3, new FeedbackItem.Reward(2));
            assertThat(feedback.quality(KEY, null).counts().rewards()).isEqualTo(3);
            assertThat(feedback.marker(KEY, vectors, FeedbackOrder.NONE)).isNull();
            assertThatThrownBy(() -> feedback.quality(KEY, null)).isInstanceOf(ServingException.class);
        }
    }

    /// Two such would have no sum, and then nobody could say what others are worth.
    @Test
    void rewardsBeyondAllMeasureAreRefused() {
        try (Feedback feedback = feedback()) {
            ReplyMarker marker = marker(feedback, order(null, NONE, NONE));
            String token = marker.token(new InferenceReply(KEY, List.of(floats("p", 0.3f, 0.7f))));
            for (double reward : new double[] {1e308, -1.001e9, Double.POSITIVE_INFINITY, Double.NaN}) {
                FeedbackAnswer answer = feedback.take(new FeedbackItem(token, 0, new FeedbackItem.Reward(reward), 0));
                assertThat(answer.result()).isEqualTo(FeedbackResult.INVALID);
                assertThat(answer.reason()).contains("expected: -1e9 to 1e9");
            }
            FeedbackItem most = new FeedbackItem(token, 0, new FeedbackItem.Reward(-1e9), 0);
            assertThat(feedback.take(most).result()).isEqualTo(FeedbackResult.ACCEPTED);
        }
    }

    @Test
    void whatIsGoneIsNotShown() {
        try (Feedback feedback = feedback()) {
            label(feedback, marker(feedback, order(null, NONE, NONE)), 1, 1);
            feedback.tick(nowMillis);
            assertThat(feedback.shown()).extracting(Feedback.Shown::key).containsExactly(KEY);
            assertThat(feedback.shown().getFirst().windows()).isNotEmpty();
            feedback.forget(KEY);
            assertThat(feedback.shown()).isEmpty();
            feedback.tick(nowMillis);
            assertThat(feedback.shown()).isEmpty();
        }
    }

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

    private static FeedbackResult take(Feedback feedback, String token) {
        return take(feedback, token, 1);
    }

    private static FeedbackResult take(Feedback feedback, String token, int label) {
        return feedback.take(new FeedbackItem(token, 0, new FeedbackItem.Label(label), 0))
                .result();
    }

    private static String key(int id) {
        byte[] secret = new byte[32];
        Arrays.fill(secret, (byte) id);
        return id + " " + Base64.getEncoder().encodeToString(secret) + "\n";
    }

    private Feedback feedback() {
        return feedback(Optional.empty());
    }

    private Feedback feedback(Optional<Path> keys) {
        return feedback(keys, Duration.ofSeconds(30));
    }

    private Feedback feedback(Optional<Path> keys, Duration patience) {
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

    private static FeedbackOrder order(@Nullable Task task, double target, double tolerance) {
        return new FeedbackOrder(null, new AnswerReader.Wish(task, "", 0.5, List.of()), target, tolerance);
    }

    /// Of a model that answers two scores, or a number.
    private static ReplyMarker marker(Feedback feedback, FeedbackOrder order) {
        return marker(feedback, order, order.answers().task() == Task.REGRESSION ? 1 : 2);
    }

    private static ReplyMarker marker(Feedback feedback, FeedbackOrder order, int width) {
        Signature signature = new Signature(
                List.of(TensorSpec.of("x", DataType.FP32, -1, 4)),
                List.of(TensorSpec.of("p", DataType.FP32, -1, width)),
                0);
        return requireNonNull(feedback.marker(KEY, signature, order));
    }

    private DriftStatus status(Feedback feedback) {
        return feedback.quality(KEY, null).status();
    }

    private static Tensor floats(String name, float... row) {
        ByteBuffer data = ByteBuffer.allocate(4 * row.length).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : row) {
            data.putFloat(value);
        }
        return new Tensor(name, DataType.FP32, Shape.of(1, row.length), data.flip());
    }

    private static void label(Feedback feedback, ReplyMarker marker, int count, int label) {
        say(feedback, marker, count, new FeedbackItem.Label(label));
    }

    /// Of answers that name the second class, or 0.7.
    private static void say(Feedback feedback, ReplyMarker marker, int count, FeedbackItem.Said said) {
        float[] answer = said instanceof FeedbackItem.Value ? new float[] {0.7f} : new float[] {0.3f, 0.7f};
        Tensor tensor = floats(said instanceof FeedbackItem.Reward ? "embedding" : "p", answer);
        for (int i = 0; i < count; i++) {
            String token = marker.token(new InferenceReply(KEY, List.of(tensor)));
            assertThat(feedback.take(new FeedbackItem(token, 0, said, 0)).result())
                    .isEqualTo(FeedbackResult.ACCEPTED);
        }
    }
}
