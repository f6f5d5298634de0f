package dev.penstock.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.penstock.core.DataType;
import dev.penstock.proto.inference.ModelInferRequest;
import dev.penstock.runtime.OnnxModels;
import dev.penstock.server.admin.GrpcTransport;
import dev.penstock.server.config.AccessLogConfig;
import dev.penstock.server.config.TracingConfig;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Whole servers that send traces to a collector, over real sockets.
@Timeout(400)
class TracingServingTest {
    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final String PARENT = "b7ad6b7169203331";
    private static final String TRACE_PARENT = "00-" + TRACE + "-" + PARENT + "-01";
    private static final long SERVER_KIND = 2;
    private static final long ERROR = 2;

    @TempDir
    private Path repository;

    @TempDir
    private Path files;

    @BeforeEach
    void writeModels() {
        OnnxModels.write(repository, "tiny", 1, OnnxModels.tiny());
        OnnxModels.write(repository, "words", 1, OnnxModels.identity(DataType.BYTES, -1));
    }

    private static TracingConfig to(Collector collector, double ratio) {
        return new TracingConfig(collector.endpoint(), ratio, 100, Optional.empty(), List.of("team=fraud"));
    }

    private static ModelInferRequest tiny(String id) {
        return GrpcClient.request("tiny")
                .setId(id)
                .addInputs(GrpcClient.input("x", "FP32", 1, 4))
                .addRawInputContents(GrpcClient.floats(1, 2, 3, 4))
                .build();
    }

    private static ModelInferRequest words(String id) {
        return GrpcClient.request("words")
                .setId(id)
                .addInputs(GrpcClient.input("x", "BYTES", 1))
                .addRawInputContents(ByteString.copyFrom(new byte[] {2, 0, 0, 0, 'h', 'i'}))
                .build();
    }

    private static void infer(RunningGateway gateway, ModelInferRequest request, String traceParent) {
        Metadata headers = new Metadata();
        headers.put(Metadata.Key.of("traceparent", Metadata.ASCII_STRING_MARSHALLER), traceParent);
        headers.put(Metadata.Key.of("tracestate", Metadata.ASCII_STRING_MARSHALLER), "vendor=1");
        try (GrpcClient client = GrpcClient.of(gateway)) {
            var answer = client.stub()
                    .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
                    .modelInfer(request);
            assertThat(answer.getOutputsCount()).isOne();
        }
    }

    private static int post(RunningGateway gateway, String path, String body) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(TestGateways.url(gateway, path)))
                .header("traceparent", TRACE_PARENT)
                .header("tracestate", "vendor=1")
                .header("x-penstock-request-id", "rest" + path.length())
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(request, HttpResponse.BodyHandlers.ofString()).statusCode();
        }
    }

    private static void assertStages(Collector collector, Collector.Span server, String... names) {
        assertThat(server.kind()).isEqualTo(SERVER_KIND);
        assertThat(server.traceId()).isEqualTo(TRACE);
        assertThat(server.parentId()).isEqualTo(PARENT);
        assertThat(server.traceState()).isEqualTo("vendor=1");
        List<Collector.Span> stages = collector.childrenOf(server);
        assertThat(stages).extracting(Collector.Span::name).containsExactlyInAnyOrder(names);
        assertThat(stages).allSatisfy(stage -> {
            assertThat(stage.traceId()).isEqualTo(TRACE);
            assertThat(stage.startNanos()).isBetween(server.startNanos(), server.endNanos());
            assertThat(stage.endNanos()).isBetween(stage.startNanos(), server.endNanos());
        });
    }

    @ParameterizedTest
    @EnumSource
    void callsOfGrpcAreChildrenOfTheirCallers(GrpcTransport transport) throws Exception {
        try (Collector collector = new Collector()) {
            try (RunningGateway gateway =
                    TestGateways.watched(repository, transport, AccessLogConfig.OFF, to(collector, 0))) {
                infer(gateway, tiny("fast"), TRACE_PARENT);
                infer(gateway, words("general"), TRACE_PARENT);
                infer(gateway, tiny("unsampled"), TRACE_PARENT.replace("-01", "-00"));
                collector.await(10);
            }
            for (String id : List.of("fast", "general")) {
                Collector.Span server = collector.server(id);
                assertStages(collector, server, "admit", "queue", "run", "encode");
                assertThat(server.name()).isEqualTo("inference.GRPCInferenceService/ModelInfer");
                assertThat(server.attributes())
                        .containsEntry("penstock.model", id.equals("fast") ? "tiny" : "words")
                        .containsEntry("penstock.version", "1")
                        .containsEntry("penstock.rows", "1")
                        .containsEntry("rpc.service", "inference.GRPCInferenceService")
                        .containsEntry("rpc.method", "ModelInfer")
                        .containsEntry("rpc.grpc.status_code", "0")
                        .doesNotContainKey("error.type");
                assertThat(server.resource())
                        .containsEntry("service.name", "penstock")
                        .containsEntry("service.version", Version.TEXT)
                        .containsEntry("team", "fraud");
            }
            assertThat(collector.spans()).hasSize(10);
        }
    }

    @Test
    void callsOfRestAreChildrenOfTheirCallers() throws Exception {
        try (Collector collector = new Collector()) {
            String fast = "/v2/models/tiny/infer";
            String general = "/v2/models/words/infer";
            String older = "/v1/models/tiny:predict";
            try (RunningGateway gateway =
                    TestGateways.watched(repository, GrpcTransport.NETTY_DOOR, AccessLogConfig.OFF, to(collector, 0))) {
                assertThat(post(gateway, fast, body("FP32", "[1,4]", "[1,2,3,4]")))
                        .isEqualTo(200);
                assertThat(post(gateway, general, body("BYTES", "[1]", "[\"hi\"]")))
                        .isEqualTo(200);
                assertThat(post(gateway, older, "{\"instances\":[[1,2,3,4]]}")).isEqualTo(200);
                collector.await(15);
            }
            for (String path : List.of(fast, general, older)) {
                Collector.Span server = collector.server("rest" + path.length());
                assertStages(collector, server, "admit", "queue", "run", "encode");
                assertThat(server.attributes())
                        .containsEntry("penstock.model", path.equals(general) ? "words" : "tiny")
                        .containsEntry("penstock.version", "1")
                        .containsEntry("http.request.method", "POST")
                        .containsEntry("http.response.status_code", "200");
            }
        }
    }

    private static String body(String type, String shape, String data) {
        return "{\"inputs\":[{\"name\":\"x\",\"datatype\":\"%s\",\"shape\":%s,\"data\":%s}]}"
                .formatted(type, shape, data);
    }

    @Test
    void failuresSayWhy() throws Exception {
        try (Collector collector = new Collector()) {
            try (RunningGateway gateway =
                    TestGateways.watched(repository, GrpcTransport.NETTY_DOOR, AccessLogConfig.OFF, to(collector, 0))) {
                ModelInferRequest unknown =
                        tiny("unknown").toBuilder().setModelName("nobody").build();
                assertThatThrownBy(() -> infer(gateway, unknown, TRACE_PARENT))
                        .isInstanceOf(StatusRuntimeException.class);
                assertThat(post(gateway, "/v2/models/tiny/infer", "{")).isEqualTo(400);
                collector.await(6);
            }
            Collector.Span unknown = collector.server("unknown");
            assertStages(collector, unknown, "admit", "queue");
            assertThat(unknown.attributes())
                    .containsEntry("error.type", "NOT_FOUND")
                    .containsEntry("rpc.grpc.status_code", "5")
                    .containsEntry("penstock.model", "nobody");
            assertThat(unknown.status()).isNotEqualTo(ERROR);
            Collector.Span malformed = collector.server("rest21");
            assertStages(collector, malformed, "admit", "encode");
            assertThat(malformed.attributes())
                    .containsEntry("error.type", "INVALID_ARGUMENT")
                    .containsEntry("http.response.status_code", "400");
        }
    }

    /// Once the collector has the trace, and in the bucket that it belongs to.
    @Test
    void tracedCallsAreExamplesOfTheirLatencies() throws Exception {
        Pattern example = Pattern.compile("penstock_request_duration_seconds_bucket\\{"
                + ".*phase=\"(\\w+)\".*le=\"([^\"]+)\"} \\S+ # \\{trace_id=\"%s\"} (\\S+) \\S+".formatted(TRACE));
        try (Collector collector = new Collector();
                RunningGateway gateway = TestGateways.watched(
                        repository, GrpcTransport.NETTY_DOOR, AccessLogConfig.OFF, to(collector, 0))) {
            infer(gateway, tiny("one"), TRACE_PARENT);
            collector.await(5);
            Map<String, MatchResult> phases = new TreeMap<>();
            while (phases.size() < 3) {
                // It is noted when the collector has answered; the test's own limit ends this.
                String page =
                        Metrics.of(gateway, "application/openmetrics-text").page();
                example.matcher(page).results().forEach(one -> phases.put(one.group(1), one));
                LockSupport.parkNanos(20_000_000);
            }
            assertThat(phases).containsOnlyKeys("inference", "queue", "total");
            phases.values()
                    .forEach(one -> assertThat(Double.parseDouble(one.group(3)))
                            .as(one.group())
                            .isNotNegative()
                            .isLessThanOrEqualTo(Double.parseDouble(one.group(2).replace("+Inf", "Infinity"))));
            assertThat(Metrics.of(gateway).page()).as("in the text format").doesNotContain(TRACE);
        }
    }

    @Test
    void callsWithoutATraceBeginOne() throws Exception {
        try (Collector collector = new Collector()) {
            try (RunningGateway gateway =
                    TestGateways.watched(repository, GrpcTransport.NETTY_DOOR, AccessLogConfig.OFF, to(collector, 1))) {
                infer(gateway, tiny("one"), "none");
                infer(gateway, tiny("two"), "none");
                collector.await(10);
            }
            assertThat(collector.server("one").parentId()).isEmpty();
            assertThat(collector.server("one").traceId())
                    .hasSize(32)
                    .isNotEqualTo(collector.server("two").traceId());
            assertThat(collector.childrenOf(collector.server("one")))
                    .extracting(Collector.Span::traceId)
                    .containsOnly(collector.server("one").traceId());
        }
    }

    @Test
    void anExportThatMaySucceedLaterIsTriedAgainWithItsHeaders() throws Exception {
        Path headers = Files.writeString(files.resolve("headers"), "Authorization: Bearer abc\n");
        try (Collector collector = new Collector(1, 503)) {
            TracingConfig config = new TracingConfig(collector.endpoint(), 1, 100, Optional.of(headers), List.of());
            try (RunningGateway gateway =
                    TestGateways.watched(repository, GrpcTransport.NETTY_DOOR, AccessLogConfig.OFF, config)) {
                infer(gateway, tiny("one"), TRACE_PARENT);
                collector.await(5);
            }
            assertThat(collector.childrenOf(collector.server("one"))).hasSize(4);
            assertThat(collector.authorizations())
                    .as("of each export: spans may come in several")
                    .containsOnly("Bearer abc");
        }
    }
}
