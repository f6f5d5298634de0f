package dev.penstock.server.grpc;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.FieldPath;
import dev.penstock.core.Mistake;
import dev.penstock.core.ServingException;
import dev.penstock.proto.admin.Arm;
import dev.penstock.proto.admin.Condition;
import dev.penstock.proto.admin.Fallback;
import dev.penstock.proto.admin.Route;
import dev.penstock.proto.admin.UnitSource;
import dev.penstock.router.split.ArmSpec;
import dev.penstock.router.split.Assignment;
import dev.penstock.router.split.CandidateSpec;
import dev.penstock.router.split.FallbackSpec;
import dev.penstock.router.split.OverrideSpec;
import dev.penstock.router.split.Rolled;
import dev.penstock.router.split.RouteSpec;
import dev.penstock.router.split.ShadowSpec;
import dev.penstock.router.split.Target;
import dev.penstock.server.routing.Fields;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/// What callers of the admin API want of routes. Pure; all throw [ServingException] for what cannot be.
final class RouteOrders {
    private RouteOrders() {}

    static RouteSpec spec(Route route) {
        return new RouteSpec(
                route.getName(),
                all("match", route.getMatchList(), RouteOrders::condition),
                units(route),
                route.getSalt().isEmpty() ? RouteSpec.standardSalt(route.getName()) : route.getSalt(),
                Fields.within(FieldPath.of("standard"), () -> arm(route.getStandard())),
                all(
                        "candidates",
                        route.getCandidatesList(),
                        candidate -> new CandidateSpec(
                                arm(candidate.getArm()), candidate.getWeight(), candidate.getMaxWeight())),
                all(
                        "overrides",
                        route.getOverridesList(),
                        override -> new OverrideSpec(
                                all("when", override.getWhenList(), RouteOrders::condition), override.getArm())),
                all(
                        "shadows",
                        route.getShadowsList(),
                        shadow -> new ShadowSpec(arm(shadow.getArm()), shadow.getShare(), shadow.getTolerance())),
                Fields.within(FieldPath.of("fallback"), () -> fallback(route.getFallback())),
                switch (route.getAssignment()) {
                    case ASSIGNMENT_UNSPECIFIED, ASSIGNMENT_ANCHORED -> Assignment.ANCHORED;
                    case ASSIGNMENT_RENDEZVOUS -> Assignment.RENDEZVOUS;
                    case UNRECOGNIZED ->
                        throw ServingException.invalid("assignment: %d (expected: anchored or rendezvous)"
                                .formatted(route.getAssignmentValue()));
                },
                Rolled.NEVER);
    }

    /// Each of a list, whose refusals say which one it is.
    private static <T, R> List<R> all(String list, List<T> elements, Function<T, R> read) {
        List<R> all = new ArrayList<>();
        for (T element : elements) {
            all.add(Fields.within(FieldPath.of(list).element(all.size()), () -> read.apply(element)));
        }
        return all;
    }

    private static List<dev.penstock.router.split.UnitSource> units(Route route) {
        if (route.getUnitPerRequest() && route.getUnitCount() > 0) {
            throw ServingException.invalid(
                    "unit: %d sources (expected: none with unit_per_request)".formatted(route.getUnitCount()));
        }
        if (route.getUnitCount() == 0) {
            return route.getUnitPerRequest() ? List.of() : dev.penstock.router.split.UnitSource.STANDARD;
        }
        return all("unit", route.getUnitList(), RouteOrders::unit);
    }

    private static ArmSpec arm(Arm arm) {
        return new ArmSpec(
                arm.getName(),
                new Target(
                        arm.getTarget().getModel(),
                        arm.getTarget().getVersion(),
                        arm.getTarget().getAlias()));
    }

    private static dev.penstock.router.split.Condition condition(Condition condition) {
        dev.penstock.router.split.Condition.Kind kind = switch (condition.getWhatCase()) {
            case HEADER -> dev.penstock.router.split.Condition.Kind.HEADER;
            case PARAMETER -> dev.penstock.router.split.Condition.Kind.PARAMETER;
            case CALLER -> dev.penstock.router.split.Condition.Kind.CALLER;
            case WHAT_NOT_SET ->
                throw ServingException.invalid("a condition looks at nothing (expected: header, parameter or caller)");
        };
        String name = switch (condition.getWhatCase()) {
            case HEADER -> condition.getHeader();
            case PARAMETER -> condition.getParameter();
            case CALLER, WHAT_NOT_SET -> "";
        };
        refuseFalse(kind == dev.penstock.router.split.Condition.Kind.CALLER && !condition.getCaller(), "caller");
        return switch (condition.getTestCase()) {
            case EQUALS ->
                condition(kind, name, dev.penstock.router.split.Condition.Test.EQUALS, condition.getEquals());
            case PREFIX ->
                condition(kind, name, dev.penstock.router.split.Condition.Test.PREFIX, condition.getPrefix());
            case REGEX -> condition(kind, name, dev.penstock.router.split.Condition.Test.REGEX, condition.getRegex());
            case PRESENT -> {
                refuseFalse(!condition.getPresent(), "present");
                yield condition(kind, name, dev.penstock.router.split.Condition.Test.PRESENT, "");
            }
            case TEST_NOT_SET ->
                throw ServingException.invalid("a condition has no test (expected: equals, prefix, regex or present)");
        };
    }

    /// What is set to false would be taken for the contrary: that it is set says what is looked at.
    private static void refuseFalse(boolean isFalse, String field) {
        if (isFalse) {
            throw ServingException.of(Mistake.wrong(FieldPath.of(field), "false", "true"));
        }
    }

    private static dev.penstock.router.split.Condition condition(
            dev.penstock.router.split.Condition.Kind kind,
            String name,
            dev.penstock.router.split.Condition.Test test,
            String value) {
        return new dev.penstock.router.split.Condition(kind, name, test, value);
    }

    private static dev.penstock.router.split.UnitSource unit(UnitSource source) {
        return switch (source.getSourceCase()) {
            case HEADER -> unit(dev.penstock.router.split.UnitSource.Kind.HEADER, source.getHeader());
            case JWT_CLAIM -> unit(dev.penstock.router.split.UnitSource.Kind.JWT_CLAIM, source.getJwtClaim());
            case COOKIE -> unit(dev.penstock.router.split.UnitSource.Kind.COOKIE, source.getCookie());
            case PARAMETER -> unit(dev.penstock.router.split.UnitSource.Kind.PARAMETER, source.getParameter());
            case REQUEST_ID -> {
                refuseFalse(!source.getRequestId(), "request_id");
                yield unit(dev.penstock.router.split.UnitSource.Kind.REQUEST_ID, "");
            }
            case SOURCE_NOT_SET ->
                throw ServingException.invalid(
                        "a unit has no source (expected: header, jwt_claim, cookie, parameter or request_id)");
        };
    }

    private static dev.penstock.router.split.UnitSource unit(
            dev.penstock.router.split.UnitSource.Kind kind, String name) {
        return new dev.penstock.router.split.UnitSource(kind, name);
    }

    private static FallbackSpec fallback(Fallback fallback) {
        Set<ErrorCode> on = new HashSet<>();
        for (String name : fallback.getOnList()) {
            on.add(FallbackSpec.POSSIBLE.stream()
                    .filter(code -> code.name().equals(name))
                    .findFirst()
                    .orElseThrow(() -> Fields.invalid(
                            FieldPath.of("on"),
                            name,
                            "one of " + FallbackSpec.POSSIBLE.stream().sorted().toList())));
        }
        return new FallbackSpec(fallback.getArm(), on);
    }
}
