package dev.penstock.server.routing;

import dev.penstock.core.ErrorCode;
import dev.penstock.router.arms.AssignmentReason;
import dev.penstock.router.split.ArmSpec;
import dev.penstock.router.split.Assignment;
import dev.penstock.router.split.CandidateSpec;
import dev.penstock.router.split.Condition;
import dev.penstock.router.split.OverrideSpec;
import dev.penstock.router.split.Place;
import dev.penstock.router.split.RequestFacts;
import dev.penstock.router.split.RouteSpec;
import dev.penstock.router.split.SplitRoute;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;

/// Deals requests of one route as the doors do, but tells nobody and counts nothing. Pure, as far as whom it
/// asks is.
final class Dealing {
    private static final int GROUP_SHIFT = 58;

    private final RouteSpec route;
    private final SplitRoute split;
    private final ToLongFunction<ArmSpec> answering;
    private final Predicate<ArmSpec> tripped;

    /// Where a request is sent.
    private record Step(int arm, AssignmentReason reason, String why) {}

    /// @param answering the version that answers for an arm now, or 0
    /// @param tripped whether an arm gets nothing here, as it failed too often
    Dealing(RouteSpec route, ToLongFunction<ArmSpec> answering, Predicate<ArmSpec> tripped) {
        this.route = route;
        this.split = SplitRoute.of(route);
        this.answering = answering;
        this.tripped = tripped;
    }

    Dealt deal(AssignOrder order) {
        RequestFacts facts = order.facts();
        long byRules = split.place(facts);
        boolean ruled = !Place.reason(byRules).byChance();
        long place = order.unit().isEmpty() ? byRules : split.place(order.unit());
        int index = Place.arm(ruled ? byRules : place);
        AssignmentReason reason = Place.reason(ruled ? byRules : place);
        Step dealt = new Step(index, reason, why(facts, reason, Place.bucket(place), index));
        Step sent = standIn(ready(dealt));
        ArmSpec arm = split.arms().get(sent.arm());
        return new Dealt(
                arm.name(),
                TargetText.of(arm.target()),
                answering.applyAsLong(arm),
                Place.bucket(place),
                (int) (Place.hash2(place) >>> GROUP_SHIFT),
                sent.reason().text(),
                sent.why(),
                route.salt());
    }

    /// The default arm, where the one that was dealt takes nothing.
    private Step ready(Step dealt) {
        ArmSpec arm = split.arms().get(dealt.arm());
        if (dealt.arm() > 0 && answering.applyAsLong(arm) == 0) {
            String why = "it would be '%s', as %s, but that has no version that is ready here"
                    .formatted(arm.name(), dealt.why());
            return new Step(0, AssignmentReason.NOT_READY, why);
        }
        if (dealt.arm() > 0 && tripped.test(arm)) {
            String why =
                    "it would be '%s', as %s, but too many of its requests failed on this server (resume its rollout, or where none runs set its weight to 0 and raise it, and it gets them again)"
                            .formatted(arm.name(), dealt.why());
            return new Step(0, AssignmentReason.TRIPPED, why);
        }
        return dealt;
    }

    /// The fallback arm, where the default arm is not ready and that is for such a failure.
    private Step standIn(Step step) {
        ArmSpec standard = route.standard();
        if (step.arm() > 0 || answering.applyAsLong(standard) > 0) {
            return step;
        }
        String why = "it would be '%s', as %s, but that has no version that is ready here"
                .formatted(standard.name(), step.why());
        int other =
                route.fallback().isNone() ? -1 : split.indexOf(route.fallback().arm());
        if (other <= 0 || !route.fallback().on().contains(ErrorCode.NOT_READY)) {
            return new Step(0, step.reason(), why + ", and no other arm stands in: it would be refused");
        }
        ArmSpec arm = split.arms().get(other);
        if (answering.applyAsLong(arm) == 0 || tripped.test(arm)) {
            return new Step(
                    0,
                    step.reason(),
                    "%s, and neither is the fallback arm '%s' there for it: it would be refused"
                            .formatted(why, arm.name()));
        }
        return new Step(other, AssignmentReason.FALLBACK, why + ", and this is the fallback arm");
    }

    private String why(RequestFacts facts, AssignmentReason reason, int bucket, int arm) {
        return switch (reason) {
            case NO_MATCH ->
                route.match().stream()
                        .filter(condition -> !holds(condition, facts))
                        .findFirst()
                        .map(condition ->
                                "the condition that %s does not hold".formatted(ConditionJson.words(condition)))
                        .orElse("a condition does not hold");
            case OVERRIDE ->
                route.overrides().stream()
                        .filter(override -> override.when().stream().allMatch(each -> holds(each, facts)))
                        .findFirst()
                        .map(override -> "override %d holds: %s"
                                .formatted(route.overrides().indexOf(override) + 1, words(override)))
                        .orElse("an override holds");
            case RANDOM ->
                "it has no unit that would come again (looked for: %s), so chance decides anew with each request"
                        .formatted(sources());
            case HASH, NOT_READY, TRIPPED, FALLBACK -> byWeight(bucket, arm);
        };
    }

    /// Held against a route that has no other.
    private boolean holds(Condition condition, RequestFacts facts) {
        RouteSpec alone = route.withMatch(List.of(condition)).withOverrides(List.of());
        return Place.reason(SplitRoute.of(alone).place(facts)) != AssignmentReason.NO_MATCH;
    }

    private static String words(OverrideSpec override) {
        return override.when().stream().map(ConditionJson::words).collect(Collectors.joining(" and "));
    }

    private String sources() {
        return route.unit().isEmpty()
                ? "nothing"
                : route.unit().stream().map(UnitJson::words).collect(Collectors.joining(", "));
    }

    private String byWeight(int bucket, int arm) {
        if (arm == 0) {
            return "bucket %d is the default arm's, as no candidate has it".formatted(bucket);
        }
        CandidateSpec candidate = route.candidates().get(arm - 1);
        if (route.assignment() == Assignment.RENDEZVOUS) {
            return "bucket %d is dealt to it with a weight of %s".formatted(bucket, Share.text(candidate.weight()));
        }
        int anchor = route.candidates().subList(0, arm - 1).stream()
                .mapToInt(CandidateSpec::maxWeight)
                .sum();
        return "bucket %d is among %d to %d, its weight of %s"
                .formatted(bucket, anchor, anchor + candidate.weight() - 1, Share.text(candidate.weight()));
    }
}
