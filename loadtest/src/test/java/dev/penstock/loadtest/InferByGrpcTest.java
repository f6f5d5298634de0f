package dev.penstock.loadtest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.loadtest.input.Json;
import dev.penstock.loadtest.stub.StubServer;
import dev.penstock.proto.inference.ModelInferRequest;
import dev.penstock.proto.inference.ModelInferRequest.InferRequestedOutputTensor;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class InferByGrpcTest {
    private static final String REQUEST = """
            {"id":"mine","inputs":[{"name":"image","shape":[1,4],"datatype":"FP32","data":[[1,2],[3,4.5]]}]}
            """;

    private final StubServer server = new StubServer();

    @AfterEach
    void close() {
        server.close();
    }

    private ModelInferRequest received() throws InterruptedException {
        return server.requests.take();
    }

    @Test
    void printsModelVersionLatencyRequestIdAndOutputs() {
        Run run = Run.withInput(REQUEST, "infer", "digits", "--json", "-", "--url", server.url());

        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isZero();
        assertThat(run.out().lines())
                .containsExactly(
                        "model    digits",
                        "version  2",
                        "latency  1.5 ms, with connecting and this program's start",
                        "request  stub-1",
                        "",
                        "OUTPUT         TYPE   SHAPE   VALUES",
                        "label          INT64  [1]     7",
                        "probabilities  FP32   [2,10]  0.0, \"NaN\", 0.5, 0.75, 1.0, 1.25, 1.5, 1.75, 2.0, 2.25, 2.5, 2.75,"
                                + " ... (20 values; all with --format json)");
    }

    @Test
    void sendsHeadersThatRoutesLookAt() {
        Run run = Run.withInput(
                REQUEST, "infer", "digits", "--json", "-", "--url", server.url(), "--header", "X-User-Id=ann");

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(server.user).isEqualTo("ann");
    }

    @Test
    void refusesAHeaderThatIsNone() {
        Run run = Run.withInput(
                REQUEST, "infer", "digits", "--json", "-", "--url", server.url(), "--header", "user id=ann");

        assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err()).contains("--header user id=ann (expected: letters, digits");
    }

    @ParameterizedTest
    @ValueSource(strings = {"content-type", "TE", "user-agent", "host", "grpc-timeout", "connection"})
    void refusesAHeaderThatTheClientKeepsForItself(String name) {
        Run run = Run.withInput(
                REQUEST, "infer", "digits", "--json", "-", "--url", server.url(), "--header", name + "=x");

        assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err()).contains("--header " + name + "=x: ");
    }

    @Test
    void sendsWhatTheFileSays(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("request.json"), REQUEST);

        Run run = Run.of(
                "infer",
                "digits",
                "--json",
                file.toString(),
                "--version",
                "1",
                "--output",
                "label",
                "--url",
                server.url());

        ModelInferRequest request = received();
        assertThat(run.exitCode()).isZero();
        assertThat(request.getModelName()).isEqualTo("digits");
        assertThat(request.getModelVersion()).isEqualTo("1");
        assertThat(request.getId()).isEqualTo("mine");
        assertThat(request.getOutputsList())
                .extracting(InferRequestedOutputTensor::getName)
                .containsExactly("label");
        assertThat(request.getInputs(0).getShapeList()).containsExactly(1L, 4L);
        assertThat(floats(request, 0)).containsExactly(1, 2, 3, 4.5f);
        assertThat(run.out()).contains("version  1");
    }

    private static float[] floats(ModelInferRequest request, int input) {
        ByteBuffer bytes =
                request.getRawInputContents(input).asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
        float[] values = new float[bytes.remaining() / Float.BYTES];
        bytes.asFloatBuffer().get(values);
        return values;
    }

    @Test
    void takesDatatypeAndShapeOfTypedValuesFromTheServer() throws Exception {
        Run run = Run.of(
                "infer", "digits", "--input", "image=1, 2,3,4,5,6,7,8", "--input", "sex=F,M", "--url", server.url());

        ModelInferRequest request = received();
        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isZero();
        assertThat(request.getInputs(0).getDatatype()).isEqualTo("FP32");
        assertThat(request.getInputs(0).getShapeList()).containsExactly(2L, 4L);
        assertThat(floats(request, 0)).containsExactly(1, 2, 3, 4, 5, 6, 7, 8);
        assertThat(request.getInputs(1).getShapeList()).containsExactly(2L, 1L);
        assertThat(HexFormat.of().formatHex(request.getRawInputContents(1).toByteArray()))
                .isEqualTo("01000000" + "46" + "01000000" + "4d");
    }

    @Test
    void takesTheValuesOfAnInputFromAFile(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("image.json"), "[[1,2,3,4]]");

        Run run = Run.of("infer", "digits", "--input", "image=@" + file, "--url", server.url());

        assertThat(run.exitCode()).isZero();
        assertThat(floats(received(), 0)).containsExactly(1, 2, 3, 4);
    }

    @Test
    void printsTheProtocolsJsonOnDemand() {
        Run run = Run.withInput(REQUEST, "infer", "digits", "--json", "-", "--format", "json", "--url", server.url());

        JsonNode reply = Json.MAPPER.readTree(run.out());
        assertThat(reply.path("model_name").asString()).isEqualTo("digits");
        assertThat(reply.path("id").asString()).isEqualTo("mine");
        assertThat(reply.path("outputs").path(0).toString())
                .isEqualTo("{\"name\":\"label\",\"datatype\":\"INT64\",\"shape\":[1],\"data\":[7]}");
        assertThat(reply.path("outputs").path(1).path("data")).hasSize(20);
    }

    @Test
    void saysWhatTheServerSaid() {
        Run run = Run.withInput(REQUEST, "infer", "nope", "--json", "-", "--url", server.url());
        Run typed = Run.of("infer", "nope", "--input", "x=1", "--url", server.url());

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.out()).isEmpty();
        assertThat(run.err())
                .contains("NOT_FOUND: Request for unknown model: 'nope' is not found", "request id: stub-1");
        assertThat(typed.exitCode()).isEqualTo(1);
        assertThat(typed.err()).contains("NOT_FOUND: Request for unknown model: 'nope' is not found");
    }

    @Test
    void givesUpWhenTheTimeIsOver() {
        server.silent = true;

        Run run = Run.withInput(REQUEST, "infer", "digits", "--json", "-", "--timeout", "300ms", "--url", server.url());

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).startsWith("DEADLINE_EXCEEDED: ");
    }

    @Test
    void saysHowToStartAServerWhereNoneIs() throws IOException {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }

        Run run = Run.withInput(REQUEST, "infer", "digits", "--json", "-", "--url", "grpc://127.0.0.1:" + port);
        Run http = Run.withInput(REQUEST, "infer", "digits", "--json", "-", "--url", "http://127.0.0.1:" + port);

        assertThat(run.exitCode()).isEqualTo(3);
        assertThat(run.err()).contains("cannot connect to grpc://127.0.0.1:" + port, "./penstock demo");
        assertThat(http.exitCode()).isEqualTo(3);
        assertThat(http.err()).contains("cannot connect to http://127.0.0.1:" + port, "./penstock demo");
    }
}
