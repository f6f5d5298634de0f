package dev.penstock.router.rollout;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Where a rollout is, and all that was counted in it. Immutable; kept over restarts as it is.
///
/// @param step index of the step it is in
/// @param startedMillis since 1970, moved on by the time of pauses
/// @param stepMillis when its shares were dealt, likewise moved on
/// @param phaseMillis when the phase began
/// @param weights that candidates are to have, in 1/10,000 of all units, by arm
/// @param shadow share of requests that the candidate is to get copies of
/// @param promoted arm that is to be the default; "" for none
/// @param dropped arms that have lost their share
/// @param latched whether the candidate's artifact is not to be rolled out again: the evidence was against it
/// @param epochs in order; the last one is counted into
/// @param recent what became of requests to the default arm lately
/// @param judged what the evidence says
/// @param reason why it is in its phase: a word
/// @param detail the same for people
/// @param events that were told so far
public record RolloutState(
        Phase phase,
        int step,
        long startedMillis,
        long stepMillis,
        long phaseMillis,
        Map<String, Integer> weights,
        int shadow,
        String promoted,
        Set<String> dropped,
        boolean latched,
        List<Epoch> epochs,
        RecentFailures recent,
        Judgement judged,
        String reason,
        String detail,
        long events) {
    public RolloutState {
        weights = Map.copyOf(weights);
        dropped = Set.copyOf(dropped);
        epochs = List.copyOf(epochs);
    }

    /// Before the first tick.
    public static RolloutState pending(RolloutSpec spec, long nowMillis) {
        Map<String, Integer> none = new HashMap<>();
        spec.candidates().forEach(candidate -> none.put(candidate.arm(), 0));
        return new RolloutState(
                Phase.PENDING,
                0,
                nowMillis,
                nowMillis,
                nowMillis,
                none,
                0,
                "",
                Set.of(),
                false,
                List.of(),
                RecentFailures.NONE,
                Judgement.NONE,
                "",
                "",
                0);
    }

    /// Of all arms.
    Map<String, Integer> allWeights(RolloutSpec spec) {
        Map<String, Integer> all = new HashMap<>(weights);
        int taken = weights.values().stream().mapToInt(weight -> weight).sum();
        all.put(spec.control(), StepSpec.ALL - taken);
        return all;
    }

    /// Starts from what a state was and changes some of it. For one thread.
    RolloutChange change() {
        return new RolloutChange(this);
    }
}
