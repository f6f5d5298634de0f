package dev.penstock.router.split;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.router.arms.AssignmentReason;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// What a route looks at: units, conditions and overrides.
class FactsTest {
    private static final RouteSpec SPEC = RouteSpec.of("r", ArmSpec.of("stable", "m", 1))
            .withCandidates(List.of(new CandidateSpec(ArmSpec.of("canary", "m", 2), 5_000, 10_000)));

    private record Facts(Map<String, String> headers, Map<String, String> parameters, String id)
            implements RequestFacts {
        @Override
        public @Nullable CharSequence header(String name) {
            return headers.get(name);
        }

        @Override
        public @Nullable CharSequence parameter(String name) {
            return parameters.get(name);
        }

        @Override
        public @Nullable CharSequence requestId() {
            return id;
        }
    }

    private static RequestFacts header(String name, String value) {
        return new Facts(Map.of(name, value), Map.of(), "");
    }

    private static RequestFacts bearer(String payload) {
        String middle = Base64.getUrlEncoder().withoutPadding().encodeToString(payload.getBytes(UTF_8));
        return header("authorization", "Bearer e30." + middle + ".signature");
    }

    private static void assertUnit(UnitSource source, RequestFacts facts, String unit) {
        SplitRoute route = SplitRoute.of(SPEC.withUnit(List.of(source)));

        assertThat(route.place(facts)).isEqualTo(route.place(unit));
    }

    private static void assertNoUnit(UnitSource source, RequestFacts facts) {
        SplitRoute route = SplitRoute.of(SPEC.withUnit(List.of(source)));

        assertThat(Place.reason(route.place(facts))).isEqualTo(AssignmentReason.RANDOM);
    }

    @Test
    void aUnitIsFoundWhereverItMayBe() {
        assertUnit(UnitSource.header("X-User"), header("x-user", "u1"), "u1");
        UnitSource cookie = new UnitSource(UnitSource.Kind.COOKIE, "uid");
        assertUnit(cookie, header("cookie", "a=1; uid=u1; b=2"), "u1");
        assertUnit(cookie, header("cookie", "uid=u1"), "u1");
        assertNoUnit(cookie, header("cookie", "xuid=u1; uid; u=3"));
        UnitSource parameter = new UnitSource(UnitSource.Kind.PARAMETER, "user");
        assertUnit(parameter, new Facts(Map.of(), Map.of("user", "u1"), ""), "u1");
        assertNoUnit(parameter, header("user", "u1"));
    }

    /// Whoever sends a header chooses what is in it.
    @Test
    void cookiesAreLookedAtOnce() {
        AtomicInteger looks = new AtomicInteger();
        CharSequence semicolons = new CharSequence() {
            @Override
            public int length() {
                return 100_000;
            }

            @Override
            public char charAt(int index) {
                looks.incrementAndGet();
                return ';';
            }

            @Override
            public CharSequence subSequence(int start, int end) {
                looks.addAndGet(end - start);
                return ";".repeat(end - start);
            }

            @Override
            public String toString() {
                throw new AssertionError("a text of " + length() + " characters is made of all cookies");
            }
        };
        assertNoUnit(new UnitSource(UnitSource.Kind.COOKIE, "uid"), _ -> semicolons);
        assertThat(looks.get()).isLessThanOrEqualTo(3 * semicolons.length());
    }

    @Test
    void aClaimOfATokenIsAUnit() {
        UnitSource claim = new UnitSource(UnitSource.Kind.JWT_CLAIM, "sub");
        assertUnit(claim, bearer("{\"sub\":\"u1\"}"), "u1");
        assertUnit(claim, bearer(" { \"a\" : [1,{\"sub\":\"no\"}], \"b\":null,\"sub\" : 17.5e3 }"), "17.5e3");
        assertUnit(claim, bearer("{\"x\":\"}\\\"\",\"sub\":\"\\u0041\\n\"}"), "A\n");
        assertNoUnit(claim, bearer("{\"a\":{\"sub\":\"u1\"}}"));
        assertNoUnit(claim, bearer("{\"sub\":true}"));
        assertNoUnit(claim, bearer("{\"sub\":\"u1"));
        assertNoUnit(claim, bearer("[]"));
        assertNoUnit(claim, header("authorization", "Bearer a.!!.c"));
        assertNoUnit(claim, header("authorization", "Bearer abc"));
        assertNoUnit(claim, header("authorization", "Basic abc"));
    }

    @Test
    void aRequestsIdKeepsItsArmButIsNoUnit() {
        SplitRoute route = SplitRoute.of(SPEC.withUnit(List.of(new UnitSource(UnitSource.Kind.REQUEST_ID, ""))));

        long place = route.place(new Facts(Map.of(), Map.of(), "id-1"));

        assertThat(Place.bucket(place)).isEqualTo(Place.bucket(route.place("id-1")));
        assertThat(Place.reason(place)).isEqualTo(AssignmentReason.RANDOM);
    }

    @Test
    void theFirstSourceThatTheRequestHasCounts() {
        SplitRoute route = SplitRoute.of(SPEC.withUnit(List.of(UnitSource.header("a"), UnitSource.header("b"))));

        assertThat(route.place(new Facts(Map.of("a", "", "b", "u2"), Map.of(), "")))
                .isEqualTo(route.place("u2"));
        assertThat(route.place(new Facts(Map.of("a", "u1", "b", "u2"), Map.of(), "")))
                .isEqualTo(route.place("u1"));
    }

    private static boolean holds(Condition condition, RequestFacts facts) {
        return Rule.allHold(Rule.all(List.of(condition)), facts);
    }

    private static Condition country(Condition.Test test, String value) {
        return new Condition(Condition.Kind.HEADER, "X-Country", test, value);
    }

    @Test
    void conditionsHoldForWhatTheySay() {
        RequestFacts german = header("x-country", "de-BY");

        assertThat(holds(country(Condition.Test.EQUALS, "de-BY"), german)).isTrue();
        assertThat(holds(country(Condition.Test.EQUALS, "de"), german)).isFalse();
        assertThat(holds(country(Condition.Test.PREFIX, "de-"), german)).isTrue();
        assertThat(holds(country(Condition.Test.PREFIX, "de-BYX"), german)).isFalse();
        assertThat(holds(country(Condition.Test.REGEX, "de|de-[A-Z]+"), german)).isTrue();
        assertThat(holds(country(Condition.Test.REGEX, "e-"), german)).isFalse();
        assertThat(holds(country(Condition.Test.PRESENT, ""), german)).isTrue();
        for (Condition.Test test : Condition.Test.values()) {
            String value = test == Condition.Test.PRESENT ? "" : ".*";
            assertThat(holds(country(test, value), RequestFacts.NONE)).isFalse();
        }
        Condition caller = new Condition(Condition.Kind.CALLER, "", Condition.Test.EQUALS, "team-a");
        assertThat(holds(caller, header("x-penstock-caller", "team-a"))).isTrue();
    }

    @Test
    void aRegularExpressionThatWouldNeverEndDoesNotHold() {
        Condition endless = country(Condition.Test.REGEX, "(a+)+b");

        assertThat(holds(endless, header("x-country", "a".repeat(1000)))).isFalse();
        assertThat(holds(endless, header("x-country", "aaab"))).isTrue();
    }

    @Test
    void whatDoesNotMatchHasTheDefaultArmAndOverridesTheirs() {
        RouteSpec spec = SPEC.withMatch(List.of(Condition.header("x-country", "de")))
                .withOverrides(List.of(
                        new OverrideSpec(List.of(Condition.header("x-canary", "1")), "canary"),
                        new OverrideSpec(List.of(Condition.header("x-canary", "0")), "stable")))
                .withWeight("canary", 0);
        SplitRoute route = SplitRoute.of(spec);

        long other = route.place(new Facts(Map.of("x-country", "fr", "x-canary", "1"), Map.of(), ""));
        long forced = route.place(new Facts(Map.of("x-country", "de", "x-canary", "1"), Map.of(), ""));
        long usual = route.place(new Facts(Map.of("x-country", "de", "x-penstock-unit", "u"), Map.of(), ""));

        assertThat(Place.reason(other)).isEqualTo(AssignmentReason.NO_MATCH);
        assertThat(Place.arm(other)).isZero();
        assertThat(Place.reason(forced)).isEqualTo(AssignmentReason.OVERRIDE);
        assertThat(Place.arm(forced)).isEqualTo(1);
        assertThat(Place.reason(usual)).isEqualTo(AssignmentReason.HASH);
        assertThat(Place.arm(usual)).isZero();
    }

    @Test
    void aRouteKnowsWhatItLooksAt() {
        RouteSpec spec = SPEC.withMatch(List.of(Condition.header("X-B", "1")))
                .withUnit(List.of(
                        UnitSource.header("x-a"),
                        new UnitSource(UnitSource.Kind.JWT_CLAIM, "sub"),
                        new UnitSource(UnitSource.Kind.COOKIE, "c")));

        assertThat(SplitRoute.of(spec).headers()).containsExactly("authorization", "cookie", "x-a", "x-b");
        assertThat(SplitRoute.of(spec).needsBody()).isFalse();
        assertThat(SplitRoute.of(spec.withUnit(List.of(new UnitSource(UnitSource.Kind.PARAMETER, "u"))))
                        .needsBody())
                .isTrue();
    }
}
