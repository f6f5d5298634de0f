package dev.penstock.server.feedback;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.Assigned;
import dev.penstock.core.DataType;
import dev.penstock.core.InferenceReply;
import dev.penstock.core.ModelKey;
import dev.penstock.core.Signature;
import dev.penstock.core.TensorSpec;
import dev.penstock.monitor.feedback.FeedbackResult;
import dev.penstock.monitor.quality.Task;
import dev.penstock.router.ReplyMarker;
import dev.penstock.router.arms.ArmKey;
import dev.penstock.router.arms.ArmLedgers;
import dev.penstock.router.arms.ArmObserver;
import dev.penstock.router.arms.TripListener;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What is said of arms that are compared while not all of them are in memory.
@SuppressWarnings("NullAway.Init")
final class ComparedFeedbackTest extends FeedbackTests {
    private static final Signature SIGNATURE = new Signature(
            List.of(TensorSpec.of("x", DataType.FP32, -1, 4)), List.of(TensorSpec.of("p", DataType.FP32, -1, 2)), 0);
    private static final FeedbackOrder USUAL = order(Task.MULTICLASS, NONE, NONE);
    private static final FeedbackOrder SILENT = new FeedbackOrder(false, USUAL.answers(), NONE, NONE);
    private static final long BEGUN = 1_800_000_000_000L - 600_000;

    private final ArmLedgers ledgers = new ArmLedgers(TripListener.NONE, 0, () -> Instant.ofEpochMilli(BEGUN + 60_000));
    private Feedback feedback;
    private ReplyMarker stable;
    private ReplyMarker canary;

    @BeforeEach
    void begin() {
        feedback = feedback();
        feedback.tell(ledgers);
        stable = requireNonNull(load(1, USUAL));
        canary = requireNonNull(load(2, USUAL));
        ledgers.compares("front", Set.of("stable", "canary"), BEGUN);
    }

    private @Nullable ReplyMarker load(long version, FeedbackOrder order) {
        ReplyMarker marker = feedback.marker(key(version), SIGNATURE, order);
        bind(version);
        return marker;
    }

    private void bind(long version) {
        ArmObserver _ = ledgers.of(new ArmKey("front", "", "r1", 7, arm(version), key(version)), version == 2);
    }

    private static ModelKey key(long version) {
        return new ModelKey("m", version);
    }

    private static String arm(long version) {
        return version == 1 ? "stable" : "canary";
    }

    private static String token(ReplyMarker marker, long version) {
        Assigned arm = new Assigned("front", arm(version), "m", version == 1 ? 0 : 1, "hash", true, "", 7, 9, 5_000);
        return marker.token(new InferenceReply(key(version), List.of(floats("p", 0.3f, 0.7f))), arm);
    }

    private long right(long version) {
        return ledgers.counts("front").entrySet().stream()
                .filter(each -> each.getKey().arm().equals(arm(version)))
                .mapToLong(each -> each.getValue().right().count())
                .sum();
    }

    /// As after a restart, while one of them is being loaded.
    @Test
    void neitherCountsUntilBothAreThere() {
        String ofStable = token(stable, 1);
        String ofCanary = token(canary, 2);
        feedback.forget(key(2));

        assertThat(take(feedback, ofStable)).isEqualTo(FeedbackResult.AWAITED);
        assertThat(take(feedback, ofCanary)).isEqualTo(FeedbackResult.AWAITED);
        assertThat(right(1)).isZero();

        ReplyMarker _ = load(2, USUAL);
        assertThat(take(feedback, ofStable)).isEqualTo(FeedbackResult.ACCEPTED);
        assertThat(take(feedback, ofCanary)).isEqualTo(FeedbackResult.ACCEPTED);
        assertThat(take(feedback, ofCanary)).isEqualTo(FeedbackResult.DUPLICATE);
        assertThat(right(1)).isEqualTo(1);
        assertThat(right(2)).isEqualTo(1);
    }

    @Test
    void neitherCountsWhileTheDefaultArmIsNot() {
        feedback.forget(key(1));

        assertThat(take(feedback, token(canary, 2))).isEqualTo(FeedbackResult.AWAITED);
        assertThat(right(2)).isZero();
    }

    /// It is in memory, and its route has not got it yet: its voice would be heard by nobody.
    @Test
    void norUntilEachHasItsArm() {
        ledgers.compares("front", Set.of("stable", "canary", "other"), BEGUN);

        assertThat(take(feedback, token(stable, 1))).isEqualTo(FeedbackResult.AWAITED);
    }

    @Test
    void oneThatTakesNoFeedbackKeepsNobodyWaiting() {
        String ofCanary = token(canary, 2);
        ReplyMarker none = load(2, SILENT);
        assertThat(none).isNull();

        assertThat(take(feedback, token(stable, 1))).isEqualTo(FeedbackResult.ACCEPTED);
        assertThat(take(feedback, ofCanary)).isEqualTo(FeedbackResult.UNKNOWN);
    }

    @Test
    void whatIsComparedWithNothingWaitsForNobody() {
        feedback.forget(key(2));
        String before = marker(feedback, USUAL).token(new InferenceReply(KEY, List.of(floats("p", 0.3f, 0.7f))));
        assertThat(take(feedback, before)).as("chance did not choose its arm").isEqualTo(FeedbackResult.ACCEPTED);
        nowMillis = BEGUN - 60_000;
        String early = token(stable, 1);
        nowMillis = BEGUN + 600_000;
        assertThat(take(feedback, early)).as("of before the rollout").isEqualTo(FeedbackResult.ACCEPTED);

        ledgers.compares("front", Set.of(), 0);
        assertThat(take(feedback, token(stable, 1))).as("of none").isEqualTo(FeedbackResult.ACCEPTED);
    }
}
