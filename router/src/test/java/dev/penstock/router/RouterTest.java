package dev.penstock.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.core.InferenceRequest;
import dev.penstock.core.ModelKey;
import dev.penstock.router.split.RequestFacts;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RouterTest extends RouterTests {
    @Test
    void theNewestReadyVersionAnswersWhoAsksForNone() {
        publish(Set.of(), new FakeVersion(1), new FakeVersion(3));
        router.infer(request("m", ""), outcome);

        assertThat(offered).hasSize(1);
        assertThat(outcome.fits).isTrue();
        assertThat(outcome.resolved).isEqualTo(new ModelKey("m", 3));
    }

    @Test
    void anExactVersionIsHonoured() {
        publish(Set.of(), new FakeVersion(1), new FakeVersion(3));
        router.infer(request("m", "1"), outcome);

        assertThat(outcome.resolved).isEqualTo(new ModelKey("m", 1));
    }

    @Test
    void anUnknownModelIsNotFoundAndCountedUnderNoName() {
        router.infer(request("nobody", ""), outcome);

        assertThat(outcome.failure).isEqualTo("NOT_FOUND: Request for unknown model: 'nobody' is not found");
        assertThat(counted).containsExactly("null NOT_FOUND");
    }

    @Test
    void anUnknownVersionIsNotFound() {
        publish(Set.of(2L), new FakeVersion(1));
        router.infer(request("m", "7"), outcome);

        assertThat(outcome.failure).isEqualTo("NOT_FOUND: Request for unknown model: 'm' version 7 is not found");
    }

    @Test
    void aVersionThatIsNotReadySaysSo() {
        publish(Set.of(2L), new FakeVersion(1));
        router.infer(request("m", "2"), outcome);

        assertThat(outcome.failure)
                .isEqualTo("NOT_READY: Request for unknown model: 'm' version 2 is not at ready state");
    }

    @Test
    void aModelWithoutReadyVersionsSaysWhetherTheyMayCome() {
        publish(Set.of(2L));
        router.infer(request("m", ""), outcome);
        assertThat(outcome.failure).isEqualTo("NOT_READY: Request for unknown model: 'm' has no available versions");

        publish(Set.of());
        router.infer(request("m", ""), outcome);
        assertThat(outcome.failure).isEqualTo("NOT_FOUND: Request for unknown model: 'm' has no available versions");
    }

    @ParameterizedTest
    @ValueSource(strings = {"abc", "-1", "0", "1.0", " 1", "٣", "99999999999999999999"})
    void aVersionThatIsNoNumberIsRefused(String version) {
        publish(Set.of(), new FakeVersion(1));
        router.infer(request("m", version), outcome);

        assertThat(outcome.failure)
                .isEqualTo("INVALID_ARGUMENT: version '" + version
                        + "' of model 'm' is not a version (expected: an integer > 0)");
    }

    @Test
    void aRequestThatDoesNotFitNeverReachesTheBatcher() {
        publish(Set.of(), new FakeVersion(1));
        router.infer(new InferenceRequest("m", "", "", List.of(), List.of(), InferenceRequest.NO_DEADLINE), outcome);

        assertThat(outcome.failure).startsWith("INVALID_ARGUMENT: expected 1 inputs but got 0 inputs");
        assertThat(outcome.fits).isFalse();
        assertThat(offered).isEmpty();
        assertThat(counted).containsExactly("m/1 INVALID_ARGUMENT");
    }

    @Test
    void aSinkThatThrowsLeavesNoLease() {
        FakeVersion version = new FakeVersion(1);
        publish(Set.of(), version);
        outcome.broken = true;

        assertThatThrownBy(() -> router.infer(request("m", ""), outcome)).hasMessage("a test's");
        try (Addressed addressed = router.address("m", "", RequestFacts.NONE)) {
            assertThatThrownBy(() -> router.infer(request("m", ""), addressed, outcome))
                    .hasMessage("a test's");
        }
        assertThat(version.leases).isZero();
        assertThat(offered).isEmpty();
    }

    @Test
    void aRefusedOfferGivesTheLeaseBack() {
        FakeVersion version = new FakeVersion(1);
        publish(Set.of(), version);
        accepting = false;
        router.infer(request("m", ""), outcome);

        assertThat(outcome.failure).isEqualTo("OVERLOADED: Exceeds maximum queue size of model 'm'");
        assertThat(version.leases).isZero();
    }

    @Test
    void aVersionUnloadedInBetweenIsNotReady() {
        FakeVersion version = new FakeVersion(1);
        version.gone = true;
        publish(Set.of(), version);
        router.infer(request("m", ""), outcome);

        assertThat(outcome.failure).startsWith("NOT_READY");
    }

    @Test
    void aVersionReplacedInBetweenIsNoFailure() {
        FakeVersion successor = new FakeVersion(2);
        FakeVersion retired = new FakeVersion(1);
        retired.gone = true;
        retired.onLease = () -> publish(Set.of(), successor);
        publish(Set.of(), retired);
        router.infer(request("m", ""), outcome);

        assertThat(outcome.resolved).isEqualTo(new ModelKey("m", 2));
        assertThat(offered).hasSize(1);
    }

    @Test
    void twoRoutesOfOneNameAreRefused() {
        ModelRoute route = new ModelRoute("m", List.of(), Set.of());

        assertThatThrownBy(() -> RouteTable.of(List.of(route, route))).isInstanceOf(IllegalStateException.class);
    }
}
