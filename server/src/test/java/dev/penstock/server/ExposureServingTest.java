package dev.penstock.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.penstock.router.split.ArmSpec;
import dev.penstock.router.split.CandidateSpec;
import dev.penstock.router.split.Condition;
import dev.penstock.router.split.OverrideSpec;
import dev.penstock.router.split.Place;
import dev.penstock.router.split.RouteSpec;
import dev.penstock.router.split.SplitRoute;
import dev.penstock.server.admin.GrpcTransport;
import dev.penstock.server.alerting.TestReceiver;
import dev.penstock.server.config.RoutingConfig;
import dev.penstock.server.routing.Expected;
import io.grpc.Metadata;
import io.grpc.stub.MetadataUtils;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// The log of which arm had which request, of requests over both doors of a whole server.
@Timeout(400)
class ExposureServingTest {
    private static final String MODEL = RegisteredVersions.MODEL;
    private static final String UNIT = "x-penstock-unit";
    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final int UNITS = 20;
    private static final RouteSpec ROUTE = RouteSpec.of("front", ArmSpec.of("stable", MODEL, 1))
            .withCandidates(List.of(new CandidateSpec(ArmSpec.of("canary", MODEL, 1), 2_500, 5_000)))
            .withOverrides(List.of(new OverrideSpec(List.of(Condition.header("x-canary", "1")), "canary")));

    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource(GrpcTransport.class)
    void eachRoutedRequestIsALineWithoutItsUnit(GrpcTransport transport) throws Exception {
        Path repository = Files.createDirectory(folder.resolve("repository"));
        Path exposures = folder.resolve("exposures");
        RoutingConfig all = RoutingConfig.ofExposures(Optional.of(exposures), "", 1);
        try (HttpClient client = HttpClient.newHttpClient();
                RunningGateway gateway = TestGateways.exposing(repository, folder.resolve("data"), transport, all);
                GrpcClient grpc = GrpcClient.of(gateway)) {
            RegisteredVersions.register(gateway, repository, 1);
            gateway.routes().put(ROUTE, new Expected.Absent(), false, "ann");
            for (int i = 0; i < UNITS; i++) {
                post(client, gateway, "front", Map.of(UNIT, "user-" + i));
                infer(grpc, "front", Map.of(UNIT, "user-" + i, "traceparent", "00-" + TRACE + "-00f067aa0ba902b7-00"));
            }
            post(client, gateway, "front", Map.of("x-canary", "1"));
            post(client, gateway, "front", Map.of());
            // Not routed.
            post(client, gateway, MODEL, Map.of(UNIT, "user-1"));
            infer(grpc, MODEL, Map.of(UNIT, "user-1"));
            assertThat(Metrics.of(gateway).sum("penstock_exposures_dropped_total"))
                    .isZero();
        }

        List<JsonNode> lines = lines(exposures);
        assertThat(lines).hasSize(2 * UNITS + 2);
        SplitRoute split = SplitRoute.of(ROUTE);
        Map<String, String> hashes = new HashMap<>();
        for (int i = 0; i < UNITS; i++) {
            long place = split.place("user-" + i);
            List<JsonNode> two = lines.stream()
                    .filter(line -> line.path("bucket").asInt() == Place.bucket(place))
                    .filter(line -> line.path("reason").asString("").equals("hash"))
                    .toList();
            assertThat(two).as("user-%d", i).hasSize(2);
            for (JsonNode line : two) {
                boolean canary = Place.arm(place) == 1;
                assertThat(line.path("arm").asString("")).isEqualTo(canary ? "canary" : "stable");
                assertThat(line.path("propensity").asDouble()).isEqualTo(canary ? 0.25 : 0.75);
                assertThat(line.path("group").asInt()).isEqualTo((int) (Place.hash2(place) >>> 58));
                assertThat(line.path("unit").asString("")).matches("[0-9a-f]{11}");
            }
            assertThat(two)
                    .extracting(line -> line.path("unit"))
                    .containsOnly(two.getFirst().path("unit"));
            assertThat(hashes.put(two.getFirst().path("unit").asString(""), "user-" + i))
                    .isNull();
            assertThat(two)
                    .extracting(line -> line.path("traceId").asString(""))
                    .contains(TRACE);
        }
        assertThat(lines)
                .allSatisfy(line -> assertThat(line.toString())
                        .startsWith("{\"time\":\"20")
                        .contains(
                                "\"route\":\"front\"",
                                "\"model\":\"" + MODEL + "\",\"version\":1",
                                "\"assignment\":\"front/v1\",\"assignmentVersion\":1")
                        .doesNotContain("user-"));
        assertThat(lines)
                .filteredOn(line -> line.path("reason").asString("").equals("override"))
                .singleElement()
                .satisfies(line ->
                        assertThat(line.has("propensity") || line.has("unit")).isFalse());
        assertThat(lines)
                .filteredOn(line -> line.path("reason").asString("").equals("random"))
                .singleElement()
                .satisfies(line ->
                        assertThat(line.has("propensity") && !line.has("unit")).isTrue());
    }

    @Test
    void aSinkIsToldTheSameAsCloudEvents() throws Exception {
        Instant begun = Instant.now();
        Path repository = Files.createDirectory(folder.resolve("repository"));
        List<Map<String, String>> told = new CopyOnWriteArrayList<>();
        HttpServer sink = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        sink.createContext("/events", exchange -> {
            Map<String, String> event = new HashMap<>();
            exchange.getRequestHeaders()
                    .forEach((name, values) -> event.put(name.toLowerCase(Locale.ROOT), values.getFirst()));
            event.put("data", new String(exchange.getRequestBody().readAllBytes(), UTF_8));
            told.add(event);
            exchange.sendResponseHeaders(202, -1);
            exchange.close();
        });
        sink.start();
        Path exposures = folder.resolve("exposures");
        Path headers = Files.writeString(folder.resolve("headers"), "Authorization: Bearer word\n");
        RoutingConfig all = both(exposures, sink.getAddress().getPort(), Optional.of(headers));
        try (HttpClient client = HttpClient.newHttpClient();
                RunningGateway gateway =
                        TestGateways.exposing(repository, folder.resolve("data"), GrpcTransport.NETTY_DOOR, all)) {
            RegisteredVersions.register(gateway, repository, 1);
            gateway.routes().put(ROUTE, new Expected.Absent(), false, "ann");
            for (int i = 0; i < UNITS; i++) {
                post(client, gateway, "front", Map.of(UNIT, "user-" + i));
            }
            TestReceiver.await(() -> told.size() == UNITS, "all told");
            assertThat(Metrics.of(gateway).sum("penstock_exposures_dropped_total"))
                    .isZero();
        } finally {
            sink.stop(0);
        }

        assertThat(told).hasSize(UNITS).allSatisfy(event -> {
            assertThat(event)
                    .containsEntry("ce-specversion", "1.0")
                    .containsEntry("ce-type", "dev.penstock.exposure.v1")
                    .containsEntry("ce-subject", "routes/front")
                    .containsEntry("authorization", "Bearer word")
                    .containsEntry("content-type", "application/json");
            assertThat(Instant.parse(event.get("ce-time"))).isBetween(begun, Instant.now());
        });
        assertThat(told).extracting(event -> event.get("ce-id")).doesNotHaveDuplicates();
        assertThat(told)
                .extracting(event -> withoutTime(JsonMapper.shared().readTree(event.get("data"))))
                .containsExactlyInAnyOrderElementsOf(lines(exposures).stream()
                        .map(ExposureServingTest::withoutTime)
                        .toList());
    }

    private static RoutingConfig both(Path exposures, int port, Optional<Path> headers) {
        RoutingConfig plain = RoutingConfig.OFF;
        return new RoutingConfig(
                Optional.of(exposures),
                "http://127.0.0.1:" + port + "/events",
                headers,
                1,
                plain.fileBytes(),
                plain.fileAge(),
                plain.totalBytes(),
                plain.queueSize(),
                List.of());
    }

    @Test
    void aSinkThatHangsIsNotInTheWayOfTheFiles() throws Exception {
        Path repository = Files.createDirectory(folder.resolve("repository"));
        Path exposures = folder.resolve("exposures");
        try (ServerSocket silent = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
                HttpClient client = HttpClient.newHttpClient();
                RunningGateway gateway = TestGateways.exposing(
                        repository,
                        folder.resolve("data"),
                        GrpcTransport.NETTY_DOOR,
                        both(exposures, silent.getLocalPort(), Optional.empty()))) {
            RegisteredVersions.register(gateway, repository, 1);
            gateway.routes().put(ROUTE, new Expected.Absent(), false, "ann");
            for (int i = 0; i < UNITS; i++) {
                post(client, gateway, "front", Map.of(UNIT, "user-" + i));
            }

            TestReceiver.await(() -> written(exposures) == UNITS, "all are written");
        }
    }

    /// Whole lines, so far.
    private static long written(Path exposures) {
        try (Stream<Path> files = Files.list(exposures)) {
            long lines = 0;
            for (Path file : files.toList()) {
                lines += Files.readString(file).chars().filter(c -> c == '\n').count();
            }
            return lines;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Each of those who write has looked at the clock on the wall for itself.
    private static JsonNode withoutTime(JsonNode line) {
        ((ObjectNode) line).remove("time");
        return line;
    }

    private static List<JsonNode> lines(Path exposures) throws Exception {
        try (Stream<Path> files = Files.list(exposures)) {
            Path file = files.toList().getFirst();
            assertThat(file.getFileName().toString()).startsWith("exposures-").endsWith(".jsonl");
            return Files.readAllLines(file).stream()
                    .map(line -> JsonMapper.shared().readTree(line))
                    .toList();
        }
    }

    private static void infer(GrpcClient grpc, String model, Map<String, String> headers) {
        Metadata metadata = new Metadata();
        headers.forEach((name, value) -> metadata.put(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER), value));
        assertThat(grpc.stub()
                        .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(metadata))
                        .modelInfer(RegisteredVersions.request(model, ""))
                        .getModelVersion())
                .isEqualTo("1");
    }

    private static void post(HttpClient client, RunningGateway gateway, String model, Map<String, String> headers)
            throws Exception {
        float[] row = new float[RegisteredVersions.COLUMNS];
        Arrays.fill(row, 1);
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(TestGateways.url(gateway, "/v2/models/" + model + "/infer")));
        headers.forEach(request::header);
        var answer = client.send(
                request.POST(BodyPublishers.ofString(
                                "{\"inputs\":[{\"name\":\"x\",\"datatype\":\"FP32\",\"shape\":[1,%d],\"data\":%s}]}"
                                        .formatted(row.length, Arrays.toString(row))))
                        .build(),
                BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    }
}
