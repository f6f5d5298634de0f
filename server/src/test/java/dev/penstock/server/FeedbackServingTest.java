package dev.penstock.server;

import static dev.penstock.server.TestGateways.EXAMPLES;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.ModelKey;
import dev.penstock.monitor.drift.DriftStatus;
import dev.penstock.monitor.feedback.FeedbackToken;
import dev.penstock.monitor.feedback.Prediction;
import dev.penstock.monitor.feedback.TokenKey;
import dev.penstock.proto.feedback.FeedbackBatch;
import dev.penstock.proto.feedback.FeedbackGrpc;
import dev.penstock.proto.feedback.FeedbackItem;
import dev.penstock.proto.feedback.FeedbackResult;
import dev.penstock.proto.inference.GRPCInferenceServiceGrpc;
import dev.penstock.proto.inference.ModelInferRequest;
import dev.penstock.proto.inference.ModelInferResponse;
import dev.penstock.proto.inference.ModelStreamInferResponse;
import dev.penstock.router.arms.ArmCounts;
import dev.penstock.router.arms.ArmKey;
import dev.penstock.router.split.ArmSpec;
import dev.penstock.router.split.CandidateSpec;
import dev.penstock.router.split.RouteSpec;
import dev.penstock.server.admin.GrpcTransport;
import dev.penstock.server.config.ServerConfig;
import dev.penstock.server.feedback.Feedback;
import dev.penstock.server.feedback.Quality;
import dev.penstock.server.monitoring.Alert;
import dev.penstock.server.monitoring.Baseline;
import dev.penstock.server.routing.Expected;
import io.grpc.Metadata;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
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
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What callers say of answers, over real sockets, and what is said of models then.
@Timeout(120)
class FeedbackServingTest {
    private static final ModelKey IRIS = new ModelKey("iris", 1);
    private static final String HEADER = "x-penstock-feedback-token";
    private static final float[] SETOSA = {5.1f, 3.5f, 1.4f, 0.2f};
    private static final float[] VIRGINICA = {6.9f, 3.1f, 5.4f, 2.1f};

    private final HttpClient http = HttpClient.newHttpClient();

    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource(GrpcTransport.class)
    void everyDoorsAnswersHaveTokensOfTheSameForm(GrpcTransport transport) throws Exception {
        try (RunningGateway gateway = feeding(transport, feedback(Optional.empty()), null);
                GrpcClient client = GrpcClient.of(gateway)) {
            AtomicReference<Metadata> headers = new AtomicReference<>();
            ModelInferResponse answer = client.stub()
                    .withInterceptors(MetadataUtils.newCaptureMetadataInterceptor(headers, new AtomicReference<>()))
                    .modelInfer(request(SETOSA));
            String token = token(answer);
            assertThat(headers.get().get(Metadata.Key.of(HEADER, Metadata.ASCII_STRING_MARSHALLER)))
                    .isEqualTo(token);
            List<String> tokens = new ArrayList<>(List.of(token, token(streamed(client))));

            HttpResponse<String> plain = post(gateway, "/v2/models/iris/infer", v2(SETOSA, false));
            JsonNode json = JsonMapper.shared().readTree(plain.body());
            assertThat(json.path("parameters").path("feedback_token").asString())
                    .isEqualTo(plain.headers().firstValue(HEADER).orElseThrow());
            tokens.add(plain.headers().firstValue(HEADER).orElseThrow());
            HttpResponse<String> binary = post(gateway, "/v2/models/iris/infer", v2(SETOSA, true));
            tokens.add(binary.headers().firstValue(HEADER).orElseThrow());
            HttpResponse<String> predicted =
                    post(gateway, "/v1/models/iris:predict", "{\"instances\":[[5.1,3.5,1.4,0.2]]}");
            tokens.add(predicted.headers().firstValue(HEADER).orElseThrow());

            assertThat(tokens).doesNotHaveDuplicates().allMatch(one -> one.matches("[A-Za-z0-9_-]{50,52}"));
            JsonNode result = take(gateway, items(tokens, "\"label\":0"));
            assertThat(result.path("accepted").asLong()).as(result.toString()).isEqualTo(5);
            Quality quality = gateway.feedbackTaken().quality(IRIS, null);
            assertThat(quality.counts().labels()).isEqualTo(5);
            assertThat(quality.counts().right()).isEqualTo(5);
            assertThat(quality.predictions()).isEqualTo(5);
        }
    }

    @Test
    void withoutTokensAnswersAreAsTheyWere() throws Exception {
        try (RunningGateway off = feeding(GrpcTransport.NETTY_DOOR, ServerConfig.Feedback.OFF, null);
                RunningGateway on = feeding(GrpcTransport.NETTY_DOOR, feedback(Optional.empty()), null);
                GrpcClient offClient = GrpcClient.of(off);
                GrpcClient onClient = GrpcClient.of(on)) {
            ModelInferResponse with = onClient.stub().modelInfer(request(VIRGINICA));
            ModelInferResponse without = offClient.stub().modelInfer(request(VIRGINICA));
            assertThat(without).isEqualTo(with.toBuilder().clearParameters().build());
            assertThat(without.getParametersMap()).isEmpty();

            HttpResponse<String> plain = post(off, "/v2/models/iris/infer", v2(VIRGINICA, false));
            assertThat(plain.headers().firstValue(HEADER)).isEmpty();
            String marked =
                    post(on, "/v2/models/iris/infer", v2(VIRGINICA, false)).body();
            assertThat(marked.replaceFirst(",\"parameters\":\\{\"feedback_token\":\"[^\"]+\"}", ""))
                    .isNotEqualTo(marked)
                    .isEqualTo(plain.body());
            JsonNode refused = take(off, items(List.of(token(with)), "\"label\":0"));
            assertThat(refused.path("items").path(0).path("status").asInt()).isEqualTo(400);
        }
    }

    @Test
    void whatIsForgedLateOrSaidBeforeDoesNotCount() throws Exception {
        try (RunningGateway gateway = feeding(GrpcTransport.NETTY_DOOR, feedback(Optional.empty()), null);
                GrpcClient client = GrpcClient.of(gateway)) {
            String token = token(client.stub().modelInfer(request(SETOSA)));
            char last = token.charAt(token.length() - 2);
            String forged = token.substring(0, token.length() - 2)
                    + (last == 'A' ? 'B' : 'A')
                    + token.charAt(token.length() - 1);
            String body = String.join(
                    "\n",
                    item(token, "\"label\":9"),
                    item(token, "\"label\":\"cow\""),
                    item(token, "\"value\":1.5"),
                    item(token, "\"row\":3,\"label\":0"),
                    item(token, "\"at\":\"2001-01-01T00:00:00Z\",\"label\":0"),
                    item(token, "\"label\":0,\"reward\":1"),
                    item(token, "\"lable\":0"),
                    item(forged, "\"label\":0"),
                    item("what", "\"label\":0"),
                    item(token, "\"label\":2"),
                    item(token, "\"label\":2"),
                    item(token, "\"reward\":0.5"),
                    item(token, "\"reward\":0.5"));

            JsonNode answer = take(gateway, body);

            List<Integer> statuses = new ArrayList<>();
            answer.path("items").forEach(one -> statuses.add(one.path("status").asInt()));
            assertThat(statuses)
                    .as(answer.toString())
                    .containsExactly(400, 400, 400, 400, 400, 400, 400, 400, 400, 202, 409, 202, 409);
            assertThat(answer.path("items").path(0).path("error").asString()).isEqualTo("label: 9 (expected: 0..2)");
            assertThat(answer.path("items").path(6).path("error").asString()).contains("'lable' is unknown", "label");
            assertThat(gateway.feedbackTaken().quality(IRIS, null).counts().right())
                    .isZero();
            assertThat(post(gateway, "/api/v1/feedback", "[{]").statusCode()).isEqualTo(400);
            assertThat(post(gateway, "/api/v1/feedback", "[] 3").statusCode()).isEqualTo(400);

            gateway.monitoring().tick(System.currentTimeMillis() + 600_000);
            Metrics metrics = Metrics.of(gateway);
            assertThat(metrics.sum("penstock_feedback_total", "model=\"iris\"", "result=\"accepted\""))
                    .isEqualTo(2);
            assertThat(metrics.sum("penstock_feedback_total", "model=\"iris\"", "result=\"duplicate\""))
                    .isEqualTo(2);
            assertThat(metrics.sum("penstock_feedback_total", "model=\"iris\"", "result=\"invalid\""))
                    .isEqualTo(5);
            assertThat(metrics.sum("penstock_feedback_total", "model=\"other\"", "result=\"invalid\""))
                    .isEqualTo(4);
            assertThat(metrics.sum("penstock_label_delay_seconds_count", "model=\"iris\""))
                    .isEqualTo(1);
            String[] accuracy = {
                "model=\"iris\"", "metric=\"accuracy\"", "kind=\"realised\"", "bound=\"point\"", "window=\"1h\""
            };
            assertThat(metrics.has("penstock_quality", accuracy)).isTrue();
            assertThat(metrics.sum("penstock_quality", accuracy)).isZero();
        }
    }

    @Test
    void whatIsSaidCountsForTheArmThatChanceChoseAndOnce() throws Exception {
        Path data = folder.resolve("data");
        RouteSpec route = RouteSpec.of("front", ArmSpec.of("a", "iris", 1))
                .withCandidates(List.of(new CandidateSpec(ArmSpec.of("b", "iris", 1), 5_000, 5_000)));
        try (RunningGateway gateway = feeding(GrpcTransport.NETTY_DOOR, feedback(Optional.empty()), data)) {
            gateway.routes().put(route, new Expected.Nothing(), false, "ann");
            List<String> tokens = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                HttpResponse<String> answer = post(gateway, "/v2/models/front/infer", v2(SETOSA, false));
                assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
                tokens.add(answer.headers().firstValue(HEADER).orElseThrow());
            }
            String direct = post(gateway, "/v2/models/iris/infer", v2(SETOSA, false))
                    .headers()
                    .firstValue(HEADER)
                    .orElseThrow();

            assertThat(take(gateway, items(tokens, "\"label\":0"))
                            .path("accepted")
                            .asInt())
                    .isEqualTo(40);
            assertThat(take(gateway, items(tokens, "\"reward\":0.25"))
                            .path("accepted")
                            .asInt())
                    .isEqualTo(40);
            assertThat(take(gateway, items(tokens, "\"reward\":1"))
                            .path("accepted")
                            .asInt())
                    .as("said before")
                    .isZero();
            assertThat(take(gateway, items(List.of(direct), "\"reward\":1"))
                            .path("accepted")
                            .asInt())
                    .isEqualTo(1);

            Map<ArmKey, ArmCounts> counts = gateway.arms().counts("front");
            ArmCounts both = counts.values().stream().reduce(ArmCounts.EMPTY, ArmCounts::plus);
            assertThat(counts).hasSize(2);
            counts.forEach((arm, one) -> {
                assertThat(one.rewards().count()).as(arm.arm()).isEqualTo(one.answered());
                assertThat(one.right().sum()).as(arm.arm()).isEqualTo((double) one.answered());
            });
            assertThat(both.rewards().sum()).as("of no request without a route").isEqualTo(10);
            assertThat(both.rewards().groups()).isGreaterThan(1);
            assertThat(both.bins()[0])
                    .as("all are of the first class; buckets that come again count once")
                    .isBetween(30L, 40L);
        }
    }

    @Test
    void labelsCountAtAnyServerWithTheKeyAndWhatIsLearntStays() throws Exception {
        Path keys = folder.resolve("keys");
        Files.writeString(keys, "# old\n7 " + secret(1) + "\n");
        Path data = folder.resolve("data");
        String token;
        try (RunningGateway first = feeding(GrpcTransport.NETTY_DOOR, feedback(Optional.of(keys)), null);
                GrpcClient client = GrpcClient.of(first)) {
            token = token(client.stub().modelInfer(request(SETOSA, VIRGINICA)));
        }
        Files.writeString(keys, "9 " + secret(2) + "\n7 " + secret(1) + "\n");
        try (RunningGateway second = feeding(GrpcTransport.NETTY_DOOR, feedback(Optional.of(keys)), data);
                GrpcClient client = GrpcClient.of(second)) {
            FeedbackResult sent = FeedbackGrpc.newBlockingStub(client.channel())
                    .withDeadlineAfter(60, TimeUnit.SECONDS)
                    .send(FeedbackBatch.newBuilder()
                            .addItems(FeedbackItem.newBuilder().setToken(token).setLabel(0))
                            .addItems(FeedbackItem.newBuilder()
                                    .setToken(token)
                                    .setRow(1)
                                    .setLabelName("2"))
                            .addItems(FeedbackItem.newBuilder().setToken(token))
                            .addItems(FeedbackItem.newBuilder().setToken(token).setLabel(0))
                            .build());
            assertThat(sent.getItemsList())
                    .extracting(FeedbackResult.Item::getStatus)
                    .containsExactly(202, 202, 400, 409);
            assertThat(sent.getAccepted()).isEqualTo(2);
            Quality quality = second.feedbackTaken().quality(IRIS, Duration.ofDays(7));
            assertThat(quality.counts().right()).isEqualTo(2);
            assertThat(quality.coverage()).isNaN();

            long old = System.currentTimeMillis() / 60_000 - 31 * 24 * 60;
            Prediction late =
                    new Prediction(FeedbackToken.modelHash("iris"), 1, old, 0, 3, List.of(new Prediction.Row(0, 0.9f)));
            String expired = new FeedbackToken(
                            List.of(new TokenKey(9, Base64.getDecoder().decode(secret(2)))))
                    .sign(late);
            assertThat(take(second, items(List.of(expired), "\"label\":0"))
                            .path("items")
                            .path(0)
                            .path("status")
                            .asInt())
                    .isEqualTo(410);

            List<String> more = tokens(client, 60);
            FeedbackResult streamed = stream(client, more);
            assertThat(streamed.getAccepted()).isEqualTo(60);
            assertThat(streamed.getItemsList())
                    .extracting(FeedbackResult.Item::getIndex)
                    .containsExactly(60L);
            assertThat(second.feedbackTaken().quality(IRIS, null).baseline()).isEqualTo(new Quality.Usual(50, 50));
        }
        try (RunningGateway third = feeding(GrpcTransport.NETTY_DOOR, feedback(Optional.of(keys)), data)) {
            Quality quality = third.feedbackTaken().quality(IRIS, null);
            assertThat(quality.baseline()).isEqualTo(new Quality.Usual(50, 50));
            assertThat(quality.target()).isBetween(0.85, 0.95);
            assertThat(take(third, items(List.of(token), "\"label\":0"))
                            .path("accepted")
                            .asLong())
                    .isEqualTo(1);
        }
    }

    @Test
    void fewerRightAnswersAreToldOnce() throws Exception {
        try (RunningGateway gateway = feeding(GrpcTransport.NETTY_DOOR, feedback(Optional.empty(), 120), null);
                GrpcClient client = GrpcClient.of(gateway)) {
            long start = System.currentTimeMillis();
            Feedback feedback = gateway.feedbackTaken();
            knowTheBinsOfScores(gateway);
            take(gateway, items(tokens(client, 150), "\"label\":0"));
            gateway.monitoring().tick(start + 60_000);
            assertThat(gateway.monitoring().alerts()).isEmpty();

            take(gateway, items(tokens(client, 60), "\"label\":1"));
            feedback.tick(start + 120_000);
            take(gateway, items(tokens(client, 60), "\"label\":1"));
            feedback.tick(start + 180_000);

            List<Alert> alerts = gateway.monitoring().alerts();
            assertThat(alerts).hasSize(1);
            assertThat(alerts.getFirst().kind()).isEqualTo(Alert.Kind.QUALITY);
            assertThat(alerts.getFirst().key()).isEqualTo(IRIS);
            assertThat(alerts.getFirst().severity()).isEqualTo(DriftStatus.CRITICAL);
            assertThat(alerts.getFirst().clearedMillis()).isZero();
            assertThatTheAdminPortAndTheCommandSaySo(gateway);

            for (int i = 0; i < 5 && gateway.monitoring().alerts().getFirst().clearedMillis() == 0; i++) {
                take(gateway, items(tokens(client, 250), "\"label\":0"));
                feedback.tick(start + 240_000 + i);
            }
            assertThat(gateway.monitoring().alerts()).hasSize(1);
            assertThat(gateway.monitoring().alerts().getFirst().clearedMillis()).isPositive();
        }
    }

    /// Before they are known nothing is to be expected of scores.
    private static void knowTheBinsOfScores(RunningGateway gateway) {
        Baseline usual = gateway.monitoring()
                .upload("iris")
                .json(
                        "{\"features\":[{\"name\":\"output:probabilities:score\",\"edges\":[0,0.5,0.9,1],\"counts\":[1,1,9]}]}"
                                .getBytes(UTF_8));
        gateway.monitoring().add(usual, "ann");
        gateway.monitoring().hold(IRIS, usual.id(), "ann");
    }

    private void assertThatTheAdminPortAndTheCommandSaySo(RunningGateway gateway) throws Exception {
        String admin = "http://127.0.0.1:" + gateway.addresses().admin().port();
        JsonNode quality = JsonMapper.shared()
                .readTree(get(admin + "/api/v1/models/iris/versions/1/quality?window=7d")
                        .body());
        assertThat(quality.path("task").asString()).isEqualTo("multiclass");
        assertThat(quality.path("window").asString()).isEqualTo("7d");
        assertThat(quality.path("status").asString()).isEqualTo("critical");
        assertThat(quality.path("labels").asLong()).isEqualTo(270);
        assertThat(quality.path("realised").path("accuracy").path("value").asDouble())
                .isBetween(0.555, 0.556);
        assertThat(quality.path("confusion").path(0).path(1).asLong()).isEqualTo(120);
        assertThat(quality.path("coverage").asDouble()).isEqualTo(1);
        assertThat(estimatedAccuracy(admin)).isBetween(0.9, 1.0);
        assertThat(get(admin + "/api/v1/models/iris/versions/1/quality?window=1s")
                        .statusCode())
                .isEqualTo(400);
        assertThat(get(admin + "/api/v1/models/digits/versions/77/quality").statusCode())
                .isEqualTo(404);

        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PrintStream print = new PrintStream(out, true, UTF_8);
        Cli cli = new Cli(new Surroundings(Map.of(), folder, print, print), new RecordingProgram());
        assertThat(cli.run("quality", "iris", "--admin", admin, "--window", "7d"))
                .as(out.toString(UTF_8))
                .isEqualTo(ExitCode.DRIFTED);
        assertThat(out.toString(UTF_8))
                .contains("iris version 1, last 7d: CRITICAL", "270 labels", "accuracy", "0.556");
        assertThat(cli.run("quality", "digits", "--admin", admin)).isEqualTo(ExitCode.TOO_LITTLE);
        assertThat(cli.run("quality", "nobody", "--admin", admin)).isEqualTo(ExitCode.FAILED);
    }

    /// Of the scores that were recorded; the first rows may be read a little after they were answered.
    private double estimatedAccuracy(String admin) throws Exception {
        long start = System.nanoTime();
        JsonNode quality;
        do {
            quality = JsonMapper.shared()
                    .readTree(get(admin + "/api/v1/models/iris/versions/1/quality")
                            .body());
        } while (quality.path("estimated").isEmpty() && System.nanoTime() - start < TimeUnit.SECONDS.toNanos(30));
        assertThat(quality.path("estimatedRows").asLong())
                .as(quality.toString())
                .isPositive();
        return quality.path("estimated").path("accuracy").path("value").asDouble();
    }

    private static ServerConfig.Feedback feedback(Optional<Path> keys) {
        return feedback(keys, 50);
    }

    private static ServerConfig.Feedback feedback(Optional<Path> keys, int baselineLabels) {
        return new ServerConfig.Feedback(true, keys, 30, baselineLabels);
    }

    private static RunningGateway feeding(
            GrpcTransport transport, ServerConfig.Feedback feedback, @Nullable Path data) {
        return TestGateways.feeding(EXAMPLES.resolve("models"), data, transport, feedback);
    }

    private static String secret(int seed) {
        byte[] bytes = new byte[32];
        Arrays.fill(bytes, (byte) seed);
        return Base64.getEncoder().encodeToString(bytes);
    }

    private static ModelInferRequest request(float[]... rows) {
        float[] all = new float[rows.length * 4];
        for (int i = 0; i < rows.length; i++) {
            System.arraycopy(rows[i], 0, all, i * 4, 4);
        }
        return GrpcClient.request("iris")
                .addInputs(GrpcClient.input("features", "FP32", rows.length, 4))
                .addRawInputContents(GrpcClient.floats(all))
                .build();
    }

    private static String token(ModelInferResponse answer) {
        return answer.getParametersOrThrow("feedback_token").getStringParam();
    }

    private static List<String> tokens(GrpcClient client, int count) {
        List<String> tokens = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            tokens.add(token(client.stub().modelInfer(request(SETOSA))));
        }
        return tokens;
    }

    private static ModelInferResponse streamed(GrpcClient client) {
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
    private static FeedbackResult stream(GrpcClient client, List<String> tokens) {
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

    private static String v2(float[] row, boolean binary) {
        return "{\"parameters\":{\"binary_data_output\":%s},\"inputs\":[{\"name\":\"features\",\"datatype\":\"FP32\",\"shape\":[1,4],\"data\":[%s,%s,%s,%s]}]}"
                .formatted(binary, row[0], row[1], row[2], row[3]);
    }

    private static String item(String token, String rest) {
        return "{\"token\":\"%s\",%s}".formatted(token, rest);
    }

    private static String items(List<String> tokens, String rest) {
        return "["
                + String.join(
                        ",", tokens.stream().map(token -> item(token, rest)).toList()) + "]";
    }

    private JsonNode take(RunningGateway gateway, String body) throws Exception {
        HttpResponse<String> response = post(gateway, "/api/v1/feedback", body);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return JsonMapper.shared().readTree(response.body());
    }

    private HttpResponse<String> post(RunningGateway gateway, String path, String body) throws Exception {
        URI uri = URI.create(TestGateways.url(gateway, path));
        return http.send(
                HttpRequest.newBuilder(uri).POST(BodyPublishers.ofString(body)).build(), BodyHandlers.ofString());
    }

    private HttpResponse<String> get(String uri) throws Exception {
        return http.send(HttpRequest.newBuilder(URI.create(uri)).build(), BodyHandlers.ofString());
    }
}
