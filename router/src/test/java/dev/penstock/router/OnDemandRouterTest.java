package dev.penstock.router;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.InferenceRequest;
import dev.penstock.core.ModelKey;
import dev.penstock.core.ServingException;
import dev.penstock.core.Signature;
import dev.penstock.core.batching.Pending;
import dev.penstock.router.split.RequestFacts;
import dev.penstock.router.waiting.OnDemandVersion;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Requests that wait for their version, or were read for one before they came.
class OnDemandRouterTest extends RouterTests {
    @Test
    void aRequestForAVersionOnDemandWaitsUntilItIsThere() {
        Sleeping sleeping = new Sleeping(3);
        router.publish(RouteTable.of(List.of(new ModelRoute("m", List.of(sleeping), Set.of()))));
        router.infer(request("m", ""), outcome);
        assertThat(outcome.resolved).isNull();
        assertThat(outcome.failure).isEmpty();

        publish(Set.of(), new FakeVersion(3));
        sleeping.done.told(null);
        assertThat(outcome.resolved).isEqualTo(new ModelKey("m", 3));
        assertThat(offered).hasSize(1);
    }

    @Test
    void whatWasReadForAVersionGoesToIt() {
        FakeVersion old = new FakeVersion(1);
        publish(Set.of(), old);
        try (Addressed to = router.address("m", "", RequestFacts.NONE)) {
            publish(Set.of(), new FakeVersion(1), new FakeVersion(2));
            router.infer(request("m", ""), to, outcome);
        }

        assertThat(outcome.resolved).isEqualTo(new ModelKey("m", 1));
        assertThat(old.leases).as("that of the request").isEqualTo(1);
    }

    @Test
    void whatWasReadForAVersionOnDemandWaitsForThatOne() {
        Sleeping sleeping = new Sleeping(1);
        router.publish(RouteTable.of(List.of(new ModelRoute("m", List.of(sleeping), Set.of()))));
        try (Addressed to = router.address("m", "", RequestFacts.NONE)) {
            router.infer(request("m", ""), to, outcome);
        }
        publish(Set.of(), new FakeVersion(1), new FakeVersion(2));
        sleeping.done.told(null);

        assertThat(outcome.resolved).isEqualTo(new ModelKey("m", 1));
        assertThat(offered).hasSize(1);
    }

    @Test
    void anAddressThatIsNotUsedLetsItsVersionGo() {
        FakeVersion version = new FakeVersion(1);
        publish(Set.of(), version);
        try (Addressed to = router.address("m", "", RequestFacts.NONE)) {
            assertThat(to.key()).isEqualTo(new ModelKey("m", 1));
            assertThat(version.leases).isEqualTo(1);
        }

        assertThat(version.leases).isZero();
    }

    @Test
    void waitingForItsVersionIsNoTimeInTheQueue() {
        Sleeping sleeping = new Sleeping(3);
        router.publish(RouteTable.of(List.of(new ModelRoute("m", List.of(sleeping), Set.of()))));
        InferenceRequest plain = request("m", "");
        router.infer(new InferenceRequest("m", "", "", plain.inputs(), List.of(), 9_000, 1_000, 0, 0), outcome);

        publish(Set.of(), new FakeVersion(3));
        nowNanos = 700;
        sleeping.done.told(null);
        Pending queued = offered.getFirst();
        assertThat(queued.arrivedNanos()).isEqualTo(700);
        assertThat(queued.request().deadlineNanos()).isEqualTo(9_000);
        assertThat(queued.request().timeoutNanos()).as("what is left").isEqualTo(300);
        assertThat(queued.expired(999)).isFalse();
        assertThat(queued.expired(1_000)).isTrue();
    }

    @Test
    void whyAVersionOnDemandCannotBeHadIsTheAnswer() {
        Sleeping sleeping = new Sleeping(3);
        router.publish(RouteTable.of(List.of(new ModelRoute("m", List.of(sleeping), Set.of()))));
        router.infer(request("m", ""), outcome);
        sleeping.done.told(new ServingException(ErrorCode.OVERLOADED, "no room"));

        assertThat(outcome.resolved).isEqualTo(new ModelKey("m", 3));
        assertThat(outcome.failure).isEqualTo("OVERLOADED: no room");
        assertThat(counted).containsExactly("m/3 OVERLOADED");
    }

    /// Not in memory; whoever wants it is told later.
    private static final class Sleeping implements OnDemandVersion {
        private final FakeVersion version;
        private Asker done = failure -> {};

        Sleeping(long number) {
            this.version = new FakeVersion(number);
        }

        @Override
        public ModelKey key() {
            return version.key();
        }

        @Override
        public Signature signature() {
            return version.signature();
        }

        @Override
        @SuppressWarnings("MustBeClosedChecker")
        public @Nullable Lease tryLease() {
            return null;
        }

        @Override
        public void wake(Asker told) {
            done = told;
        }
    }
}
