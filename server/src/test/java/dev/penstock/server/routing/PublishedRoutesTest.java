package dev.penstock.server.routing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.ModelKey;
import dev.penstock.router.RouteTable;
import dev.penstock.router.arms.ArmKey;
import dev.penstock.router.arms.ArmLedgers;
import dev.penstock.router.arms.ArmName;
import dev.penstock.router.split.ArmSpec;
import dev.penstock.router.split.CandidateSpec;
import dev.penstock.router.split.Rolled;
import dev.penstock.router.split.RouteSpec;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class PublishedRoutesTest {
    private static final ArmName CANARY = new ArmName("front", "canary", new ModelKey("digits", 2));
    private static final RouteSpec ROUTE = RouteSpec.of("front", ArmSpec.of("stable", "digits", 1))
            .withCandidates(List.of(new CandidateSpec(ArmSpec.of("canary", "digits", 2), 500, 10_000)));

    private final ArmLedgers ledgers = new ArmLedgers((_, _) -> {}, 0);
    private final AtomicInteger tables = new AtomicInteger();
    private final PublishedRoutes published = new PublishedRoutes(this::swap, ledgers);

    private void swap(UnaryOperator<RouteTable> edit) {
        assertThat(edit).isNotNull();
        tables.incrementAndGet();
    }

    private void bind(String route) {
        assertThat(ledgers.of(new ArmKey(route, route + "/v1", "", 1, "canary", CANARY.target()), true))
                .isNotNull();
    }

    @Test
    void anArmThatFailedHasRequestsAgainOnceSomebodyRaisesItsWeightFromNothing() {
        bind("front");
        published.publish(List.of(ROUTE));
        ledgers.trip(CANARY, "it failed");

        published.publish(List.of(ROUTE.withWeight("canary", 1000)));
        assertThat(published.trips("front").keySet())
                .as("it had a share before")
                .containsExactly(CANARY);
        assertThat(published.trips("other").keySet()).isEmpty();
        published.publish(List.of(ROUTE.withWeight("canary", 0)));
        assertThat(published.trips("front").keySet()).containsExactly(CANARY);
        published.publish(List.of(ROUTE));

        assertThat(published.trips("front").keySet()).isEmpty();
        assertThat(tables).hasValue(4);
    }

    @Test
    void guardsOfARouteThatIsObservedOnlyTellFromTheFirstRequestOn() {
        published.publish(List.of(ROUTE.withRolled(new Rolled("r1", true, Set.of()))));
        bind("front");
        ledgers.trip(CANARY, "it failed");

        assertThat(published.trips("front")).isEmpty();
        assertThat(ledgers.tripReasons("front", "r1")).as("it tells").containsEntry(CANARY, "it failed");
        published.publish(
                List.of(ROUTE.withRolled(new Rolled("r1", true, Set.of())).withWeight("canary", 1000)));
        assertThat(published.trips("front")).isEmpty();

        published.publish(List.of(ROUTE.withRolled(new Rolled("r1", false, Set.of()))));
        assertThat(published.trips("front")).as("nobody observes any more").containsEntry(CANARY, "it failed");
    }

    @Test
    void whatIsCountedOfARouteGoesWithIt() {
        bind("front");
        bind("gone");
        published.publish(List.of(ROUTE, RouteSpec.of("gone", ArmSpec.of("stable", "digits", 1))));
        assertThat(ledgers.counts("gone")).isNotEmpty();

        published.publish(List.of(ROUTE));

        assertThat(ledgers.counts("gone")).isEmpty();
        assertThat(ledgers.counts("front")).isNotEmpty();
    }
}
