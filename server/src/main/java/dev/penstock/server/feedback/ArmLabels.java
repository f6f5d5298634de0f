package dev.penstock.server.feedback;

import dev.penstock.monitor.feedback.Prediction;
import dev.penstock.router.arms.ArmLedgers;
import dev.penstock.router.arms.ArmName;
import org.jspecify.annotations.Nullable;

/// Tells arms of routes what is said of the answers that they gave. For one thread at a time, but for [#to].
final class ArmLabels {
    private volatile @Nullable ArmLedgers arms;

    /// From now on.
    void to(ArmLedgers ledgers) {
        arms = ledgers;
    }

    /// What counts of a version counts of the arm that chance gave the request to, if it is still there.
    void tell(VersionFeedback version, Prediction prediction, FeedbackItem item) {
        ArmLedgers ledgers = arms;
        ArmName arm = ledgers == null || prediction.route() == 0
                ? null
                : ledgers.named(prediction.route(), target -> target.equals(version.key()));
        if (ledgers == null || arm == null) {
            return;
        }
        if (item.said() instanceof FeedbackItem.Reward(double reward)) {
            ledgers.reward(arm, prediction.group(), reward);
        } else if (version.tellsRight(prediction)) {
            ledgers.label(arm, prediction.group(), version.isRight(prediction, item));
        }
    }
}
