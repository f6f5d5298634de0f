package dev.penstock.server.rollout;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.ServingException;
import dev.penstock.router.rollout.Candidate;
import dev.penstock.router.rollout.Mode;
import dev.penstock.router.rollout.Phase;
import dev.penstock.router.rollout.RolloutSpec;
import dev.penstock.router.rollout.RolloutState;
import dev.penstock.router.rollout.Strategy;
import dev.penstock.router.split.ArmSpec;
import dev.penstock.router.split.Assignment;
import dev.penstock.router.split.CandidateSpec;
import dev.penstock.router.split.RouteSpec;
import dev.penstock.router.split.ShadowSpec;
import dev.penstock.router.split.Target;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What a rollout makes of its route. Pure.
final class RouteEdits {
    private static final String SHADOW = "-shadow";

    private RouteEdits() {}

    /// The arm that gets a candidate's copies.
    static String shadowOf(String arm) {
        return arm + SHADOW;
    }

    /// The route with the candidates' arms, none of which has a share yet. Candidates of earlier rollouts,
    /// which
    /// have none either, make room, and what was counted in those is not of this one.
    ///
    /// @param id of the rollout
    /// @throws ServingException with NOT_READY if an arm of somebody else's has a share
    static RouteSpec prepared(RolloutSpec spec, RouteSpec route, String id) {
        Set<String> mine = new HashSet<>();
        spec.candidates().forEach(candidate -> mine.add(candidate.arm()));
        List<CandidateSpec> candidates = new ArrayList<>();
        for (CandidateSpec candidate : route.candidates()) {
            if (candidate.weight() > 0) {
                throw new ServingException(
                        ErrorCode.NOT_READY,
                        "route '%s': arm '%s' has a share of its own (expected: 0%% for all candidates before a rollout)"
                                .formatted(route.name(), candidate.arm().name()));
            }
        }
        List<ShadowSpec> shadows = new ArrayList<>();
        for (ShadowSpec shadow : route.shadows()) {
            if (!shadow.arm().name().endsWith(SHADOW)) {
                shadows.add(shadow);
            }
        }
        boolean copies = spec.steps().stream().anyMatch(step -> step.shadow() > 0);
        for (Candidate candidate : spec.candidates()) {
            Target target = Target.version(candidate.model(), candidate.version());
            candidates.add(new CandidateSpec(new ArmSpec(candidate.arm(), target), 0, spec.maxWeight()));
            if (copies) {
                shadows.add(new ShadowSpec(new ArmSpec(shadowOf(candidate.arm()), target), 0, 0));
            }
        }
        Assignment dealt = spec.strategy() == Strategy.BANDIT ? Assignment.RENDEZVOUS : Assignment.ANCHORED;
        return route.withAssignment(dealt)
                .withOverrides(route.overrides().stream()
                        .filter(override -> mine.contains(override.arm())
                                || override.arm().equals(route.standard().name()))
                        .toList())
                .withCandidates(candidates)
                .withShadows(shadows)
                .withRollout(id, isObserved(spec));
    }

    /// Who only observes takes nothing from anybody.
    private static boolean isObserved(RolloutSpec spec) {
        return spec.rules().mode() == Mode.OBSERVE;
    }

    /// The route as the state wants it. Arms that are not there are let be.
    static RouteSpec wanted(RolloutSpec spec, RolloutState state, RouteSpec route) {
        List<CandidateSpec> candidates = new ArrayList<>();
        for (CandidateSpec candidate : route.candidates()) {
            Integer weight = state.weights().get(candidate.arm().name());
            candidates.add(weight == null ? candidate : candidate.withWeight(Math.min(weight, candidate.maxWeight())));
        }
        List<ShadowSpec> shadows = new ArrayList<>();
        for (ShadowSpec shadow : route.shadows()) {
            boolean mine = spec.candidates().stream()
                    .anyMatch(candidate ->
                            shadowOf(candidate.arm()).equals(shadow.arm().name()));
            shadows.add(mine ? new ShadowSpec(shadow.arm(), state.shadow(), shadow.tolerance()) : shadow);
        }
        boolean observed = isObserved(spec) && !state.phase().isEnding() && !state.phase().isOver();
        RouteSpec wanted =
                route.withCandidates(candidates).withShadows(shadows).withRollout(route.rollout(), observed);
        Candidate promoted = promoted(spec, state);
        boolean byAlias = !route.standard().target().alias().isEmpty();
        return promoted == null || byAlias
                ? wanted
                : wanted.withStandard(
                        new ArmSpec(route.standard().name(), Target.version(promoted.model(), promoted.version())));
    }

    /// The candidate that is to be the default, or null.
    static @Nullable Candidate promoted(RolloutSpec spec, RolloutState state) {
        return spec.candidates().stream()
                .filter(candidate -> candidate.arm().equals(state.promoted()))
                .findFirst()
                .orElse(null);
    }

    /// Candidates that must get nothing, whatever is recorded.
    static List<String> taken(RolloutSpec spec, RolloutState state) {
        return spec.candidates().stream()
                .map(Candidate::arm)
                .filter(arm ->
                        state.phase() == Phase.ROLLING_BACK || state.isDropped(arm))
                .toList();
    }

    /// Candidates whose arms the route has not got any more.
    static List<String> missing(RolloutSpec spec, RouteSpec route) {
        List<String> missing = new ArrayList<>();
        for (Candidate candidate : spec.candidates()) {
            Target target = Target.version(candidate.model(), candidate.version());
            if (route.candidates().stream()
                    .noneMatch(each -> each.arm().equals(new ArmSpec(candidate.arm(), target)))) {
                missing.add(candidate.arm());
            }
        }
        return missing;
    }
}
