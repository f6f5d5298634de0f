package dev.penstock.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.penstock.core.ErrorCode;
import dev.penstock.router.split.RouteSpec;
import dev.penstock.router.split.UnitSource;
import dev.penstock.server.RoutedClient.Said;
import dev.penstock.server.RoutedClient.Way;
import dev.penstock.server.admin.GrpcTransport;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Routes over real sockets: by every door, fast and general, one unit has one arm.
@Timeout(400)
final class RoutedServingTest extends RoutedModels {
    @ParameterizedTest
    @EnumSource(GrpcTransport.class)
    void everyWayOfAskingDealsAlikeAndSaysSo(GrpcTransport transport) throws Exception {
        try (RunningGateway gateway = serving(transport);
                RoutedClient client = new RoutedClient(gateway)) {
            publish(gateway, ROUTE);
            double inlineBefore = inlineRuns(gateway);
            for (Way way : Way.values()) {
                int canary = 0;
                for (int i = 0; i < UNITS; i++) {
                    Said said = client.ask(way, "score", Map.of(UNIT, "user-" + i));
                    assertThat(said.arm() + " " + said.assignment())
                            .as("%s, user-%d", way, i)
                            .isEqualTo(expected(ROUTE, "user-" + i));
                    assertThat(said.model() + "/" + said.version()).isEqualTo("score/1");
                    canary += said.arm().equals("canary") ? 1 : 0;
                }
                assertThat(canary / (double) UNITS).as("%s", way).isCloseTo(0.25, within(0.07));
            }
            if (transport == GrpcTransport.NETTY_DOOR) {
                // Only the fast paths run models on event loops.
                assertThat(inlineRuns(gateway)).isGreaterThan(inlineBefore);
            }
            assertThat(ended.keySet()).containsExactlyInAnyOrder("stable hash null", "canary hash null");
            assertThat(ended.values().stream().mapToInt(Integer::intValue).sum())
                    .isEqualTo(UNITS * Way.values().length);
        }
    }

    private static double inlineRuns(RunningGateway gateway) throws Exception {
        return Metrics.of(gateway).sum("penstock_batch_close_total", "model=\"b\"", "reason=\"inline\"");
    }

    @ParameterizedTest
    @EnumSource(GrpcTransport.class)
    void eachMessageOfAStreamNamesItsArm(GrpcTransport transport) throws Exception {
        try (RunningGateway gateway = serving(transport);
                RoutedClient client = new RoutedClient(gateway)) {
            publish(gateway, ROUTE.withWeight("canary", 0));
            client.openStream(Map.of("x-user", "user-1"));
            assertThat(client.askStream(false))
                    .startsWith("stable v=score/v1;b=")
                    .endsWith(";r=random");

            // The stream was there before anybody looked at that header.
            RouteSpec byUser =
                    ROUTE.withUnit(List.of(UnitSource.header("x-user"))).withWeight("canary", 10_000);
            publish(gateway, byUser);
            for (boolean typed : new boolean[] {false, true}) {
                assertThat(client.askStream(typed)).isEqualTo(expected(byUser, "user-1"));
            }
        }
    }

    /// What is sent after an edit was published is dealt by it, to the last unit, whatever goes on beside it.
    @Test
    void anEditOfWeightsUnderLoadHoldsForAllThatComesAfterIt() throws Exception {
        try (RunningGateway gateway = serving(GrpcTransport.NETTY_DOOR);
                RoutedClient client = new RoutedClient(gateway);
                RoutedClient other = new RoutedClient(gateway)) {
            publish(gateway, ROUTE);
            List<Way> ways = List.of(Way.values());
            AtomicBoolean over = new AtomicBoolean();
            AtomicReference<Throwable> failure = new AtomicReference<>();
            Thread load = Thread.ofPlatform().start(() -> {
                try {
                    for (int i = 0; !over.get(); i++) {
                        Way way = i % 2 == 0 ? Way.GRPC : Way.REST;
                        assertThat(other.ask(way, "score", Map.of(UNIT, "load-" + i))
                                        .arm())
                                .isIn("stable", "canary");
                    }
                } catch (Exception | AssertionError e) {
                    failure.set(e);
                }
            });
            try {
                for (int weight : new int[] {0, 10_000, 3_000, 0, 7_000, 0}) {
                    RouteSpec edited = ROUTE.withWeight("canary", weight);
                    publish(gateway, edited);
                    for (int i = 0; i < 100; i++) {
                        Way way = ways.get(i % ways.size());
                        Said said = client.ask(way, "score", Map.of(UNIT, "user-" + i));
                        assertThat(said.arm() + " " + said.assignment())
                                .as("weight %d, %s, user-%d", weight, way, i)
                                .isEqualTo(expected(edited, "user-" + i));
                    }
                }
            } finally {
                over.set(true);
                load.join();
            }
            assertThat(failure.get()).isNull();
            assertThat(ended.keySet()).noneMatch(key -> key.contains(ErrorCode.INTERNAL.name()));
        }
    }
}
