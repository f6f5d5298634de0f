package dev.penstock.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.penstock.proto.admin.GetShadowsRequest;
import dev.penstock.proto.admin.MixedClasses;
import dev.penstock.proto.admin.RoutingGrpc;
import dev.penstock.proto.admin.ShadowReport;
import dev.penstock.router.shadow.ShadowCounts;
import dev.penstock.runtime.OnnxModels;
import dev.penstock.server.admin.GrpcTransport;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What people are told of a shadow, of a whole server over real sockets: version 2 answers with the primary's
/// numbers times -1, so that its classes and differences are known.
@Timeout(400)
@SuppressWarnings("NullAway.Init")
class ShadowReportServingTest {
    private static final String MODEL = "scores";
    private static final int UNITS = 48;

    /// The class is that of the largest number, and -1 times that of the smallest.
    private static final String TWO_TO_ZERO = "[0.1,0.2,0.4]";

    private static final String ONE_TO_TWO = "[0.4,0.5,0.3]";

    /// All are alike: the first.
    private static final String ZERO_TO_ZERO = "[0,0,0]";

    @TempDir
    private Path folder;

    private final HttpClient client = HttpClient.newHttpClient();
    private RunningGateway gateway;

    private HttpResponse<String> send(String method, String url, String body, String unit) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url))
                .header("x-penstock-unit", unit)
                .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
                .build();
        return client.send(request, BodyHandlers.ofString());
    }

    private String admin() {
        return "http://127.0.0.1:" + gateway.addresses().admin().port();
    }

    private ShadowCounts counted() {
        return gateway.shadows().counts(MODEL).values().stream().reduce(ShadowCounts.EMPTY, ShadowCounts::plus);
    }

    private long differences() {
        return counted().differences().stream().mapToLong(each -> each).sum();
    }

    /// Asks until a copy of it was compared: it may be dropped where the machine has others to serve.
    private void askUntilCompared(String row, int unit) throws Exception {
        long before = counted().ran();
        while (counted().ran() == before) {
            long dropped = counted().notRun();
            var answer = send(
                    "POST",
                    TestGateways.url(gateway, "/v2/models/" + MODEL + "/infer"),
                    "{\"inputs\":[{\"name\":\"x\",\"datatype\":\"FP32\",\"shape\":[1,3],\"data\":" + row + "}]}",
                    "unit-" + unit);
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            while (counted().ran() == before && counted().notRun() == dropped) {
                LockSupport.parkNanos(1_000_000);
            }
        }
    }

    @Test
    void whoAsksIsToldHowTheShadowDiffers() throws Exception {
        Path repository = folder.resolve("repository");
        var _ = OnnxModels.write(repository, MODEL, 1, OnnxModels.times(1, 3));
        var _ = OnnxModels.write(repository, MODEL, 2, OnnxModels.times(-1, 3));
        Files.writeString(repository.resolve(MODEL).resolve("config.pbtxt"), "version_policy: { all { } }\n");
        gateway = TestGateways.recorded(repository, folder.resolve("data"), GrpcTransport.NETTY_DOOR);
        try (RunningGateway _ = gateway;
                HttpClient _ = client) {
            String route = admin() + "/api/v1/routes/" + MODEL;
            var put = send("PUT", route, """
                    {"default": {"arm": "stable", "target": "scores@1"},
                     "shadows": [{"arm": "next", "target": "scores@2", "share": "100%"}]}""", "");
            assertThat(put.statusCode()).as(put.body()).isEqualTo(200);
            askUntilCompared(ZERO_TO_ZERO, 0);
            for (int unit = 0; unit < UNITS; unit++) {
                askUntilCompared(TWO_TO_ZERO, unit);
                askUntilCompared(ONE_TO_TWO, unit);
                askUntilCompared(TWO_TO_ZERO, unit);
            }

            // A copy is counted piece by piece, this last.
            while (differences() < 3 * UNITS + 1) {
                LockSupport.parkNanos(1_000_000);
            }
            JsonNode answer = JsonMapper.shared()
                    .readTree(send("GET", route + "/shadows", "", "").body());
            assertThat(OpenApi.read().answer("get", "/api/v1/routes/{route}/shadows", 200, answer))
                    .isEmpty();
            assertSaid(answer.path("shadows").path(0));
            assertThat(answer.path("shadows").size()).isEqualTo(1);
            assertSame(answer.path("shadows").path(0), byGrpc());
            assertShown();
            assertCounted();

            var gone = send("GET", admin() + "/api/v1/routes/none/shadows", "", "");
            assertThat(gone.statusCode()).isEqualTo(404);
        }
    }

    private static void assertSaid(JsonNode shadow) {
        int answers = 3 * UNITS + 1;
        assertThat(shadow.path("arm").asString()).isEqualTo("next");
        assertThat(shadow.path("version").asLong()).isEqualTo(2);
        assertThat(shadow.path("current").asBoolean()).isTrue();
        assertThat(shadow.path("share").asString()).isEqualTo("100%");
        assertThat(shadow.path("ran").asLong()).isEqualTo(answers);
        assertThat(shadow.path("compared").asLong()).isEqualTo(answers);

        JsonNode agreement = shadow.path("agreement");
        assertThat(agreement.path("agreed").asLong()).isEqualTo(1);
        assertThat(agreement.path("share").asDouble()).isCloseTo(1.0 / answers, within(1e-12));
        assertThat(agreement.path("upper").asDouble()).isBetween(1.0 / answers, 1.0);

        assertThat(shadow.path("classes")).isEqualTo(JsonMapper.shared().readTree("""
                {"rows": 145, "same": 1, "mixed": [{"primary": 2, "shadow": 0, "rows": 96},
                 {"primary": 1, "shadow": 2, "rows": 48}]}"""));

        JsonNode differences = shadow.path("differences");
        assertThat(differences.path("answers").asLong()).isEqualTo(answers);
        assertThat(differences.path("bins").path(0).path("upTo").asDouble()).isZero();
        assertThat(differences.path("bins").path(0).path("answers").asLong()).isEqualTo(1);
        assertThat(differences.path("bins").path(1).path("upTo").asDouble())
                .as("0.8 and 1")
                .isEqualTo(1);
        assertThat(differences.path("bins").path(1).path("answers").asLong()).isEqualTo(answers - 1);
        assertThat(differences.path("p50").asDouble()).isEqualTo(1);
        assertThat(differences.path("max").asDouble()).isEqualTo(1);

        double mean = -2 * UNITS * (0.7 / 3 * 2 + 1.2 / 3) / answers;
        assertThat(shadow.path("shift").path("mean").asDouble()).isCloseTo(mean, within(1e-6));

        JsonNode runs = shadow.path("runs");
        assertThat(runs.path("pairs").asLong()).isPositive();
        assertThat(runs.path("ratioP50").asDouble())
                .isCloseTo(
                        runs.path("shadow").path("p50Seconds").asDouble()
                                / runs.path("primary").path("p50Seconds").asDouble(),
                        within(1e-9));
    }

    private ShadowReport byGrpc() throws InterruptedException {
        ManagedChannel channel = NettyChannelBuilder.forAddress(
                        "127.0.0.1", gateway.addresses().admin().port())
                .usePlaintext()
                .build();
        try {
            return RoutingGrpc.newBlockingStub(channel)
                    .withDeadlineAfter(2, TimeUnit.MINUTES)
                    .getShadows(GetShadowsRequest.newBuilder().setRoute(MODEL).build())
                    .getShadows(0);
        } finally {
            channel.shutdownNow();
            assertThat(channel.awaitTermination(1, TimeUnit.MINUTES)).isTrue();
        }
    }

    private static void assertSame(JsonNode shadow, ShadowReport message) {
        assertThat(message.getShare()).isEqualTo(10_000);
        assertThat(message.getRan()).isEqualTo(shadow.path("ran").asLong());
        assertThat(message.getAgreement().getUpper())
                .isEqualTo(shadow.path("agreement").path("upper").asDouble());
        assertThat(message.getClasses().getMixedList())
                .containsExactly(
                        MixedClasses.newBuilder()
                                .setPrimary(2)
                                .setShadow(0)
                                .setRows(96)
                                .build(),
                        MixedClasses.newBuilder()
                                .setPrimary(1)
                                .setShadow(2)
                                .setRows(48)
                                .build());
        assertThat(message.getDifferences().getBinsCount()).isEqualTo(2);
        assertThat(message.getDifferences().getBins(0).hasAbove()).isFalse();
        assertThat(message.getRuns().getPairs())
                .isEqualTo(shadow.path("runs").path("pairs").asLong());
        assertThat(message.getRuns().getRatioP99())
                .isEqualTo(shadow.path("runs").path("ratioP99").asDouble());
    }

    private void assertShown() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PrintStream both = new PrintStream(out, true, StandardCharsets.UTF_8);
        Surroundings surroundings = new Surroundings(Map.of("COLUMNS", "60"), folder, both, both);
        int code = new Cli(surroundings, new RecordingProgram()).run("routes", "shadows", MODEL, "--admin", admin());
        String shown = out.toString(StandardCharsets.UTF_8);
        assertThat(code).as(shown).isZero();
        assertThat(shown)
                .contains(
                        "version     scores@2 gets copies of 100% of units\n",
                        "agreement   0.69% (1 of 145), certainly ",
                        "2             0            96    66.21%\n",
                        "up to 1.00  144      " + "#".repeat(26) + "\n",
                        "runs, p99 ");
        assertThat(shown.lines().filter(line -> line.contains("#"))).allMatch(line -> line.length() <= 60);
    }

    private void assertCounted() throws Exception {
        Metrics metrics = Metrics.of(gateway);
        assertThat(metrics.sum("penstock_shadow_disagreements_total")).isEqualTo(3 * UNITS);
        for (Map.Entry<String, Integer> bucket :
                List.of(Map.entry("0.0", 1), Map.entry("0.1", 1), Map.entry("1.0", 145), Map.entry("+Inf", 145))) {
            assertThat(metrics.sum("penstock_shadow_differences_bucket", "le=\"" + bucket.getKey() + '"'))
                    .as(bucket.getKey())
                    .isEqualTo(bucket.getValue().doubleValue());
        }
    }
}
