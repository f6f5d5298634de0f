package dev.penstock.server.feedback;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.core.DataType;
import dev.penstock.core.InferenceReply;
import dev.penstock.core.ServingException;
import dev.penstock.core.Signature;
import dev.penstock.core.Tensor;
import dev.penstock.core.TensorSpec;
import dev.penstock.monitor.drift.DriftStatus;
import dev.penstock.monitor.feedback.FeedbackResult;
import dev.penstock.monitor.quality.LabelCounts;
import dev.penstock.monitor.quality.Task;
import dev.penstock.monitor.recording.AnswerReader;
import dev.penstock.router.ReplyMarker;
import dev.penstock.server.monitoring.Alert;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What labels and rewards say of a version.
class FeedbackTest extends FeedbackTests {
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

    private DriftStatus status(Feedback feedback) {
        return feedback.quality(KEY, null).status();
    }
}
