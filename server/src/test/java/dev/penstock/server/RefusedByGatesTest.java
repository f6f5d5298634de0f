package dev.penstock.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.DataType;
import dev.penstock.runtime.OnnxModels;
import dev.penstock.server.admin.GrpcTransport;
import dev.penstock.server.store.GateRecord;
import dev.penstock.server.store.ModelRecord;
import dev.penstock.server.store.VersionRecord;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What a pipeline sees of versions that may not serve, with `penstock models register` against a whole
/// server: the reason with the value and what was expected, an exit code, and the version before, which goes
/// on serving.
@Timeout(400)
class RefusedByGatesTest {
    private static final byte[] GOOD = OnnxModels.times(1, 4);

    /// As [TestGateways#recordedConfig] has it.
    private static final int MAX_UPLOAD_BYTES = 1 << 20;

    @TempDir
    private static Path folder;

    private static RunningGateway gateway;
    private static HttpClient client;
    private static final AtomicInteger NAMES = new AtomicInteger();

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @TempDir
    private Path work;

    /// @param gate that refuses
    /// @param parameters of the model's `config.pbtxt`, as `name=value`
    /// @param golden what lies beside the model, or ""
    /// @param reasons what the command says
    record Case(String gate, List<String> parameters, Supplier<byte[]> content, String golden, List<String> reasons) {
        @Override
        public String toString() {
            return gate + " " + parameters;
        }
    }

    private static Stream<Case> cases() {
        String wrong = """
                {"cases":[{"name":"one","request":{"inputs":[{"name":"x","shape":[1,4],"datatype":"FP32","data":[1,2,3,4]}]},
                 "response":{"outputs":[{"name":"y","shape":[1,4],"datatype":"FP32","data":[2,4,7,8]}]}}]}
                """;
        Supplier<byte[]> next = () -> OnnxModels.times(2, 4);
        return Stream.of(
                of("load", List.of(), () -> "no model".getBytes(UTF_8), "", "load"),
                of("signature", List.of(), () -> OnnxModels.add(4), "", "input 'x'", "output 'y' is gone"),
                of("signature", List.of(), () -> OnnxModels.identity(DataType.FP64, -1, 4), "", "FP32", "FP64"),
                of("size", List.of("gate.max-file-bytes=100B"), next, "", "gate.max-file-bytes", "100 bytes", "files "),
                of("size", List.of("gate.max-memory=200B"), next, "", "gate.max-memory, 200 bytes", "predicted"),
                of("golden", List.of(), next, wrong, "output 'y'[0,2]: expected 7.0", "got 6.0"),
                of("golden", List.of("gate.golden=required"), next, "", "golden.json"),
                of("latency", List.of("gate.latency-p99=PT0.000000001S"), next, "", "took longer than"),
                of("webhook", List.of("gate.webhook=http://127.0.0.1:1/"), next, "", "127.0.0.1"),
                of("batching", List.of("batching=off", "gate.batching=required"), next, "", "required"));
    }

    private static Case of(
            String gate, List<String> parameters, Supplier<byte[]> content, String golden, String... reasons) {
        return new Case(gate, parameters, content, golden, List.of(reasons));
    }

    @BeforeAll
    static void start() throws Exception {
        Path repository = Files.createDirectory(folder.resolve("repository"));
        gateway = TestGateways.recorded(repository, folder.resolve("data"), GrpcTransport.NETTY_DOOR);
        client = HttpClient.newHttpClient();
    }

    @AfterAll
    static void stop() {
        client.close();
        gateway.close();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void isToldTheReasonWhileTheVersionBeforeServes(Case refused) throws Exception {
        String model = "m" + NAMES.incrementAndGet();
        lay(GOOD, "", List.of());
        assertThat(register(model)).as(err()).isZero();

        lay(refused.content().get(), refused.golden(), refused.parameters());
        assertThat(register(model)).as(err()).isEqualTo(ExitCode.MODEL_FAILED);

        assertThat(err()).contains(refused.reasons()).containsPattern("(?m)^ *" + refused.gate() + " +failed ");
        assertServes(model);
        ModelRecord record = gateway.modelAdmin().registered(model);
        VersionRecord version = Objects.requireNonNull(record.versions().get(2L));
        assertThat(version.gates())
                .filteredOn(gate -> gate.verdict() == GateRecord.Verdict.FAILED)
                .extracting(GateRecord::gate)
                .containsExactly(refused.gate());
        assertThat(record.config()).as("that of the version that serves").isEmpty();
    }

    @Test
    void moreBytesThanAnUploadMayHaveAreNotTaken() throws Exception {
        lay(GOOD, "", List.of());
        assertThat(register("large")).as(err()).isZero();

        lay(new byte[MAX_UPLOAD_BYTES + 1], "", List.of());
        assertThat(register("large")).isEqualTo(ExitCode.FAILED);

        assertThat(err()).contains("admin.max-upload-bytes", Integer.toString(MAX_UPLOAD_BYTES));
        assertServes("large");
        assertThat(gateway.modelAdmin().registered("large").versions()).containsOnlyKeys(1L);
    }

    private void lay(byte[] content, String golden, List<String> parameters) throws Exception {
        Path version = Files.createDirectories(work.resolve("version"));
        Files.write(version.resolve("model.onnx"), content);
        if (!golden.isEmpty()) {
            Files.writeString(version.resolve("golden.json"), golden);
        }
        StringBuilder config = new StringBuilder();
        for (String parameter : parameters) {
            String[] words = parameter.split("=", 2);
            config.append("parameters { key: \"%s\" value { string_value: \"%s\" } }\n".formatted(words[0], words[1]));
        }
        Files.writeString(work.resolve("config.pbtxt"), config);
    }

    private int register(String model) {
        out.reset();
        err.reset();
        Surroundings surroundings = new Surroundings(
                Map.of(), work, new PrintStream(out, true, UTF_8), new PrintStream(err, true, UTF_8), null);
        String admin = "http://127.0.0.1:" + gateway.addresses().admin().port();
        return new Cli(surroundings, new RecordingProgram())
                .run("models", "--admin", admin, "register", model, "--file", "version", "--config", "config.pbtxt");
    }

    private String err() {
        return err.toString(UTF_8);
    }

    private static void assertServes(String model) throws Exception {
        HttpResponse<String> answer = client.send(
                HttpRequest.newBuilder(URI.create(TestGateways.url(gateway, "/v2/models/" + model + "/infer")))
                        .POST(
                                BodyPublishers.ofString(
                                        "{\"inputs\":[{\"name\":\"x\",\"datatype\":\"FP32\",\"shape\":[1,4],\"data\":[1,2,3,4]}]}"))
                        .build(),
                BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(answer.body()).contains("\"model_version\":\"1\"", "\"data\":[1.0,2.0,3.0,4.0]");
    }
}
