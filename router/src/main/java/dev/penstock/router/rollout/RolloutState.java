package dev.penstock.router.rollout;

import dev.penstock.router.bandit.UnitSpread;
import dev.penstock.router.bandit.WeighedRewards;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/// Where a rollout is, and all that was counted in it. Immutable; kept over restarts as it is.
///
/// @param step index of the step it is in
/// @param tickMillis when it was brought on last, since 1970
/// @param startedMillis since 1970, moved on by the time of pauses, and by that in which nobody brought
///     it on
/// @param stepMillis when its shares were dealt, likewise moved on
/// @param phaseMillis when the phase began
/// @param weighedMillis when a bandit weighed its arms last, likewise moved on; 0 if it never did
/// @param weights that candidates are to have, in 1/10,000 of all units, by arm
/// @param shadow share of requests that the candidate is to get copies of
/// @param promoted arm that is to be the default; "" for none
/// @param dropped arms that have lost their share, and why, for people; "" where that was not recorded
/// @param refuted arms with evidence against them: their artifacts are not to be rolled out again
/// @param told what was told already of what would have been done: arms and reasons
/// @param findings what stopped it, and was told while it was stopped: nobody has confirmed that yet
/// @param past of epochs that are not kept any more
/// @param epochs in order; the last one is counted into
/// @param sources who counted that: servers, each of their starts for itself, with the number of the last
///     [Tally] that is in it, or of the last time that it recorded what it counted itself
/// @param recent what became of requests to the default arm lately
/// @param judged what the evidence says
/// @param reason why it is in its phase: a word
/// @param detail the same for people
/// @param waits candidates that cannot serve, or cannot now, on some server, and why: the detail is made of
///     them then
/// @param events that were told so far
public record RolloutState(
        Phase phase,
        int step,
        long tickMillis,
        long startedMillis,
        long stepMillis,
        long phaseMillis,
        long weighedMillis,
        Map<String, Integer> weights,
        int shadow,
        String promoted,
        Map<String, String> dropped,
        Set<String> refuted,
        Set<String> told,
        List<Finding> findings,
        Past past,
        List<Epoch> epochs,
        Map<String, Long> sources,
        RecentFailures recent,
        Judgement judged,
        String reason,
        String detail,
        List<String> waits,
        long events) {
    public RolloutState {
        weights = Map.copyOf(weights);
        dropped = Map.copyOf(dropped);
        refuted = Set.copyOf(refuted);
        told = Set.copyOf(told);
        findings = List.copyOf(findings);
        epochs = List.copyOf(epochs);
        sources = Map.copyOf(sources);
        waits = List.copyOf(waits);
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
                nowMillis,
                0,
                none,
                0,
                "",
                Map.of(),
                Set.of(),
                Set.of(),
                List.of(),
                Past.NONE,
                List.of(),
                Map.of(),
                RecentFailures.NONE,
                Judgement.NONE,
                "",
                "",
                List.of(),
                0);
    }

    /// Arms of which evidence is wanted now, the default arm among them.
    public Set<String> compared(RolloutSpec spec) {
        Set<String> arms = new HashSet<>();
        if (phase.serves()) {
            arms.add(spec.control());
            spec.candidates().stream()
                    .map(Candidate::arm)
                    .filter(arm -> !isDropped(arm))
                    .forEach(arms::add);
        }
        return arms;
    }

    /// Whether that arm has lost its share, while others have theirs.
    public boolean isDropped(String arm) {
        return dropped.containsKey(arm);
    }

    /// Whether there was evidence against any candidate.
    public boolean latched() {
        return !refuted.isEmpty();
    }

    /// All that was ever counted. Evidence is asked of single epochs, and of what [Past] has of those before.
    public List<Epoch> all() {
        return Stream.concat(past.totals().stream(), epochs.stream()).toList();
    }

    /// Whether answers were ever said to be worth something. Then that is what reports tell; else it is the
    /// share of right answers.
    public boolean isRewarded() {
        return all().stream()
                .flatMap(epoch -> epoch.counts().values().stream())
                .anyMatch(counts ->
                        counts.rewards().count() + counts.lateRewards().count() > 0);
    }

    /// What an arm earned by answers of which it is known what share it had then.
    ///
    /// @param rewarded by rewards; else by right answers
    public WeighedRewards earned(String arm, boolean rewarded) {
        WeighedRewards sum = past.told(arm).earned(rewarded);
        for (Epoch epoch : epochs) {
            sum = sum.plus(PastTold.weighed(epoch, arm, rewarded));
        }
        return sum;
    }

    /// How much less that tells, as one unit gives many: by the shares that are kept.
    ///
    /// @param rewarded by rewards; else by right answers
    public UnitSpread spread(String arm, boolean rewarded) {
        UnitSpread sum = UnitSpread.none();
        for (Epoch epoch : epochs) {
            sum = PastTold.with(sum, epoch, arm, rewarded);
        }
        return sum;
    }

    /// The same with what the evidence says now.
    public RolloutState with(Judgement now) {
        RolloutChange change = change();
        change.judged(now);
        return change.state();
    }

    /// With what other servers counted; what is in it already is left out.
    public RolloutState plus(RolloutSpec spec, List<Tally> tallies, long nowMillis) {
        RolloutChange change = change();
        tallies.forEach(tally -> change.counted().add(spec, tally, nowMillis));
        return change.state();
    }

    /// Whether what that source counts can be added.
    public boolean admits(String source) {
        return sources.containsKey(source) || sources.size() < Counted.MOST_SOURCES;
    }

    /// The same where that server adds what it counts itself.
    ///
    /// @param number greater than those of its tallies that are in it, so that it can tell whether this is
    ///     recorded; 0 for the same as before
    public RolloutState countedBy(String source, long number) {
        RolloutChange change = change();
        change.counted().countedBy(source, number);
        return change.state();
    }

    /// As it is to be judged: with what should count once, of however many servers.
    RolloutState eachOnce() {
        RolloutChange change = change();
        change.counted().replace(EachOnce.of(epochs, sources.size()));
        return change.state();
    }

    /// Of what counts once on each server.
    Repeats repeats() {
        return change().counted().repeats();
    }

    /// Of the present step and shares, with nothing in it.
    public Epoch dealt(RolloutSpec spec) {
        return new Epoch(step, allWeights(spec), Map.of(), Map.of());
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
