package dev.penstock.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.loadtest.Main;
import dev.penstock.proto.inference.ModelInferRequest;
import dev.penstock.runtime.OnnxModels;
import dev.penstock.server.admin.GrpcTransport;
import dev.penstock.server.config.PayloadConfig;
import dev.penstock.server.payload.PayloadFormat;
import io.grpc.Metadata;
import io.grpc.stub.MetadataUtils;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What whole servers record, over real sockets, and what comes of it when it is sent again.
@Timeout(400)
class PayloadServingTest {
    private static final int SAME = 0;
    private static final int FAILED = 1;
    private static final int DIFFERENT = 6;

    @TempDir
    private Path repository;

    @TempDir
    private Path logs;

    private record Ran(int exit, String out) {}

    @BeforeEach
    void writeModels() throws Exception {
        OnnxModels.write(repository, "times", 1, OnnxModels.times(1, 4));
        OnnxModels.write(repository, "times", 2, OnnxModels.times(1.5f, 4));
        Files.writeString(repository.resolve("times").resolve("config.pbtxt"), "version_policy { all {} }");
        OnnxModels.write(repository, "words", 1, OnnxModels.vocabulary("a", "b"));
        OnnxModels.write(repository, "quiet", 1, OnnxModels.times(1, 4));
    }

    private PayloadConfig config() {
        return new PayloadConfig(
                Optional.of(logs),
                PayloadFormat.JSON,
                1 << 20,
                Duration.ofHours(1),
                1 << 24,
                "",
                Optional.empty(),
                1,
                List.of("quiet=0"),
                1 << 20,
                List.of("header:x-secret=mask"),
                Optional.empty(),
                List.of("X-User", "x-secret"));
    }

    @ParameterizedTest
    @EnumSource
    void whatIsRecordedIsAnsweredAlikeByTheSameVersionAndOtherwiseByAnother(GrpcTransport transport) throws Exception {
        Path recorded;
        try (RunningGateway gateway = TestGateways.logged(repository, transport, config())) {
            grpc(gateway, "times", "1", "by-grpc");
            grpc(gateway, "quiet", "", "not-kept");
            rest(gateway, "times/versions/1", "{\"id\":\"by-rest\"," + floats() + "}", 0);
            restBinary(gateway, "by-binary");
            rest(
                    gateway,
                    "words",
                    "{\"id\":\"by-text\",\"inputs\":[{\"name\":\"x\",\"datatype\":\"BYTES\",\"shape\":[2],"
                            + "\"data\":[\"b\",\"z\"]}]}",
                    0);
        }
        recorded = onlyFile();
        Map<String, JsonNode> lines = lines(recorded);
        assertThat(lines).containsOnlyKeys("by-grpc", "by-rest", "by-binary", "by-text");
        for (String id : List.of("by-grpc", "by-rest", "by-binary")) {
            JsonNode line = line(lines, id);
            assertThat(line.path("model").asString("")).isEqualTo("times");
            assertThat(line.path("version").asLong()).isOne();
            assertThat(values(line.path("request").path("inputs"))).as(id).isEqualTo("[1.0,2.0,3.0,4.0]");
            assertThat(values(line.path("response").path("outputs"))).as(id).isEqualTo("[1.0,2.0,3.0,4.0]");
            assertThat(line.path("headers").path("x-user").asString("")).as(id).isEqualTo("anna");
            assertThat(line.path("headers").path("x-secret").asString(""))
                    .as(id)
                    .isEqualTo("***");
        }
        assertThat(values(line(lines, "by-text").path("response").path("outputs")))
                .isEqualTo("[1,-1]");
        assertThat(line(lines, "by-text").path("headers").path("x-user").asString(""))
                .isEqualTo("anna");

        try (RunningGateway gateway = TestGateways.logged(repository, transport, PayloadConfig.OFF)) {
            for (String url :
                    List.of("grpc://127.0.0.1:" + gateway.addresses().grpc().port(), TestGateways.url(gateway, ""))) {
                Path times = only(recorded, "times");
                Ran same = replay(times.toString(), "--url", url, "--version", "1", "--compare", "--tolerance", "0");
                assertThat(same.exit()).as(same.out()).isEqualTo(SAME);
                assertThat(same.out()).contains("same     3", "differ   0", "failed   0");
                Ran other = replay(times.toString(), "--url", url, "--version", "2", "--compare", "--json");
                assertThat(other.exit()).as(other.out()).isEqualTo(DIFFERENT);
                JsonNode report = JsonMapper.shared().readTree(other.out());
                assertThat(report.path("different").asLong()).isEqualTo(3);
                JsonNode output = report.path("outputs").path(0);
                assertThat(output.path("name").asString("")).isEqualTo("y");
                assertThat(output.path("max_absolute").asDouble()).isEqualTo(2);
                assertThat(output.path("max_relative").asDouble()).isEqualTo(0.5);
                assertThat(report.path("differences").path(0).asString(""))
                        .contains("output 'y'[0,0] was 1.0 and is 1.5");
                Ran texts = replay(recorded.toString(), "--url", url, "--model", "words", "--compare");
                assertThat(texts.exit()).as(texts.out()).isEqualTo(FAILED);
                assertThat(texts.out()).contains("same     1", "failed   3");
                Ran nothing = replay(redacted(times).toString(), "--url", url, "--compare");
                assertThat(nothing.exit()).as(nothing.out()).isEqualTo(FAILED);
                assertThat(nothing.out()).contains("same     0", "not compared  3 answers", "nothing was compared");
                Ran all = replay(recorded.toString(), "--url", url, "--rate", "original", "--limit", "2");
                assertThat(all.exit()).as(all.out()).isEqualTo(SAME);
            }
        }
    }

    private static Ran replay(String... args) {
        String[] all = Stream.concat(Stream.of("replay"), Stream.of(args)).toArray(String[]::new);
        StringWriter out = new StringWriter();
        PrintWriter both = new PrintWriter(out, true);
        int exit = Main.run(all, InputStream.nullInputStream(), both, both, System::nanoTime);
        return new Ran(exit, out.toString());
    }

    private Path onlyFile() throws Exception {
        try (Stream<Path> files = Files.list(logs)) {
            List<Path> all = files.toList();
            assertThat(all).hasSize(1);
            assertThat(all.getFirst().toString()).endsWith(".jsonl");
            return all.getFirst();
        }
    }

    private Path only(Path recorded, String model) throws Exception {
        List<String> lines = Files.readAllLines(recorded).stream()
                .filter(line -> line.contains("\"model\":\"" + model + "\""))
                .toList();
        return Files.write(repository.resolve("only.jsonl"), lines);
    }

    /// The same with all outputs redacted.
    private Path redacted(Path recorded) throws Exception {
        List<String> lines = Files.readAllLines(recorded).stream()
                .map(line -> {
                    int answer = line.indexOf("\"response\"");
                    return line.substring(0, answer)
                            + line.substring(answer).replaceAll("\"data\":\\[[^]]*]", "\"redacted\":\"drop\"");
                })
                .toList();
        return Files.write(repository.resolve("redacted.jsonl"), lines);
    }

    private static Map<String, JsonNode> lines(Path file) throws Exception {
        Map<String, JsonNode> lines = new TreeMap<>();
        for (String line : Files.readAllLines(file)) {
            JsonNode node = JsonMapper.shared().readTree(line);
            lines.put(node.path("id").asString(""), node);
        }
        return lines;
    }

    private static JsonNode line(Map<String, JsonNode> lines, String id) {
        return Objects.requireNonNull(lines.get(id), id);
    }

    private static String values(JsonNode tensors) {
        return tensors.path(0).path("data").toString();
    }

    private static void grpc(RunningGateway gateway, String model, String version, String id) {
        ModelInferRequest request = GrpcClient.request(model)
                .setId(id)
                .setModelVersion(version)
                .addInputs(GrpcClient.input("x", "FP32", 1, 4))
                .addRawInputContents(GrpcClient.floats(1, 2, 3, 4))
                .build();
        Metadata headers = new Metadata();
        headers.put(Metadata.Key.of("x-user", Metadata.ASCII_STRING_MARSHALLER), "anna");
        headers.put(Metadata.Key.of("x-secret", Metadata.ASCII_STRING_MARSHALLER), "word");
        try (GrpcClient client = GrpcClient.of(gateway)) {
            assertThat(client.stub()
                            .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
                            .modelInfer(request)
                            .getOutputsCount())
                    .isOne();
        }
    }

    private static String floats() {
        return "\"inputs\":[{\"name\":\"x\",\"datatype\":\"FP32\",\"shape\":[1,4],\"data\":[1,2,3,4]}]";
    }

    private static void restBinary(RunningGateway gateway, String id) throws Exception {
        String json = "{\"id\":\"" + id + "\",\"inputs\":[{\"name\":\"x\",\"datatype\":\"FP32\",\"shape\":[1,4],"
                + "\"parameters\":{\"binary_data_size\":16}}]}";
        ByteBuffer body = ByteBuffer.allocate(json.length() + 16).order(ByteOrder.LITTLE_ENDIAN);
        body.put(json.getBytes(StandardCharsets.US_ASCII));
        body.putFloat(1).putFloat(2).putFloat(3).putFloat(4);
        send(gateway, "times/versions/1", body.array(), json.length());
    }

    private static void rest(RunningGateway gateway, String model, String body, int jsonLength) throws Exception {
        send(gateway, model, body.getBytes(StandardCharsets.UTF_8), jsonLength);
    }

    private static void send(RunningGateway gateway, String model, byte[] body, int jsonLength) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create(TestGateways.url(gateway, "/v2/models/" + model + "/infer")))
                .header("X-User", "anna")
                .header("x-secret", "word")
                .POST(HttpRequest.BodyPublishers.ofByteArray(body));
        if (jsonLength > 0) {
            request.header("inference-header-content-length", Integer.toString(jsonLength));
        }
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpResponse<String> answer = client.send(request.build(), HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        }
    }
}
