package dev.penstock.server.feedback;

import dev.penstock.monitor.feedback.Prediction;
import dev.penstock.router.arms.ArmLedgers;
import dev.penstock.router.arms.ArmVoice;
import org.jspecify.annotations.Nullable;

/// Tells arms of routes what is said of the answers that they gave. For one thread at a time, but for [#to].
final class ArmLabels {
    private volatile @Nullable ArmLedgers arms;

    /// From now on.
    void to(ArmLedgers ledgers) {
        arms = ledgers;
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
