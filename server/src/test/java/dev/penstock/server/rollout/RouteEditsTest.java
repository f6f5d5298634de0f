package dev.penstock.server.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.ServingException;
import dev.penstock.router.rollout.BanditSpec;
import dev.penstock.router.rollout.Candidate;
import dev.penstock.router.rollout.MetricSpec;
import dev.penstock.router.rollout.RolloutSpec;
import dev.penstock.router.rollout.Rules;
import dev.penstock.router.rollout.Strategy;
import dev.penstock.router.split.ArmSpec;
import dev.penstock.router.split.Assignment;
import dev.penstock.router.split.CandidateSpec;
import dev.penstock.router.split.Condition;
import dev.penstock.router.split.FallbackSpec;
import dev.penstock.router.split.OverrideSpec;
import dev.penstock.router.split.Rolled;
import dev.penstock.router.split.RouteSpec;
import dev.penstock.router.split.ShadowSpec;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// What a rollout makes of its route.
final class RouteEditsTest {
    private static RouteSpec prepared(Strategy strategy, RouteSpec route) {
        return prepared(strategy, route, RolloutSpec.STANDARD_METRICS);
    }

    private static RouteSpec prepared(Strategy strategy, RouteSpec route, List<MetricSpec> metrics) {
        RolloutSpec spec = new RolloutSpec(
                "r",
                "stable",
                List.of(new Candidate("canary", "m", 2)),
                strategy,
                RolloutSpec.standardSteps(strategy),
                metrics,
                Rules.STANDARD,
                BanditSpec.STANDARD);
        return RouteEdits.prepared(spec, route, "r-2-1");
    }

    /// What a bandit needs would have a later canary move units from one arm to another.
    @Test
    void aRouteIsDealtAsTheStrategyNeedsItWhateverWasRolledOutBefore() {
        RouteSpec route = RouteSpec.of("r", ArmSpec.of("stable", "m", 1));
        RouteSpec bandit = prepared(Strategy.BANDIT, route);
        assertThat(bandit.assignment()).isEqualTo(Assignment.RENDEZVOUS);
        assertThat(prepared(Strategy.CANARY, bandit).assignment()).isEqualTo(Assignment.ANCHORED);
    }

    private static final RouteSpec ROUTE = RouteSpec.of("r", ArmSpec.of("stable", "m", 1));

    private static CandidateSpec arm(String name, long version, int room) {
        return new CandidateSpec(ArmSpec.of(name, "m", version), 0, room);
    }

    private static RouteSpec with(RouteSpec route, CandidateSpec... candidates) {
        return route.withCandidates(List.of(candidates));
    }

    private static OverrideSpec to(String arm) {
        return new OverrideSpec(List.of(Condition.header("x-beta", "1")), arm);
    }

    @Test
    void whatPeopleMadeStaysWithTheRoomThatIsLeft() {
        ShadowSpec shadow = new ShadowSpec(ArmSpec.of("next-shadow", "m", 4), 1000, 0);
        RouteSpec route = with(ROUTE, arm("beta", 3, 9_900), arm("spare", 4, 100))
                .withOverrides(List.of(to("beta")))
                .withFallback(new FallbackSpec("spare", Set.of(ErrorCode.MODEL_FAILED)))
                .withShadows(List.of(shadow));

        RouteSpec prepared = prepared(Strategy.CANARY, route);

        assertThat(prepared.candidates())
                .extracting(candidate -> candidate.arm().name())
                .containsExactly("canary", "beta", "spare");
        assertThat(prepared.candidates().stream()
                        .mapToInt(CandidateSpec::maxWeight)
                        .sum())
                .isEqualTo(RouteSpec.BUCKETS);
        assertThat(prepared.overrides()).isEqualTo(route.overrides());
        assertThat(prepared.fallback()).isEqualTo(route.fallback());
        assertThat(prepared.shadow("next-shadow")).contains(shadow);
        assertThat(prepared.rolled()).isEqualTo(new Rolled("r-2-1", false, Set.of("canary", "canary-shadow")));
    }

    @Test
    void armsOfAnEarlierRolloutGoUnlessRequestsAreLedToThem() {
        RouteSpec earlier = with(ROUTE, arm("before", 3, 5_000), arm("used", 4, 5_000))
                .withShadows(List.of(new ShadowSpec(ArmSpec.of("before-shadow", "m", 3), 0, 0)))
                .withOverrides(List.of(to("used")))
                .withRolled(new Rolled("r-3-0", false, Set.of("before", "used", "before-shadow")));

        RouteSpec prepared = prepared(Strategy.CANARY, earlier);

        assertThat(prepared.candidates())
                .extracting(candidate -> candidate.arm().name())
                .containsExactly("canary", "used");
        assertThat(prepared.shadows()).extracting(shadow -> shadow.arm().name()).containsExactly("canary-shadow");
        assertThat(prepared.overrides()).isEqualTo(earlier.overrides());
    }

    @Test
    void anArmOfSomebodyElseForAnotherVersionIsNotTaken() {
        RouteSpec others = with(ROUTE, arm("canary", 3, 100));
        assertThatThrownBy(() -> prepared(Strategy.CANARY, others))
                .isInstanceOf(ServingException.class)
                .hasMessageContaining("arm 'canary' is somebody else's and stands for m@3, the candidate is m@2")
                .hasMessageContaining("candidates: [{arm: next, version: m@2}]");

        RouteSpec used = others.withOverrides(List.of(to("canary")));
        assertThatThrownBy(() -> prepared(Strategy.CANARY, used)).hasMessageContaining("stands for m@3");

        RouteSpec same = with(ROUTE, arm("canary", 2, 100)).withOverrides(List.of(to("canary")));
        RouteSpec prepared = prepared(Strategy.CANARY, same);
        assertThat(prepared.overrides()).isEqualTo(same.overrides());
        assertThat(prepared.rolled().arms()).as("it is the person's").containsExactly("canary-shadow");

        RouteSpec rolled = used.withRolled(new Rolled("r-3-0", false, Set.of("canary")));
        assertThat(prepared(Strategy.CANARY, rolled).overrides())
                .as("who asked for the canary gets the next one")
                .isEqualTo(used.overrides());
    }

    @Test
    void aShadowOfTheNameOfTheCandidatesCopiesIsNotTaken() {
        RouteSpec route = ROUTE.withShadows(List.of(new ShadowSpec(ArmSpec.of("canary-shadow", "m", 3), 1000, 0)));
        assertThatThrownBy(() -> prepared(Strategy.CANARY, route))
                .hasMessageContaining("a shadow of somebody else's is called 'canary-shadow'");
    }

    @Test
    void whoChangesAnArmTakesItOver() {
        RouteSpec prepared = prepared(Strategy.CANARY, ROUTE);
        RouteSpec edited = with(prepared, arm("canary", 2, 100)).withRolled(Rolled.NEVER);

        assertThat(prepared.withOverrides(List.of(to("canary")))
                        .withRolled(Rolled.NEVER)
                        .editedFrom(prepared)
                        .rolled())
                .isEqualTo(prepared.rolled());
        assertThat(edited.editedFrom(prepared).rolled().arms()).containsExactly("canary-shadow");
    }

    @Test
    void whatIsIdleGoesWhenARolloutWasInspected() {
        RouteSpec prepared = prepared(Strategy.CANARY, with(ROUTE, arm("beta", 3, 100)));

        RouteSpec left = RouteEdits.inspected(prepared);

        assertThat(left.arms()).extracting(ArmSpec::name).containsExactly("stable", "beta");
        assertThat(left.shadows()).isEmpty();
        assertThat(left.rolled()).isEqualTo(new Rolled("r-2-1", false, Set.of()));
        assertThat(RouteEdits.inspected(left)).isEqualTo(left);
        assertThat(RouteEdits.inspected(prepared.withWeight("canary", 1)).arms())
                .as("it has a share")
                .isEqualTo(prepared.arms());
        assertThat(RouteEdits.inspected(prepared.withOverrides(List.of(to("canary"))))
                        .arms())
                .as("it is asked for")
                .isEqualTo(prepared.arms());
    }

    @Test
    void anArmStaysWhileOneBehindItHasUnitsByItsPlace() {
        RouteSpec rolled = with(ROUTE, arm("canary", 2, 5_000), arm("mine", 3, 100), arm("other", 4, 100))
                .withRolled(new Rolled("r-2-1", false, Set.of("canary", "other")));
        RouteSpec dealt = rolled.withWeight("mine", 50);

        assertThat(RouteEdits.inspected(rolled).arms())
                .extracting(ArmSpec::name)
                .containsExactly("stable", "mine");
        assertThat(RouteEdits.inspected(dealt).arms())
                .extracting(ArmSpec::name)
                .containsExactly("stable", "canary", "mine");
        assertThat(RouteEdits.inspected(dealt.withAssignment(Assignment.RENDEZVOUS))
                        .arms())
                .extracting(ArmSpec::name)
                .containsExactly("stable", "mine");
    }

    /// No two models answer the same number to the last bit.
    @Test
    void copiesAgreeWithinTheMetricsTolerance() {
        RouteSpec route = ROUTE;
        MetricSpec asked = new MetricSpec.Disagreement(0.1, 0.5, true);
        assertThat(prepared(Strategy.SHADOW, route, List.of(asked)).shadows())
                .extracting(ShadowSpec::tolerance)
                .containsExactly(0.5);
        assertThat(prepared(Strategy.CANARY, route).shadows())
                .extracting(ShadowSpec::tolerance)
                .containsExactly(0.02);
    }
}
