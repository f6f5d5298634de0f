package dev.penstock.router.split;

import dev.penstock.core.FieldPath;

/// An arm that gets a share of the units.
///
/// @param weight in basis points of all units; 0 gets none at all
/// @param maxWeight what it may be raised to while units keep their arms: room of that size is kept for
///     it
public record CandidateSpec(ArmSpec arm, int weight, int maxWeight) {
    public CandidateSpec {
        Spec.share("maxWeight", maxWeight);
        Spec.together(
                weight >= 0 && weight <= maxWeight,
                FieldPath.of("weight"),
                Spec.percent(weight),
                "0%% to the maxWeight of arm '%s', %s".formatted(arm.name(), Spec.percent(maxWeight)));
    }

    public CandidateSpec withWeight(int basisPoints) {
        return new CandidateSpec(arm, basisPoints, maxWeight);
    }
}
