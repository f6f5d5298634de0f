package dev.penstock.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.ErrorCode;
import dev.penstock.proto.inference.ModelReadyRequest;
import dev.penstock.router.split.ArmSpec;
import dev.penstock.router.split.Condition;
import dev.penstock.router.split.FallbackSpec;
import dev.penstock.router.split.OverrideSpec;
import dev.penstock.router.split.RouteSpec;
import dev.penstock.router.split.UnitSource;
import dev.penstock.runtime.OnnxModels;
import dev.penstock.server.RoutedClient.Said;
import dev.penstock.server.RoutedClient.Way;
import dev.penstock.server.admin.GrpcTransport;
import io.grpc.Metadata;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What doors read of a request for a route, and say of it.
@Timeout(400)
final class RoutedDoorsTest extends RoutedModels {
    @Test
    void routesLookAtWhateverTheySay() throws Exception {
        try (RunningGateway gateway = serving(GrpcTransport.NETTY_DOOR);
                RoutedClient client = new RoutedClient(gateway)) {
            publish(
                    gateway,
                    ROUTE.withWeight("canary", 0)
                            .withMatch(List.of(Condition.header("x-country", "de")))
                            .withOverrides(
                                    List.of(new OverrideSpec(List.of(Condition.header("x-canary", "1")), "canary"))));
            for (Way way : Way.values()) {
                Said forced = client.ask(way, "score", Map.of("x-country", "de", "x-canary", "1"));
                assertThat(forced.arm() + " " + forced.assignment())
                        .as("%s", way)
                        .matches("canary .*;r=override");
                Said other = client.ask(way, "score", Map.of("x-canary", "1"));
                assertThat(other.arm() + " " + other.assignment()).as("%s", way).matches("stable .*;r=no-match");
            }
            // Parameters are seen on the general path only.
            publish(
                    gateway,
                    ROUTE.withUnit(List.of(new UnitSource(UnitSource.Kind.PARAMETER, "user")))
                            .withWeight("canary", 5_000));
            for (Way way : List.of(Way.GRPC, Way.GRPC_TYPED, Way.REST, Way.REST_CHUNKED)) {
                Said said = client.ask(way, "score", Map.of());
                assertThat(said.arm() + " " + said.assignment())
                        .as("%s", way)
                        .isEqualTo(expected(ROUTE.withWeight("canary", 5_000), "user-7"));
            }
            // A cookie, where callers are browsers.
            publish(gateway, ROUTE.withUnit(List.of(new UnitSource(UnitSource.Kind.COOKIE, "uid"))));
            for (Way way : List.of(Way.REST, Way.REST_CHUNKED, Way.V1)) {
                Said said = client.ask(way, "score", Map.of("cookie", "a=b; uid=user-9"));
                assertThat(said.arm() + " " + said.assignment()).as("%s", way).isEqualTo(expected(ROUTE, "user-9"));
            }
            // With a fallback arm every request takes the general path.
            publish(gateway, ROUTE.withFallback(new FallbackSpec("stable", Set.of(ErrorCode.MODEL_FAILED))));
            for (Way way : Way.values()) {
                Said said = client.ask(way, "score", Map.of(UNIT, "user-3"));
                assertThat(said.arm() + " " + said.assignment()).as("%s", way).isEqualTo(expected(ROUTE, "user-3"));
            }
        }
    }

    /// Whatever a caller writes its name in, and however its headers are cut.
    @ParameterizedTest
    @EnumSource(GrpcTransport.class)
    void everyDoorReadsHeadersAlike(GrpcTransport transport) throws Exception {
        Map<UnitSource, String> heads = Map.of(
                UnitSource.header("x-user"),
                "x-user: %s\r\nx-user: other\r\n",
                new UnitSource(UnitSource.Kind.COOKIE, "uid"),
                "cookie: a=b\r\ncookie: uid=%s\r\n");
        try (RunningGateway gateway = serving(transport);
                RoutedClient client = new RoutedClient(gateway)) {
            for (Map.Entry<UnitSource, String> head : heads.entrySet()) {
                RouteSpec byHead = ROUTE.withUnit(List.of(head.getKey()));
                // Looks at the body, too: the general path.
                RouteSpec byMore =
                        ROUTE.withUnit(List.of(head.getKey(), new UnitSource(UnitSource.Kind.REQUEST_ID, "")));
                for (RouteSpec spec : List.of(byHead, byMore)) {
                    publish(gateway, spec);
                    String plain = head.getValue().formatted("user-9");
                    for (boolean typed : new boolean[] {false, true}) {
                        Said said = client.grpc(RoutedClient.request("score", typed), RoutedClient.metadata(plain));
                        assertThat(said.arm() + " " + said.assignment()).isEqualTo(expected(spec, "user-9"));
                    }
                    client.openStream(RoutedClient.metadata(plain));
                    assertThat(client.askStream(false)).isEqualTo(expected(spec, "user-9"));
                    for (String path : List.of("/v2/models/score/infer", "/v1/models/score:predict")) {
                        // Metadata of gRPC is ASCII, headers of HTTP are not.
                        for (String name : List.of("user-9", "K\u00e4the")) {
                            Said said = client.bytes(path, head.getValue().formatted(name));
                            assertThat(said.arm() + " " + said.assignment())
                                    .as("%s, %s", path, name)
                                    .isEqualTo(expected(spec, name));
                        }
                    }
                }
            }
            // An id that the server makes is no unit.
            publish(
                    gateway,
                    ROUTE.withUnit(
                            List.of(new UnitSource(UnitSource.Kind.REQUEST_ID, ""), UnitSource.header("x-user"))));
            for (Way way : List.of(Way.REST, Way.REST_CHUNKED, Way.V1)) {
                Said said = client.ask(way, "score", Map.of("x-user", "user-1"));
                assertThat(said.arm() + " " + said.assignment()).as("%s", way).isEqualTo(expected(ROUTE, "user-1"));
            }
        }
    }

    @Test
    void whoNamesAVersionDoesNotTakeTheRoute() throws Exception {
        try (RunningGateway gateway = serving(GrpcTransport.NETTY_DOOR);
                RoutedClient client = new RoutedClient(gateway)) {
            // In the place of a model's own name.
            publish(gateway, RouteSpec.of("a", ArmSpec.of("stable", "b", 1)));
            assertThat(client.ask(Way.GRPC, "a", Map.of()).arm()).isEqualTo("stable");
            assertThat(client.ask(Way.REST, "a", Map.of()).arm()).isEqualTo("stable");
            assertThat(client.ask(Way.REST, "a/versions/1", Map.of()).arm()).isEmpty();
            assertThat(client.ask(Way.REST, "b", Map.of()).arm()).isEmpty();
        }
    }

    /// Clients of the protocol ask for these before they send anything.
    @Test
    void aRouteIsReadyAndDescribedAsItsDefaultArm() throws Exception {
        try (RunningGateway gateway = serving(GrpcTransport.NETTY_DOOR);
                RoutedClient client = new RoutedClient(gateway)) {
            assertThat(client.get("/v2/models/score/ready").statusCode()).isNotEqualTo(200);

            publish(gateway, ROUTE);

            assertThat(client.get("/v2/models/score/ready").statusCode()).isEqualTo(200);
            assertThat(client.get("/v2/models/score").body()).contains("\"name\":\"x\"", "\"versions\":[\"1\"]");
            assertThat(client.get("/v2/models/score/versions/1").statusCode()).isEqualTo(404);
            assertThat(client.grpc
                            .stub()
                            .modelReady(ModelReadyRequest.newBuilder()
                                    .setName("score")
                                    .build())
                            .getReady())
                    .isTrue();
        }
    }

    /// What only the running model finds wrong.
    @Test
    void aFailureNamesItsArmAndIsToldToItsObserver() throws Exception {
        OnnxModels.write(repository, "embedding", 1, OnnxModels.embedding());
        try (RunningGateway gateway = TestGateways.serving(repository, GrpcTransport.NETTY_DOOR);
                RoutedClient client = new RoutedClient(gateway)) {
            publish(gateway, RouteSpec.of("score", ArmSpec.of("stable", "embedding", 1)));
            Metadata failed = client.failure(GrpcClient.request("score")
                    .addInputs(GrpcClient.input("ids", "INT64", 1))
                    .addRawInputContents(GrpcClient.longs(99))
                    .build());
            assertThat(RoutedClient.said(failed).arm()).isEqualTo("stable");
            assertThat(RoutedClient.said(failed).assignment()).matches("v=score/v1;b=[0-9]{4};r=random");
            HttpResponse<String> refused = client.post(
                    "/v2/models/score/infer",
                    "{\"inputs\":[{\"name\":\"ids\",\"datatype\":\"INT64\",\"shape\":[1],\"data\":[99]}]}",
                    Map.of(),
                    false);
            assertThat(refused.statusCode()).isEqualTo(400);
            assertThat(RoutedClient.said(refused.headers()).arm()).isEqualTo("stable");
            assertThat(ended).containsExactly(Map.entry("stable random INVALID_ARGUMENT", 2));
        }
    }
}
