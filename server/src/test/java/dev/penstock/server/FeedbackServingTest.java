package dev.penstock.server;

import static dev.penstock.server.TokenTraffic.HEADER;
import static dev.penstock.server.TokenTraffic.IRIS;
import static dev.penstock.server.TokenTraffic.SETOSA;
import static dev.penstock.server.TokenTraffic.VIRGINICA;
import static dev.penstock.server.TokenTraffic.feedback;
import static dev.penstock.server.TokenTraffic.feeding;
import static dev.penstock.server.TokenTraffic.get;
import static dev.penstock.server.TokenTraffic.items;
import static dev.penstock.server.TokenTraffic.post;
import static dev.penstock.server.TokenTraffic.request;
import static dev.penstock.server.TokenTraffic.secret;
import static dev.penstock.server.TokenTraffic.stream;
import static dev.penstock.server.TokenTraffic.take;
import static dev.penstock.server.TokenTraffic.token;
import static dev.penstock.server.TokenTraffic.tokens;
import static dev.penstock.server.TokenTraffic.v2;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.monitor.drift.DriftStatus;
import dev.penstock.monitor.feedback.FeedbackToken;
import dev.penstock.monitor.feedback.Prediction;
import dev.penstock.monitor.feedback.TokenKey;
import dev.penstock.proto.feedback.FeedbackBatch;
import dev.penstock.proto.feedback.FeedbackGrpc;
import dev.penstock.proto.feedback.FeedbackItem;
import dev.penstock.proto.feedback.FeedbackResult;
import dev.penstock.router.arms.ArmCounts;
import dev.penstock.router.arms.ArmKey;
import dev.penstock.router.split.ArmSpec;
import dev.penstock.router.split.CandidateSpec;
import dev.penstock.router.split.RouteSpec;
import dev.penstock.server.admin.GrpcTransport;
import dev.penstock.server.feedback.Feedback;
import dev.penstock.server.feedback.Quality;
import dev.penstock.server.monitoring.Alert;
import dev.penstock.server.monitoring.Baseline;
import dev.penstock.server.routing.Expected;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What callers say of answers, over real sockets, and what is said of models then.
@Timeout(400)
class FeedbackServingTest {
    @TempDir
    private Path folder;

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
                            .path("items")
                            .path(0)
                            .path("status")
                            .asInt())
                    .as("said before it was started")
                    .isEqualTo(409);
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
        } while (quality.path("estimated").isEmpty() && System.nanoTime() - start < TimeUnit.SECONDS.toNanos(120));
        assertThat(quality.path("estimatedRows").asLong())
                .as(quality.toString())
                .isPositive();
        return quality.path("estimated").path("accuracy").path("value").asDouble();
    }
}
