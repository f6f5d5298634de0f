package dev.penstock.server.feedback;

import dev.penstock.core.ModelKey;
import dev.penstock.monitor.feedback.Prediction;
import dev.penstock.router.arms.ArmLedgers;
import dev.penstock.router.arms.ArmVoice;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Tells arms of routes what is said of the answers that they gave. For one thread at a time, but for [#to].
final class ArmLabels {
    private volatile @Nullable ArmLedgers arms;

    /// From now on.
    void to(ArmLedgers ledgers) {
        arms = ledgers;
    }

    /// Whether an arm that this answer's is compared with takes no feedback here: what counted of the others
    /// only would be held against it, or against them.
    ///
    /// @param absent whether a version takes none for the moment
    boolean isAwaited(Prediction prediction, Predicate<ModelKey> absent) {
        ArmLedgers ledgers = arms;
        return ledgers != null
                && prediction.route() != 0
                && ledgers.isAwaited(prediction.route(), prediction.minute(), absent);
    }

    /// What counts of a version counts of the arm that chance gave the request to, if it is still there and
    /// no rollout began since.
    void tell(VersionFeedback version, Prediction prediction, FeedbackItem item) {
        ArmLedgers ledgers = arms;
        ArmVoice arm = ledgers == null || prediction.route() == 0
                ? null
                : ledgers.voice(
                        prediction.route(),
                        version.key(),
                        prediction.minute(),
                        VersionTokens.weight(prediction.propensity()));
        if (arm == null) {
            return;
        }
        if (item.said() instanceof FeedbackItem.Reward(double reward)) {
            arm.reward(prediction.group(), reward);
        } else if (version.tellsRight(prediction)) {
            arm.label(prediction.group(), version.isRight(prediction, item));
        }
    }
}
