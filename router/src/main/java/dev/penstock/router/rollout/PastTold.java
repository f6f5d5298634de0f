package dev.penstock.router.rollout;

import dev.penstock.router.arms.ArmCounts;
import dev.penstock.router.arms.GroupSums;
import dev.penstock.router.bandit.UnitSpread;
import dev.penstock.router.bandit.WeighedRewards;
import dev.penstock.router.evidence.JackknifeSums;
import dev.penstock.router.evidence.Strata;
import java.util.Arrays;

/// What was said of one arm's answers in epochs that are not kept any more. Immutable.
///
/// @param step the last one
/// @param ofStep how they differ in that from those of the control
/// @param all the same, of all steps
/// @param earned of all steps, as bandits take rewards
/// @param rightEarned likewise, of right answers
public record PastTold(
        int step, Differences ofStep, Differences all, WeighedRewards earned, WeighedRewards rightEarned) {
    public static final PastTold NONE =
            new PastTold(-1, Differences.NONE, Differences.NONE, WeighedRewards.NONE, WeighedRewards.NONE);

    /// From what was said of the control's answers meanwhile.
    ///
    /// @param right whether answers were
    public record Differences(Strata rewards, Strata right) {
        public static final Differences NONE = new Differences(Strata.none(), Strata.none());

        Strata of(boolean labels) {
            return labels ? right : rewards;
        }

        Differences with(Epoch gone, String arm, String control) {
            return new Differences(
                    PastTold.with(rewards, gone, arm, control, false, false),
                    PastTold.with(right, gone, arm, control, true, false));
        }
    }

    WeighedRewards earned(boolean rewarded) {
        return rewarded ? earned : rightEarned;
    }

    /// Of that step.
    Strata told(int wanted, boolean labels) {
        return ofStep(wanted).of(labels);
    }

    private Differences ofStep(int wanted) {
        return step == wanted ? ofStep : Differences.NONE;
    }

    /// With an epoch that is not to be kept.
    public PastTold then(Epoch gone, String arm, String control) {
        WeighedRewards more = earned.plus(weighed(gone, arm, true));
        WeighedRewards moreRight = rightEarned.plus(weighed(gone, arm, false));
        Differences sum = all.with(gone, arm, control);
        return gone.step() < step
                ? new PastTold(step, ofStep, sum, more, moreRight)
                : new PastTold(gone.step(), ofStep(gone.step()).with(gone, arm, control), sum, more, moreRight);
    }

    /// What an arm earned in an epoch.
    ///
    /// @param rewarded by rewards; else by right answers
    static WeighedRewards weighed(Epoch epoch, String arm, boolean rewarded) {
        ArmCounts counts = epoch.counts(arm);
        GroupSums told = rewarded ? counts.earned() : counts.right();
        return epoch.weight(arm) == 0 || told.count() == 0 || !told.isSound()
                ? WeighedRewards.NONE
                : WeighedRewards.of((double) epoch.weight(arm) / StepSpec.ALL, told.count(), told.sum(), squares(told));
    }

    /// How rewards of an epoch spread besides, by units.
    static UnitSpread with(UnitSpread sum, Epoch epoch, String arm, boolean rewarded) {
        ArmCounts counts = epoch.counts(arm);
        GroupSums told = rewarded ? counts.earned() : counts.right();
        return epoch.weight(arm) == 0 || told.count() == 0 || !told.isSound()
                ? sum
                : sum.plus((double) epoch.weight(arm) / StepSpec.ALL, sums(told), squares(told));
    }

    /// What was said in an epoch besides.
    ///
    /// @param late whether what was said of answers of before counts
    static Strata with(Strata sum, Epoch epoch, String arm, String control, boolean labels, boolean late) {
        GroupSums canary = told(epoch.counts(arm), labels, late);
        GroupSums usual = told(epoch.counts(control), labels, late);
        return arm.equals(control) || !canary.isSound() || !usual.isSound()
                ? sum
                : sum.plus(sums(canary), sums(usual), squares(canary), squares(usual));
    }

    private static GroupSums told(ArmCounts counts, boolean labels, boolean late) {
        GroupSums present = labels ? counts.right() : counts.rewards();
        return late ? present.plus(labels ? counts.lateRight() : counts.lateRewards()) : present;
    }

    private static JackknifeSums sums(GroupSums told) {
        return JackknifeSums.of(told.counts(), told.sums());
    }

    private static double squares(GroupSums told) {
        return Arrays.stream(told.squares()).sum();
    }
}
