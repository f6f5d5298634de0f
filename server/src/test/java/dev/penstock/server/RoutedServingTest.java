package dev.penstock.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.penstock.core.ErrorCode;
import dev.penstock.proto.inference.GRPCInferenceServiceGrpc;
import dev.penstock.proto.inference.InferParameter;
import dev.penstock.proto.inference.ModelInferRequest;
import dev.penstock.proto.inference.ModelInferResponse;
import dev.penstock.proto.inference.ModelReadyRequest;
import dev.penstock.proto.inference.ModelStreamInferResponse;
import dev.penstock.proto.inference.RepositoryModelLoadRequest;
import dev.penstock.router.arms.ArmObservers;
import dev.penstock.router.split.ArmSpec;
import dev.penstock.router.split.CandidateSpec;
import dev.penstock.router.split.Condition;
import dev.penstock.router.split.FallbackSpec;
import dev.penstock.router.split.OverrideSpec;
import dev.penstock.router.split.Place;
import dev.penstock.router.split.RouteSpec;
import dev.penstock.router.split.SplitRoute;
import dev.penstock.router.split.UnitSource;
import dev.penstock.runtime.OnnxModels;
import dev.penstock.server.admin.GrpcTransport;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.json.JsonMapper;

/// Routes over real sockets: by every door, fast and general, one unit has one arm.
@Timeout(120)
class RoutedServingTest {
    private static final Duration EVERYTHING = Duration.ofHours(1);
    private static final int UNITS = 400;
    private static final String UNIT = "x-penstock-unit";
    private static final RouteSpec ROUTE = RouteSpec.of("score", ArmSpec.of("stable", "a", 1))
            .withCandidates(List.of(new CandidateSpec(ArmSpec.of("canary", "b", 1), 2_500, 10_000)));

    /// How a call is made that needs nothing unusual, and one that does.
    private enum Way {
        GRPC,
        GRPC_TYPED,
        REST,
        REST_BINARY,
        REST_CHUNKED,
        REST_CHUNKED_BINARY,
        V1
    }

    private record Said(String arm, String assignment, String model, String version) {}

    @TempDir
    private Path repository;

    /// What arms were told, by arm, reason and failure.
    private final Map<String, Integer> ended = new ConcurrentHashMap<>();

    private final ArmObservers observers = (key, _) -> (reason, _, _, failure, nanos) ->
            ended.merge(key.arm() + " " + reason.text() + " " + (nanos < 0 ? "in the past" : failure), 1, Integer::sum);

    @BeforeEach
    void writeModels() {
        OnnxModels.write(repository, "a", 1, OnnxModels.tiny());
        OnnxModels.write(repository, "b", 1, OnnxModels.tiny());
    }

    private void publish(RunningGateway gateway, RouteSpec spec) {
        gateway.router().publish(gateway.router().table().withRoutes(List.of(spec), observers));
    }

    private RunningGateway serving(GrpcTransport transport) {
        if (transport == GrpcTransport.GRPC_JAVA) {
            return TestGateways.serving(repository, transport);
        }
        RunningGateway gateway = TestGateways.fast(repository, EVERYTHING);
        try (GrpcClient client = GrpcClient.of(gateway)) {
            for (String model : List.of("a", "b")) {
                var loaded = client.stub()
                        .repositoryModelLoad(RepositoryModelLoadRequest.newBuilder()
                                .setModelName(model)
                                .build());
                assertThat(loaded).isNotNull();
            }
        }
        return gateway;
    }

    private static String expected(RouteSpec spec, String unit) {
        SplitRoute route = SplitRoute.of(spec);
        long place = route.place(unit);
        return route.arms().get(Place.arm(place)).name() + " v=score/v1;b=%04d;r=hash".formatted(Place.bucket(place));
    }

    @ParameterizedTest
    @EnumSource(GrpcTransport.class)
    void everyWayOfAskingDealsAlikeAndSaysSo(GrpcTransport transport) throws Exception {
        try (RunningGateway gateway = serving(transport);
                Client client = new Client(gateway)) {
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
                Client client = new Client(gateway)) {
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

    @Test
    void routesLookAtWhateverTheySay() throws Exception {
        try (RunningGateway gateway = serving(GrpcTransport.NETTY_DOOR);
                Client client = new Client(gateway)) {
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
                Client client = new Client(gateway)) {
            for (Map.Entry<UnitSource, String> head : heads.entrySet()) {
                RouteSpec byHead = ROUTE.withUnit(List.of(head.getKey()));
                // Looks at the body, too: the general path.
                RouteSpec byMore =
                        ROUTE.withUnit(List.of(head.getKey(), new UnitSource(UnitSource.Kind.REQUEST_ID, "")));
                for (RouteSpec spec : List.of(byHead, byMore)) {
                    publish(gateway, spec);
                    String plain = head.getValue().formatted("user-9");
                    for (boolean typed : new boolean[] {false, true}) {
                        Said said = client.grpc(Client.request("score", typed), Client.metadata(plain));
                        assertThat(said.arm() + " " + said.assignment()).isEqualTo(expected(spec, "user-9"));
                    }
                    client.openStream(Client.metadata(plain));
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
                Client client = new Client(gateway)) {
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
                Client client = new Client(gateway)) {
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
                Client client = new Client(gateway)) {
            publish(gateway, RouteSpec.of("score", ArmSpec.of("stable", "embedding", 1)));
            Metadata failed = client.failure(GrpcClient.request("score")
                    .addInputs(GrpcClient.input("ids", "INT64", 1))
                    .addRawInputContents(GrpcClient.longs(99))
                    .build());
            assertThat(Client.said(failed).arm()).isEqualTo("stable");
            assertThat(Client.said(failed).assignment()).matches("v=score/v1;b=[0-9]{4};r=random");
            HttpResponse<String> refused = client.post(
                    "/v2/models/score/infer",
                    "{\"inputs\":[{\"name\":\"ids\",\"datatype\":\"INT64\",\"shape\":[1],\"data\":[99]}]}",
                    Map.of(),
                    false);
            assertThat(refused.statusCode()).isEqualTo(400);
            assertThat(Client.said(refused.headers()).arm()).isEqualTo("stable");
            assertThat(ended).containsExactly(Map.entry("stable random INVALID_ARGUMENT", 2));
        }
    }

    /// What is sent after an edit was published is dealt by it, to the last unit, whatever goes on beside it.
    @Test
    void anEditOfWeightsUnderLoadHoldsForAllThatComesAfterIt() throws Exception {
        try (RunningGateway gateway = serving(GrpcTransport.NETTY_DOOR);
                Client client = new Client(gateway);
                Client other = new Client(gateway)) {
            publish(gateway, ROUTE);
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
                        Way way = Way.values()[i % Way.values().length];
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

    /// Asks in every way there is.
    private static final class Client implements AutoCloseable {
        private final RunningGateway gateway;
        private final GrpcClient grpc;
        private final HttpClient http =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        private final BlockingQueue<ModelStreamInferResponse> streamed = new LinkedBlockingQueue<>();
        private final List<StreamObserver<ModelInferRequest>> streams = new ArrayList<>();

        Client(RunningGateway gateway) {
            this.gateway = gateway;
            this.grpc = GrpcClient.of(gateway);
        }

        Said ask(Way way, String route, Map<String, String> headers) throws Exception {
            return switch (way) {
                case GRPC -> grpc(request(route, false), headers);
                case GRPC_TYPED -> grpc(request(route, true), headers);
                case REST -> rest("/v2/models/" + route + "/infer", V2, headers, false);
                case REST_CHUNKED -> rest("/v2/models/" + route + "/infer", V2, headers, true);
                case REST_BINARY -> rest("/v2/models/" + route + "/infer", BINARY, headers, false);
                case REST_CHUNKED_BINARY -> rest("/v2/models/" + route + "/infer", BINARY, headers, true);
                case V1 -> rest("/v1/models/" + route + ":predict", "{\"instances\":[[1,2,3,4]]}", headers, false);
            };
        }

        private static final String V2 = """
                {"parameters":{"user":"user-7","more":[1,{"a":2}]},
                 "inputs":[{"name":"x","datatype":"FP32","shape":[1,4],"data":[1,2,3,4]}]}""";

        private static final String BINARY = V2.replace("\"user-7\"", "\"user-7\",\"binary_data_output\":true");

        private static ModelInferRequest request(String model, boolean typed) {
            ModelInferRequest.Builder request = GrpcClient.request(model)
                    .putParameters(
                            "user",
                            InferParameter.newBuilder().setStringParam("user-7").build());
            if (!typed) {
                return request.addInputs(GrpcClient.input("x", "FP32", 1, 4))
                        .addRawInputContents(GrpcClient.floats(1, 2, 3, 4))
                        .build();
            }
            ModelInferRequest.InferInputTensor.Builder input = GrpcClient.input("x", "FP32", 1, 4).toBuilder();
            input.getContentsBuilder().addAllFp32Contents(List.of(1f, 2f, 3f, 4f));
            return request.addInputs(input).build();
        }

        private static Metadata metadata(Map<String, String> headers) {
            Metadata metadata = new Metadata();
            headers.forEach(
                    (name, value) -> metadata.put(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER), value));
            return metadata;
        }

        private static Metadata metadata(String head) {
            Metadata metadata = new Metadata();
            head.lines().forEach(line -> {
                int colon = line.indexOf(':');
                metadata.put(
                        Metadata.Key.of(line.substring(0, colon), Metadata.ASCII_STRING_MARSHALLER),
                        line.substring(colon + 1).strip());
            });
            return metadata;
        }

        /// The JDK's client sends headers of ASCII only.
        Said bytes(String path, String head) throws Exception {
            String body = path.startsWith("/v1") ? "{\"instances\":[[1,2,3,4]]}" : V2;
            URI uri = URI.create(TestGateways.url(gateway, path));
            try (Socket socket = new Socket(InetAddress.getByName(uri.getHost()), uri.getPort())) {
                socket.setSoTimeout(30_000);
                String request = "POST %s HTTP/1.1\r\nhost: x\r\n%scontent-length: %d\r\n\r\n%s"
                        .formatted(path, head, body.getBytes(UTF_8).length, body);
                socket.getOutputStream().write(request.getBytes(UTF_8));
                BufferedReader in = new BufferedReader(new InputStreamReader(socket.getInputStream(), ISO_8859_1));
                Map<String, List<String>> said = new HashMap<>();
                assertThat(in.readLine()).isEqualTo("HTTP/1.1 200 OK");
                for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
                    int colon = line.indexOf(':');
                    said.put(
                            line.substring(0, colon),
                            List.of(line.substring(colon + 1).strip()));
                }
                return said(HttpHeaders.of(said, (_, _) -> true));
            }
        }

        private Said grpc(ModelInferRequest request, Map<String, String> headers) {
            return grpc(request, metadata(headers));
        }

        private Said grpc(ModelInferRequest request, Metadata headers) {
            AtomicReference<Metadata> answered = new AtomicReference<>();
            ModelInferResponse response = grpc.stub()
                    .withInterceptors(
                            MetadataUtils.newAttachHeadersInterceptor(headers),
                            MetadataUtils.newCaptureMetadataInterceptor(answered, new AtomicReference<>()))
                    .modelInfer(request);
            Said said = said(answered.get());
            Map<String, String> parameters = new HashMap<>();
            response.getParametersMap().forEach((name, value) -> parameters.put(name, value.getStringParam()));
            assertThat(parameters).isEqualTo(parameters(said));
            return said;
        }

        Metadata failure(ModelInferRequest request) {
            try {
                throw new AssertionError(grpc.stub().modelInfer(request) + " (expected: a failure)");
            } catch (StatusRuntimeException e) {
                Metadata trailers = e.getTrailers();
                assertThat(trailers).isNotNull();
                return trailers;
            }
        }

        HttpResponse<String> get(String path) throws Exception {
            return http.send(
                    HttpRequest.newBuilder(URI.create(TestGateways.url(gateway, path)))
                            .build(),
                    BodyHandlers.ofString());
        }

        static Said said(Metadata metadata) {
            assertThat(metadata).isNotNull();
            return new Said(
                    text(metadata, "x-penstock-arm"),
                    text(metadata, "x-penstock-assignment"),
                    text(metadata, "x-penstock-route"),
                    text(metadata, "x-penstock-version"));
        }

        private static String text(Metadata metadata, String name) {
            String value = metadata.get(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER));
            return value == null ? "" : value;
        }

        private Said rest(String path, String body, Map<String, String> headers, boolean chunked) throws Exception {
            HttpResponse<String> response = post(path, body, headers, chunked);
            assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
            Said said = said(response.headers());
            String json = response.headers()
                    .firstValue("inference-header-content-length")
                    .map(length -> response.body().substring(0, Integer.parseInt(length)))
                    .orElse(response.body());
            Map<String, String> parameters = new HashMap<>();
            JsonMapper.shared()
                    .readTree(json)
                    .path("parameters")
                    .properties()
                    .forEach(each ->
                            parameters.put(each.getKey(), each.getValue().asString()));
            assertThat(parameters).isEqualTo(path.startsWith("/v1") ? Map.of() : parameters(said));
            return said;
        }

        /// What the body of an answer says, given its headers.
        private static Map<String, String> parameters(Said said) {
            return said.arm().isEmpty()
                    ? Map.of()
                    : Map.of(
                            "penstock_route", said.model(),
                            "penstock_arm", said.arm(),
                            "penstock_assignment", said.assignment());
        }

        HttpResponse<String> post(String path, String body, Map<String, String> headers, boolean chunked)
                throws Exception {
            HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(TestGateways.url(gateway, path)));
            headers.forEach(request::header);
            byte[] bytes = body.getBytes(UTF_8);
            request.POST(
                    chunked
                            ? BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(bytes))
                            : BodyPublishers.ofByteArray(bytes));
            return http.send(request.build(), BodyHandlers.ofString(ISO_8859_1));
        }

        static Said said(HttpHeaders said) {
            return new Said(
                    said.firstValue("x-penstock-arm").orElse(""),
                    said.firstValue("x-penstock-assignment").orElse(""),
                    said.firstValue("x-penstock-route").orElse(""),
                    said.firstValue("x-penstock-version").orElse(""));
        }

        void openStream(Map<String, String> headers) {
            openStream(metadata(headers));
        }

        void openStream(Metadata headers) {
            streams.add(GRPCInferenceServiceGrpc.newStub(grpc.channel())
                    .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
                    .modelStreamInfer(new StreamObserver<>() {
                        @Override
                        public void onNext(ModelStreamInferResponse response) {
                            streamed.add(response);
                        }

                        @Override
                        public void onError(Throwable failure) {
                            streamed.add(ModelStreamInferResponse.newBuilder()
                                    .setErrorMessage(failure.toString())
                                    .build());
                        }

                        @Override
                        public void onCompleted() {}
                    }));
        }

        String askStream(boolean typed) throws InterruptedException {
            streams.getLast().onNext(request("score", typed));
            ModelStreamInferResponse response = streamed.poll(30, TimeUnit.SECONDS);
            assertThat(response).isNotNull();
            assertThat(response.getErrorMessage()).isEmpty();
            Map<String, InferParameter> said = response.getInferResponse().getParametersMap();
            assertThat(said).containsKeys("penstock_route", "triton_final_response");
            return text(said, "penstock_arm") + " " + text(said, "penstock_assignment");
        }

        private static String text(Map<String, InferParameter> parameters, String name) {
            InferParameter parameter = parameters.get(name);
            assertThat(parameter).as(name).isNotNull();
            return parameter.getStringParam();
        }

        @Override
        public void close() {
            streams.forEach(StreamObserver::onCompleted);
            grpc.close();
            http.close();
        }
    }
}
