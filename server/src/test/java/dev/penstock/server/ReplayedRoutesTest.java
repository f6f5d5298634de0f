package dev.penstock.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.loadtest.Main;
import dev.penstock.router.split.ArmSpec;
import dev.penstock.router.split.CandidateSpec;
import dev.penstock.router.split.Condition;
import dev.penstock.router.split.OverrideSpec;
import dev.penstock.router.split.RouteSpec;
import dev.penstock.server.admin.GrpcTransport;
import dev.penstock.server.config.PayloadConfig;
import dev.penstock.server.payload.PayloadFormat;
import dev.penstock.server.routing.Expected;
import io.grpc.Metadata;
import io.grpc.stub.MetadataUtils;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Requests to a route are recorded with their arm, and go there again when they are sent again, over both
/// doors of whole servers.
@Timeout(400)
class ReplayedRoutesTest {
    private static final int SAME = 0;
    private static final int DIFFERENT = 6;
    private static final String CANARY = "x-canary";
    private static final Map<String, String> NO_HEADERS = Map.of("x-other", "1");
    private static final RouteSpec ROUTE = RouteSpec.of("front", ArmSpec.of("stable", RegisteredVersions.MODEL, 1))
            .withCandidates(List.of(new CandidateSpec(ArmSpec.of("canary", RegisteredVersions.MODEL, 2), 0, 5_000)))
            .withOverrides(List.of(new OverrideSpec(List.of(Condition.header(CANARY, "1")), "canary")));

    @TempDir
    private Path folder;

    private PayloadConfig config(Path logs) {
        return new PayloadConfig(
                Optional.of(logs),
                PayloadFormat.JSON,
                1 << 20,
                Duration.ofHours(1),
                1 << 24,
                "",
                Optional.empty(),
                1,
                List.of(),
                1 << 22,
                List.of("header:x-secret=hash"),
                Optional.empty(),
                List.of(CANARY, "x-secret", "user-agent"));
    }

    @ParameterizedTest
    @EnumSource
    void requestsOfARouteMeetItsConditionsAgain(GrpcTransport transport) throws Exception {
        Path repository = Files.createDirectory(folder.resolve("repository"));
        Path logs = folder.resolve("logs");
        Path data = folder.resolve("data");
        try (RunningGateway gateway = TestGateways.logged(repository, data, transport, config(logs))) {
            RegisteredVersions.register(gateway, repository, 1);
            RegisteredVersions.register(gateway, repository, 2);
            gateway.routes().put(ROUTE, new Expected.Absent(), false, "ann");
            post(gateway, Map.of(CANARY, "1", "x-secret", "word"));
            post(gateway, NO_HEADERS);
            infer(gateway, Map.of(CANARY, "1", "x-secret", "word"));
            infer(gateway, NO_HEADERS);
        }
        Path recorded = onlyFile(logs);
        List<JsonNode> lines = Files.readAllLines(recorded).stream()
                .map(line -> JsonMapper.shared().readTree(line))
                .toList();
        assertThat(lines).hasSize(4).allSatisfy(line -> {
            boolean canary = line.path("headers").has(CANARY);
            assertThat(line.path("route").asString("")).isEqualTo("front");
            assertThat(line.path("model").asString("")).isEqualTo(RegisteredVersions.MODEL);
            assertThat(line.path("version").asInt()).isEqualTo(canary ? 2 : 1);
            assertThat(line.path("arm").asString("")).isEqualTo(canary ? "canary" : "stable");
            assertThat(line.path("assignment").asString("")).startsWith("v=front/v1;b=");
            assertThat(line.path("redacted_headers").toString()).isEqualTo(canary ? "[\"x-secret\"]" : "[]");
        });
        assertThat(lines).filteredOn(line -> line.path("headers").has(CANARY)).hasSize(2);

        try (RunningGateway gateway = TestGateways.logged(repository, data, transport, PayloadConfig.OFF)) {
            for (String url :
                    List.of("grpc://127.0.0.1:" + gateway.addresses().grpc().port(), TestGateways.url(gateway, ""))) {
                assertReplays(recorded, url);
            }
        }
    }

    private static void assertReplays(Path recorded, String url) {
        StringWriter same = new StringWriter();
        assertThat(replay(same, recorded, url)).as("%s", same).isEqualTo(SAME);
        assertThat(same.toString()).contains("sent     4", "same     4");
        // All to one arm, whatever was recorded.
        StringWriter other = new StringWriter();
        assertThat(replay(other, recorded, url, "--header", "X-Canary=1"))
                .as("%s", other)
                .isEqualTo(DIFFERENT);
        assertThat(other.toString()).contains("same     2", "differ   2");
        StringWriter pinned = new StringWriter();
        assertThat(replay(pinned, recorded, url, "--version", "1"))
                .as("%s", pinned)
                .isEqualTo(DIFFERENT);
        assertThat(pinned.toString()).contains("same     2", "differ   2");
    }

    private static int replay(StringWriter out, Path recorded, String url, String... more) {
        String[] all = Stream.concat(
                        Stream.of("replay", recorded.toString(), "--url", url, "--compare"), Arrays.stream(more))
                .toArray(String[]::new);
        PrintWriter both = new PrintWriter(out, true);
        return Main.run(all, InputStream.nullInputStream(), both, both, System::nanoTime);
    }

    private static Path onlyFile(Path logs) throws Exception {
        try (Stream<Path> files = Files.list(logs)) {
            List<Path> all = files.toList();
            assertThat(all).hasSize(1);
            return all.getFirst();
        }
    }

    private static void infer(RunningGateway gateway, Map<String, String> headers) {
        Metadata metadata = new Metadata();
        headers.forEach((name, value) -> metadata.put(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER), value));
        try (GrpcClient grpc = GrpcClient.of(gateway)) {
            assertThat(grpc.stub()
                            .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(metadata))
                            .modelInfer(RegisteredVersions.request("front", ""))
                            .getOutputsCount())
                    .isOne();
        }
    }

    private static void post(RunningGateway gateway, Map<String, String> headers) throws Exception {
        float[] row = new float[RegisteredVersions.COLUMNS];
        for (int i = 0; i < row.length; i++) {
            row[i] = 1 + i % 7;
        }
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(TestGateways.url(gateway, "/v2/models/front/infer")));
        headers.forEach(request::header);
        String body = "{\"inputs\":[{\"name\":\"x\",\"datatype\":\"FP32\",\"shape\":[1,%d],\"data\":%s}]}"
                .formatted(row.length, Arrays.toString(row));
        try (HttpClient client = HttpClient.newHttpClient()) {
            var answer = client.send(request.POST(BodyPublishers.ofString(body)).build(), BodyHandlers.ofString());
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        }
    }
}
