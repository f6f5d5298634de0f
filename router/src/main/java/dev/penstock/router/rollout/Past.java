package dev.penstock.router.rollout;

import dev.penstock.router.bandit.OffPolicyRewards;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// What epochs said that are not kept any more. Immutable.
///
/// @param totals all that was counted, as one epoch for each step, with the shares that were dealt last
/// @param evidence by candidate
/// @param mismatchLogE evidence that units were not dealt as the shares say
/// @param rewards by arm
/// @param right the same of right answers: what a reward is worth is something else
/// @param told by arm, what was said of its answers
/// @param part of the rollout, which failures are bet on together
public record Past(
        List<Epoch> totals,
        Map<String, PairEvidence> evidence,
        double mismatchLogE,
        Map<String, OffPolicyRewards> rewards,
        Map<String, OffPolicyRewards> right,
        Map<String, PastTold> told,
        Part part) {
    public static final Past NONE = new Past(List.of(), Map.of(), 0, Map.of(), Map.of(), Map.of(), Part.NONE);

    public Past {
        totals = List.copyOf(totals);
        evidence = Map.copyOf(evidence);
        rewards = Map.copyOf(rewards);
        right = Map.copyOf(right);
        told = Map.copyOf(told);
    }

    PairEvidence evidence(String arm) {
        return evidence.getOrDefault(arm, PairEvidence.NONE);
    }

    /// @param rewarded whether rewards are what arms earn, and not right answers
    OffPolicyRewards earned(String arm, boolean rewarded) {
        return (rewarded ? rewards : right).getOrDefault(arm, OffPolicyRewards.none());
    }

    /// With no evidence of how units were dealt.
    Past withoutMismatch() {
        return new Past(totals, evidence, 0, rewards, right, told, part);
    }

    PastTold told(String arm) {
        return told.getOrDefault(arm, PastTold.NONE);
    }

    /// With an epoch that is not to be kept.
    Past with(RolloutSpec spec, Epoch gone, Repeats repeats) {
        Map<String, PairEvidence> more = new HashMap<>(evidence);
        for (Candidate candidate : spec.candidates()) {
            String arm = candidate.arm();
            more.put(arm, evidence(arm).forGood(spec, gone, part.of(gone), arm, repeats));
        }
        boolean compares = spec.strategy().compares();
        return new Past(
                totals(gone),
                more,
                mismatchLogE + mismatch(spec, gone),
                compares ? earned(gone, true) : rewards,
                compares ? earned(gone, false) : right,
                said(spec, gone),
                part.without(gone));
    }

    /// With what epochs say that are kept.
    PairEvidence evidence(RolloutSpec spec, List<Epoch> epochs, String arm, Repeats repeats) {
        PairEvidence all = evidence(arm);
        for (Epoch epoch : epochs) {
            all = all.forGood(spec, epoch, part.of(epoch), arm, repeats);
        }
        return all;
    }

    /// As another part begins, if it does.
    ///
    /// @param epochs that are kept, with what came before it
    Past at(RolloutSpec spec, List<Epoch> epochs, int step, long number, Repeats repeats) {
        if (part.is(step, number)) {
            return this;
        }
        Map<String, PairEvidence> more = new HashMap<>(evidence);
        for (Candidate candidate : spec.candidates()) {
            String arm = candidate.arm();
            PairEvidence now = evidence(spec, epochs, arm, repeats);
            more.put(arm, evidence(arm).stakedAnew(now, step == part.step()));
        }
        return new Past(totals, more, mismatchLogE, rewards, right, told, Part.begins(step, number, epochs));
    }

    /// Nothing of what cannot be judged, as the judge has told while it was kept.
    private static double mismatch(RolloutSpec spec, Epoch gone) {
        try {
            return EvidenceJudge.mismatch(spec, gone);
        } catch (RuntimeException _) {
            // Who throws here would keep the rollout from being looked after for ever.
            return 0;
        }
    }

    private Map<String, PastTold> said(RolloutSpec spec, Epoch gone) {
        Map<String, PastTold> more = new HashMap<>(told);
        gone.weights().keySet().forEach(arm -> {
            PastTold sum = told(arm).then(gone, arm, spec.control());
            if (sum.earned().feedbacks() + sum.rightEarned().feedbacks() > 0
                    || !sum.all().rewards().isEmpty()) {
                more.put(arm, sum);
            }
        });
        return more;
    }

    private Map<String, OffPolicyRewards> earned(Epoch gone, boolean rewarded) {
        Map<String, OffPolicyRewards> more = new HashMap<>(rewarded ? rewards : right);
        gone.weights().keySet().forEach(arm -> {
            OffPolicyRewards sum = earned(arm, rewarded).plus(Reports.rewards(gone, arm, rewarded));
            if (sum.weights().total() > 0) {
                more.put(arm, sum);
            }
        });
        return more;
    }

    private List<Epoch> totals(Epoch gone) {
        List<Epoch> more = new ArrayList<>(totals);
        for (int i = 0; i < more.size(); i++) {
            if (more.get(i).step() == gone.step()) {
                more.set(i, more.get(i).with(gone));
                return more;
            }
        }
        more.add(gone);
        return more;
    }
}
