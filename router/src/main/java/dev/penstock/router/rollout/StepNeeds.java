package dev.penstock.router.rollout;

import dev.penstock.router.arms.ArmCounts;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// What the present step of a rollout still needs before it ends. Pure.
///
/// @param millis that it takes at least
/// @param requests that arms have still to answer; those that have enough are not in it
/// @param undecided what evidence is in the way, for people
record StepNeeds(long millis, Map<String, Missing> requests, List<String> undecided) {
    StepNeeds {
        requests = Map.copyOf(requests);
        undecided = List.copyOf(undecided);
    }

    /// What an arm has answered in the step.
    record Missing(long answered, long wanted) {}

    /// @param state with what the evidence says now
    static StepNeeds of(RolloutSpec spec, RolloutState state, long nowMillis) {
        StepSpec step = spec.steps().get(state.step());
        long left = step.minDuration().toMillis() - (nowMillis - state.stepMillis());
        return new StepNeeds(Math.max(0, left), requests(spec, state, step), undecided(spec, state, step));
    }

    boolean isNothing() {
        return millis == 0 && hasEnoughRequests() && undecided.isEmpty();
    }

    boolean hasEnoughRequests() {
        return requests.isEmpty();
    }

    /// Of arms that have a share in the step.
    private static Map<String, Missing> requests(RolloutSpec spec, RolloutState state, StepSpec step) {
        long wanted = step.minRequests() > 0 ? step.minRequests() : spec.rules().minRequests();
        Map<String, Long> answered = answered(state, step);
        List<String> arms = new ArrayList<>();
        if (step.weight() * spec.candidates().size() != StepSpec.ALL) {
            arms.add(spec.control());
        }
        spec.candidates().stream()
                .map(Candidate::arm)
                .filter(arm -> !state.isDropped(arm))
                .forEach(arms::add);
        Map<String, Missing> missing = new LinkedHashMap<>();
        for (String arm : arms) {
            long had = answered.getOrDefault(arm, 0L);
            if (had < wanted) {
                missing.put(arm, new Missing(had, wanted));
            }
        }
        return missing;
    }

    private static Map<String, Long> answered(RolloutState state, StepSpec step) {
        Map<String, Long> answered = new HashMap<>();
        for (Epoch epoch : state.all()) {
            if (epoch.step() == state.step()) {
                epoch.counts().forEach((arm, counts) -> answered.merge(arm, atWork(counts), Long::sum));
                if (step.isShadow()) {
                    epoch.copies().forEach((arm, copies) -> answered.merge(arm, copies.answered(), Long::sum));
                }
            }
        }
        return answered;
    }

    /// What was refused may have been so before any model ran, and says nothing of how it answers.
    private static long atWork(ArmCounts counts) {
        return counts.eligible() - counts.refused();
    }

    private static List<String> undecided(RolloutSpec spec, RolloutState state, StepSpec step) {
        if (step.require() == Require.PROVEN && spec.metrics().stream().noneMatch(MetricSpec::required)) {
            return List.of("there is no required metric by which anything could be proven");
        }
        List<String> all = new ArrayList<>();
        for (Candidate candidate : spec.candidates()) {
            String arm = candidate.arm();
            if (!state.isDropped(arm)) {
                state.judged()
                        .undecided(step, spec, arm)
                        .forEach(metric -> all.add(metric + " of " + arm + ": " + why(state.judged(), metric, arm)));
            }
        }
        return all;
    }

    private static String why(Judgement judged, String metric, String arm) {
        return judged.of(arm).stream()
                .filter(reading -> reading.metric().equals(metric))
                .findFirst()
                .map(StepNeeds::why)
                .orElse("not judged yet");
    }

    private static String why(MetricReading reading) {
        if (reading.verdict() == Verdict.FAIL) {
            return "speaks against it";
        }
        if (reading.suspected()) {
            return reading.detail();
        }
        return reading.isNotWorse()
                ? "not enough data"
                : String.format(
                        Locale.ROOT,
                        "some evidence against it (ln E %.1f, expected: below %.1f)",
                        reading.evidence().rollback(),
                        MetricReading.SUSPICION);
    }
}
