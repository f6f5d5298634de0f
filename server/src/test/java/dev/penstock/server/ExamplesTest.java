package dev.penstock.server;

import static dev.penstock.server.TestGateways.EXAMPLES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtSession;
import dev.penstock.proto.inference.ModelInferRequest;
import dev.penstock.proto.inference.ModelInferResponse;
import dev.penstock.server.admin.GrpcTransport;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.LongBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The example models, through both doors of a whole server, against what is known of them.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ExamplesTest {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Path REQUESTS = EXAMPLES.resolve("requests");

    private final HttpClient http = HttpClient.newHttpClient();
    private RunningGateway gateway;
    private GrpcClient grpc;
    private JsonNode labels;
    private JsonNode accuracy;

    @BeforeAll
    void start() {
        gateway = TestGateways.serving(EXAMPLES.resolve("models"));
        grpc = GrpcClient.of(gateway);
        labels = JSON.readTree(REQUESTS.resolve("digits-heldout.labels.json"));
        accuracy = JSON.readTree(EXAMPLES.resolve("accuracy.json")).get("digits");
    }

    @AfterAll
    void stop() {
        grpc.close();
        gateway.close();
        assertThat(gateway.handles().total()).isZero();
        http.close();
    }

    @Test
    void digitsHaveTheAccuracyThatTheirTrainingMeasuredOverRest() throws Exception {
        for (String version : new String[] {"1", "2"}) {
            HttpResponse<String> reply = http.send(
                    post("/v2/models/digits/versions/" + version + "/infer", REQUESTS.resolve("digits-heldout.json"))
                            .build(),
                    BodyHandlers.ofString());
            JsonNode answers = JSON.readTree(reply.body()).get("outputs").get(0).get("data");

            int correct = 0;
            for (int i = 0; i < labels.size(); i++) {
                correct += answers.get(i).asInt() == labels.get(i).asInt() ? 1 : 0;
            }
            assertThat(correct).isEqualTo(accuracy.get(version).get("correct").asInt());
        }
    }

    @Test
    void digitsHaveTheAccuracyThatTheirTrainingMeasuredOverBinaryRest() throws Exception {
        String headerLength = Files.readString(REQUESTS.resolve("digits-heldout.bin.header-length"))
                .strip();
        HttpResponse<String> reply = http.send(
                post("/v2/models/digits/infer", REQUESTS.resolve("digits-heldout.bin"))
                        .header("Inference-Header-Content-Length", headerLength)
                        .build(),
                BodyHandlers.ofString());
        JsonNode answers = JSON.readTree(reply.body()).get("outputs").get(0).get("data");

        int correct = 0;
        for (int i = 0; i < labels.size(); i++) {
            correct += answers.get(i).asInt() == labels.get(i).asInt() ? 1 : 0;
        }
        assertThat(correct).isEqualTo(accuracy.get("2").get("correct").asInt());
    }

    @Test
    void digitsHaveTheAccuracyThatTheirTrainingMeasuredOverGrpc() throws Exception {
        JsonNode rows = JSON.readTree(REQUESTS.resolve("digits-heldout.json"))
                .get("inputs")
                .get(0)
                .get("data");
        float[] pixels = new float[rows.size()];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = rows.get(i).floatValue();
        }
        for (String version : new String[] {"1", "2"}) {
            ModelInferResponse response = grpc.stub()
                    .modelInfer(GrpcClient.request("digits")
                            .setModelVersion(version)
                            .addInputs(GrpcClient.input("image", "FP32", labels.size(), 64))
                            .addRawInputContents(GrpcClient.floats(pixels))
                            .build());
            ByteBuffer answers = GrpcClient.raw(response, "label");

            int correct = 0;
            for (int i = 0; i < labels.size(); i++) {
                correct += answers.getLong() == labels.get(i).asLong() ? 1 : 0;
            }
            assertThat(response.getModelVersion()).isEqualTo(version);
            assertThat(correct).isEqualTo(accuracy.get(version).get("correct").asInt());
        }
    }

    @Test
    void ourOwnTransportAnswersTheSame() throws Exception {
        JsonNode rows = JSON.readTree(REQUESTS.resolve("digits-heldout.json"))
                .get("inputs")
                .get(0)
                .get("data");
        float[] pixels = new float[rows.size()];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = rows.get(i).floatValue();
        }
        ModelInferRequest request = GrpcClient.request("digits")
                .setId("same")
                .addInputs(GrpcClient.input("image", "FP32", labels.size(), 64))
                .addRawInputContents(GrpcClient.floats(pixels))
                .build();
        try (RunningGateway own = TestGateways.serving(EXAMPLES.resolve("models"), GrpcTransport.NETTY_DOOR);
                GrpcClient client = GrpcClient.of(own)) {
            assertThat(client.stub().modelInfer(request)).isEqualTo(grpc.stub().modelInfer(request));
        }
    }

    @Test
    void aModelWithSeveralInputsAndTextAnswersAsItWasTrained() throws Exception {
        HttpResponse<String> reply = http.send(
                post("/v2/models/diabetes/infer", REQUESTS.resolve("diabetes-heldout.json"))
                        .build(),
                BodyHandlers.ofString());
        JsonNode answers = JSON.readTree(reply.body()).get("outputs").get(0).get("data");
        JsonNode expected = JSON.readTree(REQUESTS.resolve("diabetes-heldout.expected.json"));

        assertThat(answers.size()).isEqualTo(expected.size());
        for (int i = 0; i < expected.size(); i++) {
            assertThat(answers.get(i).asDouble()).isCloseTo(expected.get(i).asDouble(), within(1e-3));
        }
    }

    @Test
    void theTransformerAnswersAsItDoesWithoutUs() throws Exception {
        int rows = 3;
        int columns = 16;
        long[] ids = new long[rows * columns];
        Random random = new Random(5);
        for (int i = 0; i < ids.length; i++) {
            ids[i] = 1_000L + random.nextInt(20_000);
        }
        long[] ones = new long[ids.length];
        Arrays.fill(ones, 1);
        ModelInferResponse response = grpc.stub()
                .modelInfer(GrpcClient.request("minilm")
                        .addInputs(GrpcClient.input("input_ids", "INT64", rows, columns))
                        .addInputs(GrpcClient.input("attention_mask", "INT64", rows, columns))
                        .addInputs(GrpcClient.input("token_type_ids", "INT64", rows, columns))
                        .addRawInputContents(GrpcClient.longs(ids))
                        .addRawInputContents(GrpcClient.longs(ones))
                        .addRawInputContents(GrpcClient.longs(new long[ids.length]))
                        .build());
        float[][][] expected = direct(ids, ones, rows, columns);
        ByteBuffer answers = GrpcClient.raw(response, "last_hidden_state");

        for (float[][] row : expected) {
            for (float[] token : row) {
                for (float value : token) {
                    assertThat(answers.getFloat()).isCloseTo(value, within(1e-5f));
                }
            }
        }
        assertThat(answers.hasRemaining()).isFalse();
    }

    private static float[][][] direct(long[] ids, long[] mask, int rows, int columns) throws Exception {
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        long[] shape = {(long) rows, (long) columns};
        String file = EXAMPLES.resolve("models/minilm/1/model.onnx").toString();
        try (OrtSession session = environment.createSession(file);
                OnnxTensor input = OnnxTensor.createTensor(environment, LongBuffer.wrap(ids), shape);
                OnnxTensor attention = OnnxTensor.createTensor(environment, LongBuffer.wrap(mask), shape);
                OnnxTensor types = OnnxTensor.createTensor(environment, LongBuffer.wrap(new long[ids.length]), shape);
                OrtSession.Result result =
                        session.run(Map.of("input_ids", input, "attention_mask", attention, "token_type_ids", types))) {
            return (float[][][]) result.get(0).getValue();
        }
    }

    private HttpRequest.Builder post(String path, Path body) throws IOException {
        return HttpRequest.newBuilder(URI.create(TestGateways.url(gateway, path)))
                .POST(BodyPublishers.ofFile(body));
    }
}
