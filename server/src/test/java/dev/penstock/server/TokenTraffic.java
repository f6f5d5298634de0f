package dev.penstock.server;

import static dev.penstock.server.TestGateways.EXAMPLES;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.ModelKey;
import dev.penstock.proto.feedback.FeedbackGrpc;
import dev.penstock.proto.feedback.FeedbackItem;
import dev.penstock.proto.feedback.FeedbackResult;
import dev.penstock.proto.inference.GRPCInferenceServiceGrpc;
import dev.penstock.proto.inference.ModelInferRequest;
import dev.penstock.proto.inference.ModelInferResponse;
import dev.penstock.proto.inference.ModelStreamInferResponse;
import dev.penstock.server.admin.GrpcTransport;
import dev.penstock.server.config.ServerConfig;
import io.grpc.stub.StreamObserver;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Servers whose answers have tokens, what they are asked, and what is said of that.
final class TokenTraffic {
    static final ModelKey IRIS = new ModelKey("iris", 1);
    static final String HEADER = "x-penstock-feedback-token";
    static final float[] SETOSA = {5.1f, 3.5f, 1.4f, 0.2f};
    static final float[] VIRGINICA = {6.9f, 3.1f, 5.4f, 2.1f};

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private TokenTraffic() {}

    static ServerConfig.Feedback feedback(Optional<Path> keys) {
        return feedback(keys, 50);
    }

    static ServerConfig.Feedback feedback(Optional<Path> keys, int baselineLabels) {
        return new ServerConfig.Feedback(true, keys, 30, baselineLabels);
    }

    static RunningGateway feeding(GrpcTransport transport, ServerConfig.Feedback feedback, @Nullable Path data) {
        return TestGateways.feeding(EXAMPLES.resolve("models"), data, transport, feedback);
    }

    static String secret(int seed) {
        byte[] bytes = new byte[32];
        Arrays.fill(bytes, (byte) seed);
        return Base64.getEncoder().encodeToString(bytes);
    }

    static ModelInferRequest request(float[]... rows) {
        float[] all = new float[rows.length * 4];
        for (int i = 0; i < rows.length; i++) {
            System.arraycopy(rows[i], 0, all, i * 4, 4);
        }
        return GrpcClient.request("iris")
                .addInputs(GrpcClient.input("features", "FP32", rows.length, 4))
                .addRawInputContents(GrpcClient.floats(all))
                .build();
    }

    static String token(ModelInferResponse answer) {
        return answer.getParametersOrThrow("feedback_token").getStringParam();
    }

    static List<String> tokens(GrpcClient client, int count) {
        List<String> tokens = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            tokens.add(token(client.stub().modelInfer(request(SETOSA))));
        }
        return tokens;
    }

    static ModelInferResponse streamed(GrpcClient client) {
        CompletableFuture<ModelInferResponse> answer = new CompletableFuture<>();
        StreamObserver<ModelInferRequest> requests = GRPCInferenceServiceGrpc.newStub(client.channel())
                .modelStreamInfer(new StreamObserver<>() {
                    @Override
                    public void onNext(ModelStreamInferResponse value) {
                        answer.complete(value.getInferResponse());
                    }

                    @Override
                    public void onError(Throwable cause) {
                        answer.completeExceptionally(cause);
                    }

                    @Override
                    public void onCompleted() {
                        answer.completeExceptionally(new AssertionError("no answer"));
                    }
                });
        requests.onNext(request(SETOSA));
        ModelInferResponse first = answer.join();
        requests.onCompleted();
        return first;
    }

    /// All are setosa, and the last one once more.
    static FeedbackResult stream(GrpcClient client, List<String> tokens) {
        CompletableFuture<FeedbackResult> result = new CompletableFuture<>();
        StreamObserver<FeedbackItem> items = FeedbackGrpc.newStub(client.channel()).stream(new StreamObserver<>() {
            @Override
            public void onNext(FeedbackResult value) {
                result.complete(value);
            }

            @Override
            public void onError(Throwable cause) {
                result.completeExceptionally(cause);
            }

            @Override
            public void onCompleted() {}
        });
        tokens.forEach(token -> items.onNext(
                FeedbackItem.newBuilder().setToken(token).setLabel(0).build()));
        items.onNext(
                FeedbackItem.newBuilder().setToken(tokens.getLast()).setLabel(0).build());
        items.onCompleted();
        return result.join();
    }

    static String v2(float[] row, boolean binary) {
        return "{\"parameters\":{\"binary_data_output\":%s},\"inputs\":[{\"name\":\"features\",\"datatype\":\"FP32\",\"shape\":[1,4],\"data\":[%s,%s,%s,%s]}]}"
                .formatted(binary, row[0], row[1], row[2], row[3]);
    }

    static String item(String token, String rest) {
        return "{\"token\":\"%s\",%s}".formatted(token, rest);
    }

    static String items(List<String> tokens, String rest) {
        return "["
                + String.join(
                        ",", tokens.stream().map(token -> item(token, rest)).toList()) + "]";
    }

    static JsonNode take(RunningGateway gateway, String body) throws Exception {
        HttpResponse<String> response = post(gateway, "/api/v1/feedback", body);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return JsonMapper.shared().readTree(response.body());
    }

    static HttpResponse<String> post(RunningGateway gateway, String path, String body) throws Exception {
        URI uri = URI.create(TestGateways.url(gateway, path));
        return HTTP.send(
                HttpRequest.newBuilder(uri).POST(BodyPublishers.ofString(body)).build(), BodyHandlers.ofString());
    }

    static HttpResponse<String> get(String uri) throws Exception {
        return HTTP.send(HttpRequest.newBuilder(URI.create(uri)).build(), BodyHandlers.ofString());
    }
}
