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
import dev.penstock.router.split.Rolled;
import dev.penstock.router.split.RouteSpec;
import dev.penstock.router.split.ShadowSpec;
import dev.penstock.router.split.Target;
import dev.penstock.server.routing.TargetText;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
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

    /// The route with the candidates' arms, none of which has a share yet. Arms that earlier rollouts made
    /// go, unless overrides or the fallback lead to them; those that a person made stay, with as much room as
    /// is left.
    ///
    /// @param id of the rollout
    /// @throws ServingException with ALREADY_EXISTS if an arm of somebody else's is in the way
    static RouteSpec prepared(RolloutSpec spec, RouteSpec route, String id) {
        refuseShares(route);
        Set<String> made = new HashSet<>();
        List<ShadowSpec> shadows = new ArrayList<>(route.shadows());
        shadows.removeIf(shadow -> route.rolled().arms().contains(shadow.arm().name()));
        boolean copies = spec.steps().stream().anyMatch(step -> step.shadow() > 0);
        for (Candidate candidate : spec.candidates()) {
            Target target = Target.version(candidate.model(), candidate.version());
            ArmSpec arm = new ArmSpec(candidate.arm(), target);
            if (isFree(arm, route)) {
                made.add(arm.name());
            }
            if (copies) {
                ArmSpec shadow = new ArmSpec(shadowOf(candidate.arm()), target);
                refuseTaken(shadow, shadows, route);
                made.add(shadow.name());
                shadows.add(new ShadowSpec(shadow, 0, spec.tolerance()));
            }
        }
        Assignment dealt = spec.strategy() == Strategy.BANDIT ? Assignment.RENDEZVOUS : Assignment.ANCHORED;
        return Found.dealt(route, found(spec, route).taken(spec), dealt)
                .withShadows(shadows)
                .withRolled(new Rolled(id, isObserved(spec), made));
    }

    private static void refuseShares(RouteSpec route) {
        for (CandidateSpec candidate : route.candidates()) {
            if (candidate.weight() > 0) {
                throw taken(
                        "route '%s': arm '%s' has a share of its own (expected: 0%% for all candidates before a rollout)"
                                .formatted(route.name(), candidate.arm().name()));
            }
        }
    }

    /// Whether a candidate's arm is the rollout's own: one that a person made is that, whoever it is lent to.
    ///
    /// @throws ServingException if it would take the place of somebody else's that stands for another version
    private static boolean isFree(ArmSpec arm, RouteSpec route) {
        CandidateSpec there = route.candidate(arm.name()).orElse(null);
        if (there == null || route.rolled().arms().contains(arm.name())) {
            return true;
        }
        if (there.arm().equals(arm)) {
            return false;
        }
        throw taken(
                "route '%s': arm '%s' is somebody else's and stands for %s, the candidate is %s (expected: no such arm, or another name for the candidate, as in candidates: [{arm: next, version: %s}])"
                        .formatted(
                                route.name(),
                                arm.name(),
                                TargetText.of(there.arm().target()),
                                TargetText.of(arm.target()),
                                TargetText.of(arm.target())));
    }

    private static void refuseTaken(ArmSpec shadow, List<ShadowSpec> shadows, RouteSpec route) {
        if (shadows.stream().anyMatch(each -> each.arm().name().equals(shadow.name()))) {
            throw taken(
                    "route '%s': a shadow of somebody else's is called '%s', as the candidate's copies are to be (expected: another name)"
                            .formatted(route.name(), shadow.name()));
        }
    }

    private static ServingException taken(String what) {
        return new ServingException(ErrorCode.ALREADY_EXISTS, what);
    }

    /// Whether requests come to an arm also when it has no share.
    private static boolean isUsed(String arm, RouteSpec route) {
        return route.fallback().arm().equals(arm)
                || route.overrides().stream()
                        .anyMatch(override -> override.arm().equals(arm));
    }

    /// What is there of others before a rollout begins, and stays or is used by it.
    static Found found(RolloutSpec spec, RouteSpec route) {
        List<CandidateSpec> found = new ArrayList<>();
        for (CandidateSpec candidate : route.candidates()) {
            String name = candidate.arm().name();
            boolean mine =
                    spec.candidates().stream().anyMatch(each -> each.arm().equals(name));
            boolean others = !route.rolled().arms().contains(name);
            if (others || (isUsed(name, route) && !mine)) {
                found.add(candidate);
            }
        }
        return new Found(route.assignment(), found);
    }

    /// The route with the room and the places that the rollout took from others, as far as nobody changed that.
    static RouteSpec givenBack(RolloutSpec spec, Optional<Found> found, RouteSpec route) {
        return found.map(before -> before.givenBack(spec, route)).orElse(route);
    }

    /// The route without arms that its last rollout made, as far as nobody changed them, no requests come to
    /// them, and nobody behind them has units who would be others without them.
    static RouteSpec inspected(RouteSpec route) {
        int lastDealt = lastDealt(route);
        List<CandidateSpec> candidates = new ArrayList<>();
        for (int i = 0; i < route.candidates().size(); i++) {
            CandidateSpec candidate = route.candidates().get(i);
            if (i <= lastDealt || !isIdle(candidate, route)) {
                candidates.add(candidate);
            }
        }
        List<ShadowSpec> shadows = new ArrayList<>(route.shadows());
        shadows.removeIf(shadow -> route.rolled().arms().contains(shadow.arm().name()) && shadow.share() == 0);
        return route.withCandidates(candidates).withShadows(shadows).editedFrom(route);
    }

    private static boolean isIdle(CandidateSpec candidate, RouteSpec route) {
        String name = candidate.arm().name();
        return route.rolled().arms().contains(name) && candidate.weight() == 0 && !isUsed(name, route);
    }

    /// The last candidate that has units by its place; -1 if none has.
    private static int lastDealt(RouteSpec route) {
        if (route.assignment() == Assignment.RENDEZVOUS) {
            return -1;
        }
        int last = route.candidates().size() - 1;
        while (last >= 0 && route.candidates().get(last).weight() == 0) {
            last--;
        }
        return last;
    }

    /// Who only observes takes nothing from anybody.
    private static boolean isObserved(RolloutSpec spec) {
        return spec.rules().mode() == Mode.OBSERVE;
    }

    /// The route as the state wants it. Arms that are not there are let be.
    ///
    /// @param found before it began
    static RouteSpec wanted(RolloutSpec spec, Optional<Found> found, RolloutState state, RouteSpec route) {
        RouteSpec dealt = dealt(spec, state, route);
        boolean ends = state.phase().isEnding() || state.phase().isOver();
        RouteSpec wanted = (ends ? givenBack(spec, found, dealt) : dealt)
                .withRolled(route.rolled().observing(isObserved(spec) && !ends));
        Candidate promoted = promoted(spec, state);
        return promoted == null || !movedAlias(promoted, route).isEmpty()
                ? wanted
                : wanted.withStandard(
                        new ArmSpec(route.standard().name(), Target.version(promoted.model(), promoted.version())));
    }

    private static RouteSpec dealt(RolloutSpec spec, RolloutState state, RouteSpec route) {
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
        return route.withCandidates(candidates).withShadows(shadows);
    }

    /// The alias that is moved so that the default arm stands for who is promoted.
    ///
    /// @return "" if that arm is to name the version itself: it names one now, or an alias of another model,
    ///     which cannot stand for it
    static String movedAlias(Candidate promoted, RouteSpec route) {
        Target standard = route.standard().target();
        return standard.model().equals(promoted.model()) ? standard.alias() : "";
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
                .filter(arm -> state.phase() == Phase.ROLLING_BACK || state.isDropped(arm))
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
