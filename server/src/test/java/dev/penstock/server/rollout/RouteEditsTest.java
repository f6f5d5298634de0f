package dev.penstock.server.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.router.rollout.BanditSpec;
import dev.penstock.router.rollout.Candidate;
import dev.penstock.router.rollout.MetricSpec;
import dev.penstock.router.rollout.RolloutSpec;
import dev.penstock.router.rollout.Rules;
import dev.penstock.router.rollout.Strategy;
import dev.penstock.router.split.ArmSpec;
import dev.penstock.router.split.Assignment;
import dev.penstock.router.split.RouteSpec;
import dev.penstock.router.split.ShadowSpec;
import java.util.List;
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

    /// No two models answer the same number to the last bit.
    @Test
    void copiesAgreeWithinTheMetricsTolerance() {
        RouteSpec route = RouteSpec.of("r", ArmSpec.of("stable", "m", 1));
        MetricSpec asked = new MetricSpec.Disagreement(0.1, 0.5, true);
        assertThat(prepared(Strategy.SHADOW, route, List.of(asked)).shadows())
                .extracting(ShadowSpec::tolerance)
                .containsExactly(0.5);
        assertThat(prepared(Strategy.CANARY, route).shadows())
                .extracting(ShadowSpec::tolerance)
                .containsExactly(0.02);
    }
}
