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
public record Past(
        List<Epoch> totals,
        Map<String, PairEvidence> evidence,
        double mismatchLogE,
        Map<String, OffPolicyRewards> rewards) {
    public static final Past NONE = new Past(List.of(), Map.of(), 0, Map.of());

    public Past {
        totals = List.copyOf(totals);
        evidence = Map.copyOf(evidence);
        rewards = Map.copyOf(rewards);
    }

    PairEvidence evidence(String arm) {
        return evidence.getOrDefault(arm, PairEvidence.NONE);
    }

    OffPolicyRewards rewards(String arm) {
        return rewards.getOrDefault(arm, OffPolicyRewards.none());
    }

    /// With an epoch that is not to be kept.
    ///
    /// @param rewarded whether rewards are what arms earn, and not right answers
    Past with(RolloutSpec spec, Epoch gone, boolean rewarded) {
        Map<String, PairEvidence> more = new HashMap<>(evidence);
        Map<String, OffPolicyRewards> moreRewards = new HashMap<>(rewards);
        for (Candidate candidate : spec.candidates()) {
            String arm = candidate.arm();
            more.put(arm, evidence(arm).then(spec, gone, arm));
        }
        if (spec.strategy().compares()) {
            gone.weights().keySet().forEach(arm -> moreRewards.put(
                    arm, rewards(arm).plus(Reports.rewards(gone, arm, rewarded))));
        }
        return new Past(
                totals(gone), more, mismatchLogE + EvidenceJudge.mismatch(spec, gone), moreRewards);
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
