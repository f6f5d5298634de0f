package dev.penstock.router;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.ModelKey;
import dev.penstock.router.split.ArmSpec;
import dev.penstock.router.split.CandidateSpec;
import dev.penstock.router.split.FallbackSpec;
import dev.penstock.router.split.RequestFacts;
import dev.penstock.router.split.RouteSpec;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// The arm of a route that stands in where another has failed.
class FallbackArmTest extends SplitRouterTests {
    @Test
    void aFallbackArmRunsAFailedRequestBeforeItsCallerKnows() {
        publish(spec(10_000).withFallback(new FallbackSpec("stable", Set.of(ErrorCode.MODEL_FAILED))));
        infer("m", "");
        nowNanos = 50;
        offered.getFirst().sink().fail(ErrorCode.MODEL_FAILED, "broken");

        assertThat(outcome.failure).isEmpty();
        assertThat(offered).hasSize(2);
        assertThat(outcome.resolved).isEqualTo(new ModelKey("m", 1));
        assertThat(outcome.arms.getLast().header()).endsWith(";r=fallback");
        nowNanos = 80;
        offered.getLast().sink().fail(ErrorCode.MODEL_FAILED, "broken, too");
        assertThat(outcome.failure).isEqualTo("MODEL_FAILED: broken, too");
        assertThat(ended)
                .containsExactly(
                        "m m/v1 canary m/2 random MODEL_FAILED 50", "m m/v1 stable m/1 fallback MODEL_FAILED 30");
    }

    @Test
    void aFallbackIsForTheFailuresItNamesOnly() {
        publish(spec(10_000).withFallback(new FallbackSpec("stable", Set.of(ErrorCode.MODEL_FAILED))));
        infer("m", "");
        offered.getFirst().sink().fail(ErrorCode.INTERNAL, "broken");

        assertThat(offered).hasSize(1);
        assertThat(outcome.failure).isEqualTo("INTERNAL: broken");
    }

    @Test
    void aRequestThatItsArmRefusesFallsBackToo() {
        publish(spec(10_000).withFallback(new FallbackSpec("stable", Set.of(ErrorCode.OVERLOADED))));
        accepting = false;
        infer("m", "");

        assertThat(outcome.failure).startsWith("OVERLOADED");
        assertThat(ended).hasSize(2);
        assertThat(stable.leases + canary.leases).isZero();
    }

    @Test
    void aFallbackArmStandsInForADefaultArmThatIsNotReady() {
        RouteSpec route = RouteSpec.of("m", ArmSpec.of("stable", "m", 3))
                .withCandidates(List.of(new CandidateSpec(ArmSpec.of("canary", "m", 2), 0, 10_000)));
        publish(route.withFallback(new FallbackSpec("canary", Set.of(ErrorCode.NOT_READY))));
        infer("m", "");
        try (Addressed to = router.address("m", "", RequestFacts.NONE)) {
            assertThat(to.key()).isEqualTo(new ModelKey("m", 2));
        }
        offered.getFirst().sink().fail(ErrorCode.NOT_READY, "");

        assertThat(outcome.arms.getFirst().header()).endsWith(";r=fallback");
        assertThat(ended).containsExactly("m m/v1 canary m/2 fallback NOT_READY 0");

        publish(route.withFallback(new FallbackSpec("canary", Set.of(ErrorCode.MODEL_FAILED))));
        infer("m", "");
        assertThat(outcome.failure).startsWith("NOT_READY: Request for unknown model");
    }

    @Test
    void whoIsGoneIsNotRunAgain() {
        publish(spec(10_000).withFallback(new FallbackSpec("stable", Set.of(ErrorCode.MODEL_FAILED))));
        infer("m", "");
        outcome.abandoned = true;
        offered.getFirst().sink().fail(ErrorCode.MODEL_FAILED, "broken");

        assertThat(offered).hasSize(1);
    }
}
