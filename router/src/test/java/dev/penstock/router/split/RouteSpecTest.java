package dev.penstock.router.split;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.ServingException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class RouteSpecTest {
    private static final ArmSpec STABLE = ArmSpec.of("stable", "m", 1);
    private static final RouteSpec SPEC = RouteSpec.of("r", STABLE);

    private static CandidateSpec candidate(String arm, int weight, int maxWeight) {
        return new CandidateSpec(ArmSpec.of(arm, "m", 2), weight, maxWeight);
    }

    private static void assertRefused(ThrowingCallable action, String message) {
        assertThatThrownBy(action)
                .isInstanceOf(ServingException.class)
                .hasMessage(message)
                .extracting(e -> ((ServingException) e).code())
                .isEqualTo(ErrorCode.INVALID_ARGUMENT);
    }

    @Test
    void weightsAndRoomForThemAreBasisPointsOfAllUnits() {
        assertRefused(() -> candidate("a", 501, 500), "weight: '5.01%' (expected: 0% to the maxWeight of arm 'a', 5%)");
        assertRefused(() -> candidate("a", -1, 500), "weight: '-0.01%' (expected: 0% to the maxWeight of arm 'a', 5%)");
        assertRefused(() -> candidate("a", 0, 10_001), "maxWeight: '100.01%' (expected: 0% to 100%)");
        assertRefused(
                () -> SPEC.withCandidates(List.of(candidate("a", 0, 6_000), candidate("b", 0, 4_001))),
                "candidates: 'maxWeight 100.01% together' (expected: at most 100%, so that each has room)");
        assertThat(SPEC.withCandidates(List.of(candidate("a", 100, 6_000), candidate("b", 50, 4_000)))
                        .standardWeight())
                .isEqualTo(9_850);
    }

    @Test
    void armsHaveNamesOfTheirOwn() {
        assertRefused(
                () -> SPEC.withCandidates(List.of(candidate("stable", 0, 1))),
                "candidates[0].arm: 'stable' (expected: a name that no other arm of the route has)");
        assertRefused(
                () -> SPEC.withShadows(List.of(new ShadowSpec(STABLE, 100, 0))),
                "shadows[0].arm: 'stable' (expected: a name that no other arm of the route has)");
        assertRefused(
                () -> ArmSpec.of("a b", "m", 1), "arm: 'a b' (expected: 1 to 64 letters, digits, '_', '.' and '-')");
        List<CandidateSpec> many = new ArrayList<>();
        for (int i = 0; i < RouteSpec.MAX_ARMS; i++) {
            many.add(candidate("c" + i, 0, 1));
        }
        assertRefused(() -> SPEC.withCandidates(many), "candidates: '33 arms' (expected: at most 32)");
    }

    @Test
    void whatNamesAnArmNamesOneThatMayAnswer() {
        RouteSpec spec = SPEC.withShadows(List.of(new ShadowSpec(ArmSpec.of("dark", "m", 3), 100, 0)));
        List<Condition> when = List.of(Condition.header("x-canary", "1"));

        assertRefused(
                () -> spec.withOverrides(List.of(new OverrideSpec(when, "dark"))),
                "overrides[0].arm: 'dark' (expected: one of [stable])");
        assertRefused(
                () -> spec.withFallback(new FallbackSpec("dark", Set.of(ErrorCode.INTERNAL))),
                "fallback.arm: 'dark' (expected: one of [stable])");
        assertRefused(
                () -> new FallbackSpec("stable", Set.of(ErrorCode.INVALID_ARGUMENT)),
                "on: 'INVALID_ARGUMENT' (expected: one or more of "
                        + "DEADLINE_EXCEEDED, INTERNAL, MODEL_FAILED, NOT_READY, OVERLOADED)");
        assertRefused(() -> new OverrideSpec(List.of(), "stable"), "when: '' (expected: at least one condition)");
        assertRefused(() -> SPEC.withWeight("canary", 1), "arm: 'canary' (expected: a candidate of route 'r': [])");
    }

    @Test
    void conditionsSayWhatTheyCanMean() {
        assertRefused(
                () -> new Condition(Condition.Kind.HEADER, "a", Condition.Test.REGEX, "("),
                "regex: '(' (expected: a regular expression: Unclosed group)");
        assertRefused(
                () -> new Condition(Condition.Kind.PARAMETER, "a", Condition.Test.PRESENT, "x"),
                "present: 'x' (expected: no value beside 'present')");
        assertRefused(
                () -> new Condition(Condition.Kind.HEADER, "a b", Condition.Test.PRESENT, ""),
                "header: 'a b' (expected: a name of 1 to 128 visible ASCII characters)");
        assertThat(Condition.header("X-A", "B").name()).isEqualTo("x-a");
    }

    @Test
    void aTargetIsAVersionOrAnAlias() {
        assertRefused(() -> new Target("m", 1, "prod"), "alias: 'prod' (expected: no alias beside version 1)");
        assertRefused(() -> new Target("m@prod", 0, ""), "model: 'm@prod' (expected: the name of a model)");
        assertThat(Target.alias("m", "prod")).hasToString("m@prod");
        assertThat(Target.version("m", 7)).hasToString("m/7");
    }

    @Test
    void aSaltIsOneHeaderValue() {
        assertRefused(
                () -> SPEC.withSalt("a;b"), "salt: 'a;b' (expected: 1 to 128 visible ASCII characters other than ';')");
        assertThat(RouteSpec.of("käse laib;1", STABLE).salt()).matches("kselaib1~[0-9a-f]{8}/v1");
        assertThat(RouteSpec.of("k\u00f6se laib;1", STABLE).salt())
                .as("another route, whose requests are not dealt likewise")
                .isNotEqualTo(RouteSpec.of("k\u00e4se laib;1", STABLE).salt());
        String longName = "n".repeat(300);
        assertThat(RouteSpec.standardSalt(longName + "a")).isNotEqualTo(RouteSpec.standardSalt(longName + "b"));
    }
}
