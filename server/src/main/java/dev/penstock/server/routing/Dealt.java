package dev.penstock.server.routing;

import dev.penstock.core.Assigned;
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

/// Which arm a request would get, and why.
///
/// @param version that would answer now; 0 if none would
/// @param bucket 0 to 9999
/// @param group 0 to 63
/// @param reason in one word, as answers have it
/// @param why in a sentence: which condition, override or weight it was
/// @param salt that dealt it
public record Dealt(
        String arm, String target, long version, int bucket, int group, String reason, String why, String salt) {
    private static final int GROUP_SHIFT = 58;

    /// As answers have it in `x-penstock-assignment`.
    public String header() {
        return Assigned.header(salt, bucket, reason);
    }

    /// Deals a request as the doors do, but tells nobody and counts nothing.
    ///
    /// @param answering the version that answers for an arm now, or 0
    /// @param tripped whether an arm gets nothing here, as it failed too often
    static Dealt of(RouteSpec route, AssignOrder order, ToLongFunction<ArmSpec> answering, Predicate<ArmSpec> tripped) {
        SplitRoute split = SplitRoute.of(route);
        RequestFacts facts = order.facts();
        long byRules = split.place(facts);
        boolean ruled = !Place.reason(byRules).byChance();
        long place = order.unit().isEmpty() ? byRules : split.place(order.unit());
        int index = Place.arm(ruled ? byRules : place);
        AssignmentReason reason = Place.reason(ruled ? byRules : place);
        ArmSpec arm = split.arms().get(index);
        String why = why(route, facts, reason, Place.bucket(place), index);
        long version = answering.applyAsLong(arm);
        if (version == 0 && index > 0) {
            why = "it would be '%s', as %s, but that has no version that is ready here".formatted(arm.name(), why);
            reason = AssignmentReason.NOT_READY;
            arm = split.arms().getFirst();
            version = answering.applyAsLong(arm);
        } else if (index > 0 && tripped.test(arm)) {
            why =
                    "it would be '%s', as %s, but too many of its requests failed on this server (set its weight to 0 and raise it, and it gets them again)"
                            .formatted(arm.name(), why);
            reason = AssignmentReason.TRIPPED;
            arm = split.arms().getFirst();
            version = answering.applyAsLong(arm);
        }
        return new Dealt(
                arm.name(),
                TargetText.of(arm.target()),
                version,
                Place.bucket(place),
                (int) (Place.hash2(place) >>> GROUP_SHIFT),
                reason.text(),
                why,
                route.salt());
    }

    private static String why(RouteSpec route, RequestFacts facts, AssignmentReason reason, int bucket, int arm) {
        return switch (reason) {
            case NO_MATCH ->
                route.match().stream()
                        .filter(condition -> !holds(route, condition, facts))
                        .findFirst()
                        .map(condition ->
                                "the condition that %s does not hold".formatted(ConditionJson.words(condition)))
                        .orElse("a condition does not hold");
            case OVERRIDE ->
                route.overrides().stream()
                        .filter(override -> override.when().stream().allMatch(each -> holds(route, each, facts)))
                        .findFirst()
                        .map(override -> "override %d holds: %s"
                                .formatted(route.overrides().indexOf(override) + 1, words(override)))
                        .orElse("an override holds");
            case RANDOM ->
                "it has no unit that would come again (looked for: %s), so chance decides anew with each request"
                        .formatted(sources(route));
            case HASH, NOT_READY, TRIPPED, FALLBACK -> byWeight(route, bucket, arm);
        };
    }

    /// Held against a route that has no other.
    private static boolean holds(RouteSpec route, Condition condition, RequestFacts facts) {
        RouteSpec alone = route.withMatch(List.of(condition)).withOverrides(List.of());
        return Place.reason(SplitRoute.of(alone).place(facts)) != AssignmentReason.NO_MATCH;
    }

    private static String words(OverrideSpec override) {
        return override.when().stream().map(ConditionJson::words).collect(Collectors.joining(" and "));
    }

    private static String sources(RouteSpec route) {
        return route.unit().isEmpty()
                ? "nothing"
                : route.unit().stream().map(UnitJson::words).collect(Collectors.joining(", "));
    }

    private static String byWeight(RouteSpec route, int bucket, int arm) {
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
