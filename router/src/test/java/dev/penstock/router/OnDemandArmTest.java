package dev.penstock.router;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.ModelKey;
import dev.penstock.core.Signature;
import dev.penstock.router.split.BoundRoute;
import dev.penstock.router.split.Condition;
import dev.penstock.router.waiting.OnDemandVersion;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Arms of a route that are not in memory when a request comes.
class OnDemandArmTest extends SplitRouterTests {
    /// What it says is its door's again, and its loader's thread is not its door's.
    @Test
    void aRouteThatIsPublishedWhileARequestWaitsIsNotForIt() {
        List<OnDemandVersion.Asker> askers = new ArrayList<>();
        router.publish(RouteTable.of(List.of(new ModelRoute("m", List.of(new Sleeping(1, askers)), Set.of()))));
        infer("m", "");
        publish(spec(10_000).withMatch(List.of(Condition.header("x-canary", "1"))));
        asked.clear();
        askers.getFirst().told(null);

        assertThat(outcome.resolved).isEqualTo(new ModelKey("m", 1));
        assertThat(asked).isEmpty();
        assertThat(outcome.arms).isEmpty();
        assertThat(ended).isEmpty();
    }

    @Test
    void anArmOnDemandThatTurnsOutNotToFitGetsNothing() {
        List<OnDemandVersion.Asker> askers = new ArrayList<>();
        ModelRoute asleep = new ModelRoute("m", List.of(stable, new Sleeping(2, askers)), Set.of());
        router.publish(RouteTable.of(List.of(asleep)).withRoutes(List.of(spec(10_000)), observers));
        infer("m", "");
        infer("m", "");
        assertThat(outcome.arms.getLast().arm()).isEqualTo("canary");

        router.publish(router.table().with(new ModelRoute("m", List.of(stable, new FakeVersion(2, "y")), Set.of())));
        askers.getFirst().told(null);
        infer("m", "");

        assertThat(offered).extracting(pending -> pending.request().version()).containsExactly("1", "1", "");
        assertThat(outcome.arms.getLast().header()).endsWith(";r=not-ready");
        offered.forEach(pending -> pending.sink().fail(ErrorCode.CANCELLED, ""));
        assertThat(ended).hasSize(3).allMatch("m m/v1 stable m/1 not-ready CANCELLED 0"::equals);
        @Nullable BoundRoute route = router.table().route("m");
        assertThat(route).isNotNull();
        assertThat(route.arms().get(1).unfit())
                .isEqualTo("input 'x' is gone, and callers send it; input 'y' (UINT8 [-1]) is new and required");
    }

    @Test
    void anArmOnDemandThatFitsHasWhoWaitedForIt() {
        List<OnDemandVersion.Asker> askers = new ArrayList<>();
        ModelRoute asleep = new ModelRoute("m", List.of(stable, new Sleeping(2, askers)), Set.of());
        router.publish(RouteTable.of(List.of(asleep)).withRoutes(List.of(spec(10_000)), observers));
        infer("m", "");
        router.publish(router.table().with(new ModelRoute("m", List.of(stable, canary), Set.of())));
        askers.getFirst().told(null);
        offered.getFirst().sink().fail(ErrorCode.CANCELLED, "");

        assertThat(ended).containsExactly("m m/v1 canary m/2 random CANCELLED 0");
    }

    /// A version of `m`, on demand, that was never here.
    private record Sleeping(long number, List<Asker> askers) implements OnDemandVersion {
        @Override
        public ModelKey key() {
            return new ModelKey("m", number);
        }

        @Override
        public Signature signature() {
            throw new AssertionError("nobody has it brought here for that");
        }

        @Override
        @SuppressWarnings("MustBeClosedChecker")
        public @Nullable Lease tryLease() {
            return null;
        }

        @Override
        public void wake(Asker asker) {
            askers.add(asker);
        }
    }
}
