package dev.penstock.router.rollout;

import dev.penstock.router.arms.ArmCounts;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

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

    /// What was seen of candidates at work, as far as it is evidence.
    ///
    /// @param fresh whether shares were dealt so lately that only what was predicted is
    public static Optional<Epoch> seen(RolloutSpec spec, RolloutState state, Observation seen, boolean fresh) {
        if (!state.phase().serves() || !seen.applied()) {
            return Optional.empty();
        }
        Epoch all = new Epoch(state.step(), state.allWeights(spec), seen.counts(), seen.copies());
        return Optional.of(fresh ? all.bins() : all).filter(epoch -> !epoch.isEmpty());
    }

    /// What was predicted only. A bucket's prediction is told once while shares are the same, mostly at once,
    /// and is the same whether they are new or not.
    Epoch bins() {
        Map<String, ArmCounts> bins = new HashMap<>();
        counts.forEach((arm, count) -> {
            if (hasBins(count)) {
                bins.put(arm, new ArmCounts.Builder().bins(count.bins()).build());
            }
        });
        return new Epoch(step, weights, bins, Map.of());
    }

    /// Whether nothing is in it but what was said of answers.
    boolean isOnlyTold() {
        return counts.values().stream().allMatch(one -> one.requests() == 0 && !hasBins(one))
                && copies.values().stream().allMatch(Compared.NONE::equals);
    }

    /// What was said of answers, as of another time.
    Map<String, ArmCounts> told() {
        Map<String, ArmCounts> told = new HashMap<>();
        counts.forEach((arm, count) -> told.put(
                arm,
                new ArmCounts.Builder()
                        .late(
                                count.rewards().plus(count.lateRewards()),
                                count.earned().plus(count.lateEarned()),
                                count.right().plus(count.lateRight()))
                        .clipped(count.clipped())
                        .build()));
        return told;
    }

    /// What counts once of failures.
    Epoch once() {
        return onceSince(new Epoch(step, weights, Map.of(), Map.of()));
    }

    /// The same since an earlier moment.
    Epoch onceSince(Epoch before) {
        Map<String, ArmCounts> once = new HashMap<>();
        counts.forEach((arm, count) -> once.put(
                arm,
                new ArmCounts.Builder()
                        .once(count.once().minus(before.counts(arm).once()))
                        .build()));
        return new Epoch(step, weights, once, Map.of());
    }

    /// Without the units that it was: what else was counted of them stays.
    public Epoch withoutExposures() {
        Map<String, ArmCounts> rest = new HashMap<>();
        counts.forEach((arm, count) -> rest.put(arm, count.withoutExposures()));
        return new Epoch(step, weights, rest, copies);
    }

    private static boolean hasBins(ArmCounts counts) {
        return Arrays.stream(counts.bins()).anyMatch(one -> one != 0);
    }

    boolean isEmpty() {
        return counts.values().stream()
                        .allMatch(one -> one.requests() == 0
                                && one.rewards().count() == 0
                                && one.right().count() == 0
                                && one.lateRewards().count() == 0
                                && one.lateRight().count() == 0
                                && !hasBins(one))
                && copies.values().stream().allMatch(Compared.NONE::equals);
    }

    public ArmCounts counts(String arm) {
        return counts.getOrDefault(arm, ArmCounts.EMPTY);
    }

    public Compared copies(String arm) {
        return copies.getOrDefault(arm, Compared.NONE);
    }

    /// With those counts instead.
    public Epoch with(Map<String, ArmCounts> others) {
        return new Epoch(step, weights, others, copies);
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

    Epoch plus(Epoch other) {
        return plus(weights, other);
    }

    /// Both as one, with the shares of the later one.
    Epoch with(Epoch later) {
        return plus(later.weights, later);
    }

    private Epoch plus(Map<String, Integer> shares, Epoch other) {
        Map<String, ArmCounts> more = new HashMap<>(counts);
        other.counts.forEach((arm, count) -> more.merge(arm, count, ArmCounts::plus));
        Map<String, Compared> moreCopies = new HashMap<>(copies);
        other.copies.forEach((arm, count) -> moreCopies.merge(arm, count, Compared::plus));
        return new Epoch(step, shares, more, moreCopies);
    }
}
