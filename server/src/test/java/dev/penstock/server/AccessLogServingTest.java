package dev.penstock.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.proto.inference.ModelInferRequest;
import dev.penstock.runtime.OnnxModels;
import dev.penstock.server.admin.GrpcTransport;
import dev.penstock.server.config.AccessLogConfig;
import dev.penstock.server.config.TracingConfig;
import io.grpc.StatusRuntimeException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The access logs of whole servers, over real sockets.
@Timeout(400)
class AccessLogServingTest {
    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final String BODY =
            "{\"inputs\":[{\"name\":\"x\",\"datatype\":\"FP32\",\"shape\":[1,4],\"data\":[1,2,3,4]}]}";

    @TempDir
    private Path repository;

    @TempDir
    private Path logs;

    @BeforeEach
    void writeModels() {
        OnnxModels.write(repository, "tiny", 1, OnnxModels.tiny());
    }

    private Path file() {
        return logs.resolve("access.jsonl");
    }

    private RunningGateway gateway(GrpcTransport transport, double ratio, double failedRatio) {
        AccessLogConfig log = new AccessLogConfig(file().toString(), ratio, failedRatio, 10_000);
        return TestGateways.watched(repository, transport, log, TracingConfig.OFF);
    }

    /// By request id. Closing a server has written all lines.
    private Map<String, JsonNode> lines() throws Exception {
        Map<String, JsonNode> lines = new HashMap<>();
        for (String line : Files.readAllLines(file())) {
            JsonNode node = JsonMapper.shared().readTree(line);
            lines.put(node.path("request_id").asString(""), node);
        }
        return lines;
    }

    private JsonNode line(String requestId) throws Exception {
        return Objects.requireNonNull(lines().get(requestId), requestId);
    }

    private static void grpc(RunningGateway gateway, String model, String id) {
        ModelInferRequest request = GrpcClient.request(model)
                .setId(id)
                .addInputs(GrpcClient.input("x", "FP32", 1, 4))
                .addRawInputContents(GrpcClient.floats(1, 2, 3, 4))
                .build();
        try (GrpcClient client = GrpcClient.of(gateway)) {
            assertThat(client.stub().modelInfer(request).getOutputsCount()).isOne();
        }
    }

    private static HttpResponse<String> rest(RunningGateway gateway, String id, String body) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(TestGateways.url(gateway, "/v2/models/tiny/infer")))
                .header("traceparent", "00-" + TRACE + "-b7ad6b7169203331-00")
                .header("x-penstock-request-id", id)
                .header("x-penstock-caller", "shop")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(request, HttpResponse.BodyHandlers.ofString());
        }
    }

    @ParameterizedTest
    @EnumSource
    void callsOfGrpcAreLogged(GrpcTransport transport) throws Exception {
        try (RunningGateway gateway = gateway(transport, 1, 0)) {
            grpc(gateway, "tiny", "good");
            assertThatThrownBy(() -> grpc(gateway, "nobody", "bad")).isInstanceOf(StatusRuntimeException.class);
        }
        JsonNode good = line("good");
        assertThat(good.path("model").asString("")).isEqualTo("tiny");
        assertThat(good.path("version").asLong()).isOne();
        assertThat(good.path("transport").asString("")).isEqualTo("grpc");
        assertThat(good.path("code").asString("")).isEqualTo("OK");
        assertThat(good.path("rows").asLong()).isOne();
        assertThat(good.path("bytes_in").asLong()).isPositive();
        assertThat(good.path("bytes_out").asLong()).isPositive();
        assertThat(good.path("total_us").asLong(-1)).isNotNegative();
        assertThat(good.path("queue_us").asLong(-1)).isNotNegative();
        assertThat(good.path("run_us").asLong(-1)).isNotNegative();
        assertThat(good.path("caller").asString("")).isEqualTo("127.0.0.1");
        assertThat(good.has("trace_id")).isFalse();
        JsonNode bad = line("bad");
        assertThat(bad.path("code").asString("")).isEqualTo("NOT_FOUND");
        assertThat(bad.path("model").asString("")).isEqualTo("nobody");
        assertThat(bad.has("version")).isFalse();
        assertThat(bad.has("run_us")).isFalse();
    }

    @Test
    void callsOfRestAreLoggedWithTheirTrace() throws Exception {
        try (RunningGateway gateway = gateway(GrpcTransport.NETTY_DOOR, 1, 0)) {
            assertThat(rest(gateway, "good", BODY).headers().firstValue("x-penstock-request-id"))
                    .hasValue("good");
            assertThat(rest(gateway, "bad", "{").statusCode()).isEqualTo(400);
        }
        JsonNode good = line("good");
        assertThat(good.path("transport").asString("")).isEqualTo("http");
        assertThat(good.path("trace_id").asString("")).isEqualTo(TRACE);
        assertThat(good.path("caller").asString("")).isEqualTo("shop");
        assertThat(good.path("bytes_in").asLong()).isEqualTo(BODY.length());
        assertThat(good.path("bytes_out").asLong()).isPositive();
        assertThat(good.has("run_us")).isTrue();
        assertThat(Instant.parse(good.path("time").asString(""))).isAfter(Instant.parse("2020-01-01T00:00:00Z"));
        assertThat(line("bad").path("code").asString("")).isEqualTo("INVALID_ARGUMENT");
    }

    @Test
    void anIdThatTheServerGaveIsThatOfTheAnswer() throws Exception {
        String given;
        try (RunningGateway gateway = gateway(GrpcTransport.NETTY_DOOR, 1, 0)) {
            // Not fit to be repeated.
            given = rest(gateway, "not fit", BODY)
                    .headers()
                    .firstValue("x-penstock-request-id")
                    .orElseThrow();
        }
        assertThat(lines()).containsOnlyKeys(given);
    }

    @Test
    void failuresAreLoggedWhereAnswersAreNot() throws Exception {
        try (RunningGateway gateway = gateway(GrpcTransport.NETTY_DOOR, 0, 1)) {
            for (int i = 0; i < 20; i++) {
                grpc(gateway, "tiny", "good" + i);
                assertThat(rest(gateway, "better" + i, BODY).statusCode()).isEqualTo(200);
            }
            assertThatThrownBy(() -> grpc(gateway, "nobody", "grpc")).isInstanceOf(StatusRuntimeException.class);
            assertThat(rest(gateway, "rest", "{").statusCode()).isEqualTo(400);
        }
        assertThat(lines()).containsOnlyKeys("grpc", "rest");
        assertThat(line("grpc").has("total_us")).isTrue();
        assertThat(line("rest").has("total_us")).isTrue();
    }

    @Test
    void aLogThatIsMovedAwayIsMadeAnew() throws Exception {
        Path moved = logs.resolve("access.1");
        try (RunningGateway gateway = gateway(GrpcTransport.NETTY_DOOR, 1, 0)) {
            grpc(gateway, "tiny", "first");
            awaitLine();
            Files.move(file(), moved);
            grpc(gateway, "tiny", "second");
        }
        assertThat(Files.readAllLines(moved)).singleElement().asString().contains("first");
        assertThat(lines()).containsOnlyKeys("second");
    }

    private void awaitLine() throws Exception {
        while (Files.size(file()) == 0) {
            Thread.onSpinWait();
        }
    }
}
