package dev.penstock.server.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.FieldPath;
import dev.penstock.core.ServingException;
import dev.penstock.router.split.ArmSpec;
import dev.penstock.router.split.Assignment;
import dev.penstock.router.split.CandidateSpec;
import dev.penstock.router.split.Condition;
import dev.penstock.router.split.FallbackSpec;
import dev.penstock.router.split.OverrideSpec;
import dev.penstock.router.split.Rolled;
import dev.penstock.router.split.RouteSpec;
import dev.penstock.router.split.ShadowSpec;
import dev.penstock.router.split.Target;
import dev.penstock.router.split.UnitSource;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

class RouteJsonTest {
    private static final RouteSpec ALL = new RouteSpec(
            "fraud-score",
            List.of(
                    Condition.header("x-tenant", "acme"),
                    new Condition(Condition.Kind.PARAMETER, "tier", Condition.Test.PREFIX, "go"),
                    new Condition(Condition.Kind.CALLER, "", Condition.Test.REGEX, "team-.*"),
                    new Condition(Condition.Kind.HEADER, "x-a", Condition.Test.PRESENT, "")),
            List.of(
                    UnitSource.header("x-user-id"),
                    new UnitSource(UnitSource.Kind.JWT_CLAIM, "sub"),
                    new UnitSource(UnitSource.Kind.COOKIE, "uid"),
                    new UnitSource(UnitSource.Kind.PARAMETER, "user"),
                    new UnitSource(UnitSource.Kind.REQUEST_ID, "")),
            "fraud-score/v3",
            ArmSpec.of("stable", "fraud", 7),
            List.of(
                    new CandidateSpec(ArmSpec.of("canary", "fraud", 8), 25, 5_000),
                    new CandidateSpec(new ArmSpec("other", Target.alias("fraud", "champion")), 0, 2_550)),
            List.of(new OverrideSpec(List.of(Condition.header("x-canary", "1")), "canary")),
            List.of(new ShadowSpec(new ArmSpec("dark", Target.standard("fraud-next")), 1_000, 0.02)),
            new FallbackSpec("stable", Set.of(ErrorCode.MODEL_FAILED, ErrorCode.INTERNAL)),
            Assignment.RENDEZVOUS,
            new Rolled("fraud-8-1", true, Set.of("canary")));

    @Test
    void whatIsWrittenIsReadBack() {
        assertThat(RouteJson.read(RouteJson.write(ALL).toString())).isEqualTo(ALL);
        RouteSpec plain = RouteSpec.of("fraud", ArmSpec.of("default", "fraud", 7));
        assertThat(RouteJson.read(RouteJson.write(plain).toString())).isEqualTo(plain);
    }

    @Test
    void whatOnlyANewerReleaseKnowsOfARecordedRouteIsLeftOut() {
        ObjectNode recorded = RouteJson.write(ALL).put("later", true);

        assertThat(RouteJson.read(recorded.toString())).isEqualTo(ALL);
        assertThatThrownBy(() -> RouteJson.read(recorded, null))
                .isInstanceOf(ServingException.class)
                .hasMessageContaining("is unknown");
    }

    @Test
    void yamlSaysTheSame() {
        RouteSpec read = read("""
                name: fraud-score
                match:
                  - { header: x-tenant, equals: acme }
                  - { parameter: tier, prefix: go }
                  - { caller: true, regex: team-.* }
                  - { header: x-a, present: true }
                unit: [ { header: X-User-Id }, { jwtClaim: sub }, { cookie: uid }, { parameter: user }, requestId ]
                salt: fraud-score/v3
                default: { arm: stable, target: fraud@7 }
                candidates:
                  - { arm: canary, target: fraud@8, weight: 0.25%, maxWeight: 50% }
                  - { arm: other, target: fraud@champion, maxWeight: 2550bp }
                overrides: [ { when: [ { header: x-canary, equals: 1 } ], arm: canary } ]
                shadows: [ { arm: dark, target: fraud-next, share: 10 %, tolerance: 0.02 } ]
                fallback: { arm: stable, on: [MODEL_FAILED, INTERNAL] }
                assignment: rendezvous
                lastRollout: fraud-8-1
                observed: true
                rolloutArms: [canary]
                status: { revision: 17 }
                """);

        assertThat(read).isEqualTo(ALL);
    }

    @Test
    void ofARouteThatDoesNotSaySoAllCandidatesAreItsRollouts() {
        RouteSpec old = read("""
                name: fraud
                default: fraud@7
                candidates: [ { arm: canary, target: fraud@8 } ]
                shadows:
                  - { arm: canary-shadow, target: fraud@8, share: 0% }
                  - { arm: next-shadow, target: fraud@8, share: 10% }
                lastRollout: fraud-8-1
                """);

        assertThat(old.rolled().arms()).containsExactlyInAnyOrder("canary", "canary-shadow");
        assertThat(RouteJson.read(RouteJson.write(old).toString())).isEqualTo(old);
        assertThat(read("{name: fraud, default: fraud@7, candidates: [{arm: canary, target: fraud@8}]}")
                        .rolled())
                .isEqualTo(Rolled.NEVER);
    }

    private static RouteSpec read(String yaml) {
        return RouteJson.read(new YAMLMapper().readTree(yaml), null);
    }

    @Test
    void whatIsLeftOutHasItsDefault() {
        RouteSpec read = read("{name: fraud, default: fraud@7, candidates: [{arm: canary, target: fraud@8}]}");

        assertThat(read)
                .isEqualTo(RouteSpec.of("fraud", ArmSpec.of("default", "fraud", 7))
                        .withCandidates(List.of(new CandidateSpec(ArmSpec.of("canary", "fraud", 8), 0, 10_000))));
        assertThat(read("{name: fraud, default: fraud, unit: []}").unit()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "{name: r, default: m, unitt: 1} | unitt is unknown (expected: name, match, | did you mean",
                "{name: r} | default is missing | such as fraud@7",
                "{default: m} | name is missing | a text",
                "{name: r, default: m@} | default: 'm@' is no target | such as fraud@7",
                "{name: r, default: m@0} | default: 'm@0' is no target | version '0' of model 'm'",
                "{name: r, default: m, candidates: [{arm: a, target: m@1, weight: 5}]} | candidates[0].weight: '5' | such as 5%",
                "{name: r, default: m, candidates: [{arm: a, target: m@1, weight: 0.05}]} | candidates[0].weight: '0.05' | such as 5%",
                "{name: r, default: m, candidates: [{arm: a, target: m@1, weight: 101%}]} | candidates[0].weight: '101%' | 0% to 100%",
                "{name: r, default: m, candidates: [{arm: a, target: m@1, weight: 6%, maxWeight: 5%}]} | candidates[0].weight: '6%' | 0% to the maxWeight of arm 'a', 5%",
                "{name: r, default: m, candidates: [{arm: a, target: m@1}, {arm: b, target: m@2}]} | candidates[0].maxWeight is missing | as there are several",
                "{name: r, default: m, candidates: [{arm: a, target: m@1, maxWeight: 60%}, {arm: b, target: m@2, maxWeight: 60%}]} | candidates: 'maxWeight 120% together' | at most 100%",
                "{name: r, default: m, candidates: [{arm: default, target: m@1}]} | candidates[0].arm: 'default' | no other arm",
                "{name: r, default: m, candidates: {arm: a}} | candidates: | a list",
                "{name: r, default: m, match: [{header: a}]} | match[0]: | one of equals, prefix, regex and present",
                "{name: r, default: m, match: [{header: a, caller: true, equals: b}]} | match[0]: | one of header, parameter and caller",
                "{name: r, default: m, match: [{header: a, regex: '['}]} | match[0].regex: '[' | a regular expression",
                "{name: r, default: m, match: [{header: a, present: false}]} | match[0].present: 'false' | true",
                "{name: r, default: m, unit: [{claim: a}]} | unit[0]: | {jwtClaim: NAME}",
                "{name: r, default: m, overrides: [{when: [{caller: true, equals: a}], arm: x}]} | overrides[0].arm: 'x' | [default]",
                "{name: r, default: m, fallback: {arm: default, on: [NOT_FOUND]}} | fallback.on[0]: 'NOT_FOUND' | MODEL_FAILED",
                "{name: r, default: m, assignment: sticky} | assignment: 'sticky' | anchored, rendezvous",
                "{name: a/b, default: m} | name: 'a/b' | a model's name",
                "[1] | it: '[1]' | an object"
            })
    void whatCannotBeIsRefusedNamingTheField(String yaml, String where, String expected) {
        assertThatThrownBy(() -> read(yaml))
                .isInstanceOf(ServingException.class)
                .hasMessageContaining(where.strip())
                .hasMessageContaining(expected.strip());
    }

    @Test
    void theNameAndTheFormAreHeldAgainstWhatIsWritten() {
        assertThatThrownBy(() -> RouteJson.read(new YAMLMapper().readTree("{default: m@x@}"), "r"))
                .hasMessageStartingWith("default: 'm@x@' is no target");
        assertThatThrownBy(() -> RouteJson.read(new YAMLMapper().readTree("{name: q, default: m}"), "r"))
                .hasMessageContaining("name: 'q' (expected: 'r', or none)");
        assertThatThrownBy(() -> RouteJson.tree("{\"a\":1,\"a\":2}")).hasMessageContaining("not JSON");
        assertThatThrownBy(() -> RouteJson.tree("{} {}")).hasMessageContaining("not JSON");
        for (String bad : List.of("{\"a\":1,\"a\":2}", "{} {}", "{\"a\":", "{\"a\" 1}")) {
            assertThatThrownBy(() -> RouteJson.tree(bad))
                    .as(bad)
                    .hasMessageNotContaining("REDACTED")
                    .hasMessageNotContaining("Feature")
                    .hasMessageNotContaining("Node");
        }
    }

    @Test
    void aMergePatchReplacesWhatItNames() {
        assertThat(RouteJson.patched(ALL, RouteJson.tree("{\"salt\":\"s/v4\",\"match\":null,\"fallback\":null}")))
                .isEqualTo(ALL.withSalt("s/v4").withMatch(List.of()).withFallback(FallbackSpec.NONE));
        assertThat(RouteJson.patched(ALL, RouteJson.tree("{\"default\":{\"target\":\"fraud@9\"}}")))
                .isEqualTo(ALL.withStandard(ArmSpec.of("stable", "fraud", 9)));
        assertThat(RouteJson.patched(ALL, RouteJson.tree("{\"candidates\":[],\"overrides\":null}"))
                        .candidates())
                .isEmpty();
        assertThatThrownBy(() -> RouteJson.patched(ALL, RouteJson.tree("{\"default\":null}")))
                .hasMessageContaining("default is missing");
        assertThatThrownBy(() -> RouteJson.patched(ALL, RouteJson.tree("{\"name\":\"other\"}")))
                .hasMessageContaining("name: 'other'");
        assertThatThrownBy(() -> RouteJson.patched(ALL, RouteJson.tree("[]"))).hasMessageContaining("an object");
    }

    @ParameterizedTest
    @CsvSource({"0,0%", "1,0.01%", "10,0.1%", "25,0.25%", "105,1.05%", "500,5%", "10000,100%"})
    void sharesComeBack(int basisPoints, String text) {
        assertThat(Share.text(basisPoints)).isEqualTo(text);
        assertThat(Share.parse(FieldPath.of("weight"), text)).isEqualTo(basisPoints);
        assertThat(Share.parse(FieldPath.of("weight"), basisPoints + "bp")).isEqualTo(basisPoints);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "5", "0.05", "5.123%", "-1%", "1e1%", "10001bp", "%", "٥%"})
    void whatIsNoShareIsRefused(String text) {
        assertThatThrownBy(() -> Share.parse(FieldPath.of("weight"), text)).hasMessageContaining("such as 5%");
    }
}
