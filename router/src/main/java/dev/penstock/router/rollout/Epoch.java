package dev.penstock.router.rollout;

import dev.penstock.router.arms.ArmCounts;
import java.util.HashMap;
import java.util.Map;

/// What was counted while the shares were the same. All evidence is a function of epochs and of the [Past], so
/// nothing else has to be kept over a restart. Immutable.
///
/// @param step its index
/// @param weights of all arms, the default arm among them, in 1/10,000 of all units
/// @param counts by arm
/// @param copies by arm
public record Epoch(
        int step, Map<String, Integer> weights, Map<String, ArmCounts> counts, Map<String, Compared> copies) {
    public Epoch {
        weights = Map.copyOf(weights);
        counts = Map.copyOf(counts);
        copies = Map.copyOf(copies);
    }

    public ArmCounts counts(String arm) {
        return counts.getOrDefault(arm, ArmCounts.EMPTY);
    }

    public Compared copies(String arm) {
        return copies.getOrDefault(arm, Compared.NONE);
    }

    public int weight(String arm) {
        return weights.getOrDefault(arm, 0);
    }

    /// An arm's part of what it and the control have together.
    ///
    /// @return 0 to 1; NaN if neither has any
    public double share(String arm, String control) {
        return (double) weight(arm) / (double) (weight(arm) + weight(control));
    }

    /// Whether counts of that step and those shares belong here.
    boolean isOf(int otherStep, Map<String, Integer> otherWeights) {
        return step == otherStep && weights.equals(otherWeights);
    }

    Epoch plus(Observation seen) {
        return plus(weights, seen.counts(), seen.copies());
    }

    /// Both as one, with the shares of the later one.
    Epoch with(Epoch later) {
        return plus(later.weights, later.counts, later.copies);
    }

    private Epoch plus(Map<String, Integer> shares, Map<String, ArmCounts> came, Map<String, Compared> copied) {
        Map<String, ArmCounts> more = new HashMap<>(counts);
        came.forEach((arm, count) -> more.merge(arm, count, ArmCounts::plus));
        Map<String, Compared> moreCopies = new HashMap<>(copies);
        copied.forEach((arm, count) -> moreCopies.merge(arm, count, Compared::plus));
        return new Epoch(step, shares, more, moreCopies);
    }
}
