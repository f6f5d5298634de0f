package dev.penstock.server;

import static dev.penstock.server.LookupGateway.ENTRIES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.penstock.proto.admin.GetRolloutRequest;
import dev.penstock.proto.admin.Rollout;
import dev.penstock.proto.admin.RolloutMetric;
import dev.penstock.proto.admin.RolloutWin;
import dev.penstock.proto.admin.RolloutsGrpc;
import dev.penstock.server.config.ServerConfig;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Rollouts that are no canaries, over real sockets.
@Timeout(600)
class StrategiesServingTest {
    private static final String BLUE_GREEN = """
            {"route": "lookup", "candidate": "lookup@2", "strategy": "blueGreen", "settle": "100ms", "minRequests": 50,
             "metrics": [{"type": "errors"}], "steps": [{"weight": "100%", "soak": "500ms"}]}""";

    @TempDir
    private Path folder;

    private static String kinds(LookupGateway server, String id) throws Exception {
        StringBuilder kinds = new StringBuilder();
        for (JsonNode event :
                server.admin("GET", "/api/v1/rollouts/" + id + "/events", "").path("events")) {
            kinds.append(event.path("kind").asString()).append(' ');
        }
        return kinds.toString();
    }

    @Test
    void blueGreenHasAllAtOnceAndGoesBackAtOnce() throws Exception {
        try (LookupGateway server = new LookupGateway(folder, ENTRIES, ENTRIES)) {
            String first = server.start(BLUE_GREEN);
            var _ = server.awaitPhase(first, "analyse");
            assertThat(server.versions(40)).containsOnlyKeys("2");
            assertThat(server.act(first, "abort").path("status").path("phase").asString())
                    .isEqualTo("rolling-back");
            assertThat(server.versions(40)).as("whoever comes after the word").containsOnlyKeys("1");
            var _ = server.awaitPhase(first, "rolled-back");
            assertThat(server.versions(20)).containsOnlyKeys("1");

            String second = server.start(BLUE_GREEN);
            var _ = server.awaitPhase(second, "analyse");
            assertThat(server.versions(300)).as("enough to be sure").containsOnlyKeys("2");
            JsonNode over = server.awaitPhase(second, "completed");
            assertThat(over.path("status").path("promoted").asString()).isEqualTo("canary");
            assertThat(over.path("status")
                            .path("metrics")
                            .path(0)
                            .path("detail")
                            .asString())
                    .startsWith("0 of ")
                    .endsWith("of the default arm's before 0 of 0 (0.00%)");
            assertThat(server.route().path("default").path("target").asString()).isEqualTo("lookup@2");
            assertThat(server.versions(20)).containsOnlyKeys("2");
        }
    }

    @Test
    void shadowOnlyShowsNobodyItsAnswersAndPromotesNobody() throws Exception {
        try (LookupGateway server = new LookupGateway(folder, ENTRIES, ENTRIES)) {
            String id = server.start("""
                    {"route": "lookup", "candidate": "lookup@2", "strategy": "shadow", "settle": "100ms", "minRequests": 30,
                     "metrics": [{"type": "disagreement", "max": "50%"}], "steps": [{"shadow": "100%", "for": "200ms"}]}""");
            var _ = server.awaitPhase(id, "shadow");
            // Copies may be dropped while the machine has others to serve: asked until enough of them were
            // compared.
            JsonNode over = server.await(id, rollout -> {
                assertThat(server.versions(20)).as("callers").containsOnlyKeys("1");
                return rollout.at("/status/phase").asString().equals("completed");
            });

            assertThat(over.path("status").path("promoted").asString()).isEmpty();
            assertThat(over.path("status")
                            .path("metrics")
                            .path(0)
                            .path("n_canary")
                            .asLong())
                    .isGreaterThanOrEqualTo(30);
            assertThat(server.route().path("default").path("target").asString()).isEqualTo("lookup@1");
            assertThat(server.route().path("shadows").path(0).path("share").asString())
                    .isEqualTo("0%");
            assertThat(server.versions(20)).containsOnlyKeys("1");
        }
    }

    @Test
    void howLongCopiesRunIsToldAndJudgedWhereThatIsAskedFor() throws Exception {
        try (LookupGateway server = new LookupGateway(folder, ENTRIES, ENTRIES)) {
            String id = server.start("""
                    {"route": "lookup", "candidate": "lookup@2", "strategy": "shadow", "settle": "1s",
                     "metrics": [{"type": "disagreement"}, {"type": "copyLatency", "maxRatio": 32}],
                     "steps": [{"shadow": "100%", "for": "1h"}]}""");
            JsonNode judged = server.await(id, rollout -> {
                assertThat(server.ask(20)).isTrue();
                return metric(rollout).path("n_canary").asLong() > 0;
            });
            assertThat(metric(judged).path("state").asString()).isNotEqualTo("report");
            assertThat(metric(judged).path("detail").asString())
                    .startsWith("runs of copies: p50 ")
                    .contains(", the default arm's ", "p99 ", " (allowed: 32.0 times)");
            assertThat(server.run("rollout", "status", id)).isZero();
            assertThat(server.printed).contains("copy-latency");
            var _ = server.act(id, "abort");
            var _ = server.awaitPhase(id, "rolled-back");

            String other = server.start("""
                    {"route": "lookup", "candidate": "lookup@2", "strategy": "shadow", "settle": "1s", "rearm": true,
                     "steps": [{"shadow": "100%", "for": "1h"}]}""");
            JsonNode told = server.await(other, rollout -> {
                assertThat(server.ask(20)).isTrue();
                return metric(rollout).path("n_canary").asLong() > 0;
            });
            assertThat(metric(told).path("state").asString())
                    .as("nobody asked for it")
                    .isEqualTo("report");
            assertThat(metric(told).path("estimate").asDouble()).isPositive();
        }
    }

    private static JsonNode metric(JsonNode rollout) {
        for (JsonNode metric : rollout.path("status").path("metrics")) {
            if (metric.path("name").asString("").equals("copy-latency")) {
                return metric;
            }
        }
        return rollout.path("none");
    }

    @Test
    void anExperimentDropsTheArmThatFailsAndPromotesNobody() throws Exception {
        try (LookupGateway server = new LookupGateway(folder, ENTRIES, ENTRIES, 50)) {
            String id = server.start("""
                    {"route": "lookup", "candidates": ["lookup@2", "lookup@3"], "strategy": "experiment", "settle": "100ms",
                     "minRequests": 100, "objective": "90%", "metrics": [{"type": "errors"}],
                     "steps": [{"weight": "30%", "minDuration": "200ms", "require": "none"}]}""");
            var _ = server.awaitPhase(id, "analyse");
            assertThat(server.versions(250)).containsKeys("1", "2", "3");
            var _ = server.await(
                    id,
                    rollout -> rollout.path("status")
                            .path("arms")
                            .path(2)
                            .path("dropped")
                            .asBoolean());
            assertThat(server.ask(100))
                    .as("nobody is given to what was dropped")
                    .isTrue();
            assertThat(server.versions(300)).containsOnlyKeys("1", "2");
            // What is asked while the arm is being dropped may be in no comparison.
            JsonNode over = server.await(id, rollout -> {
                assertThat(server.ask(10)).isTrue();
                return rollout.path("status").path("phase").asString().equals("completed");
            });

            assertThat(kinds(server, id)).isEqualTo("started step settled arm-dropped promoting completed ");
            assertThat(over.path("status").path("detail").asString())
                    .isEqualTo("all steps are done; the default arm stays");
            assertThat(over.path("status").path("promoted").asString()).isEmpty();
            assertThat(server.route().path("default").path("target").asString()).isEqualTo("lookup@1");
            assertThat(server.versions(20)).containsOnlyKeys("1");
        }
    }

    /// What 40 answers were worth.
    private static void reward(LookupGateway server, Map<String, Double> worth) throws Exception {
        List<String> said = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            LookupGateway.Answered answer = server.ask();
            said.add("{\"token\":\"%s\",\"reward\":%s}"
                    .formatted(answer.token(), worth.getOrDefault(answer.version(), 0.0) + i % 2 * 0.1));
        }
        String taken = server.post(TestGateways.url(server.gateway, "/api/v1/feedback"), said.toString())
                .body();
        assertThat(JsonMapper.shared().readTree(taken).path("accepted").asInt())
                .as(taken)
                .isEqualTo(40);
    }

    @Test
    void anExperimentEndsOnceACandidateIsProvenBetterAndSaysWhich() throws Exception {
        ServerConfig.Feedback tokens = new ServerConfig.Feedback(true, Optional.empty(), 30, 1_000);
        Map<String, Double> worth = Map.of("1", 0.1, "2", 0.8, "3", 0.1);
        try (LookupGateway server = new LookupGateway(folder, tokens, ENTRIES, ENTRIES, ENTRIES)) {
            String id = server.start("""
                    {"route": "lookup", "candidates": ["lookup@2", "lookup@3"], "strategy": "experiment", "settle": "100ms",
                     "minRequests": 50, "metrics": [{"type": "reward", "minLift": 0.2, "stopWhenBetter": true}],
                     "steps": [{"weight": "33%", "minDuration": "1h", "require": "none"}]}""");
            var _ = server.awaitPhase(id, "analyse");
            JsonNode over = server.await(id, rollout -> {
                reward(server, worth);
                return rollout.at("/status/phase").asString().equals("completed");
            });

            assertThat(over.at("/status/reason").asString()).isEqualTo("better");
            assertThat(over.at("/status/detail").asString())
                    .startsWith(
                            "a candidate is proven better; the default arm stays; by reward lookup-2 proven better, +");
            JsonNode better = over.at("/status/outcome/better");
            assertThat(better).hasSize(1);
            assertThat(better.at("/0/arm").asString()).isEqualTo("lookup-2");
            assertThat(better.at("/0/lift/ci/0").asDouble()).isGreaterThan(0.2);
            assertThat(better.at("/0/best").asBoolean()).isTrue();
            JsonNode end = server.admin("GET", "/api/v1/rollouts/" + id + "/events", "")
                    .path("events")
                    .path(3);
            assertThat(end.path("kind").asString()).isEqualTo("promoting");
            assertThat(end.at("/outcome/better/0/arm").asString()).isEqualTo("lookup-2");
            assertThat(server.route().path("default").path("target").asString()).isEqualTo("lookup@1");

            Rollout told = overGrpc(server, id);
            assertThat(told.getOutcome().getDetail())
                    .isEqualTo(over.at("/status/outcome/detail").asString());
            assertThat(told.getOutcome().getBetterList())
                    .extracting(
                            RolloutWin::getArm,
                            RolloutWin::getBest,
                            win -> win.getLift().getBetter())
                    .containsExactly(tuple("lookup-2", true, true));
            assertThat(told.getMetricsList())
                    .filteredOn(metric -> metric.getName().equals("reward"))
                    .allMatch(RolloutMetric::hasLift)
                    .extracting(metric -> metric.getLift().getMinLift())
                    .containsExactly(0.2, 0.2);
        }
    }

    private static Rollout overGrpc(LookupGateway server, String id) throws InterruptedException {
        ManagedChannel channel = NettyChannelBuilder.forAddress(
                        "127.0.0.1", server.gateway.addresses().admin().port())
                .usePlaintext()
                .build();
        try {
            return RolloutsGrpc.newBlockingStub(channel)
                    .withDeadlineAfter(1, TimeUnit.MINUTES)
                    .get(GetRolloutRequest.newBuilder().setId(id).build());
        } finally {
            channel.shutdownNow();
            assertThat(channel.awaitTermination(1, TimeUnit.MINUTES)).isTrue();
        }
    }

    @Test
    void aBanditFollowsWhatIsSaidByTokens() throws Exception {
        ServerConfig.Feedback tokens = new ServerConfig.Feedback(true, Optional.empty(), 30, 1_000);
        Map<String, Double> worth = Map.of("1", 0.1, "2", 0.9, "3", 0.4);
        try (LookupGateway server = new LookupGateway(folder, tokens, ENTRIES, ENTRIES, ENTRIES)) {
            String id = server.start("""
                    {"route": "lookup", "candidates": ["lookup@2", "lookup@3"], "strategy": "bandit", "settle": "100ms",
                     "metrics": [{"type": "errors"}],
                     "bandit": {"floor": "10%", "maxStep": "20%", "updateInterval": "1s", "minFeedback": 30},
                     "steps": [{"weight": "20%", "minDuration": "1h", "require": "none"}]}""");
            var _ = server.awaitPhase(id, "analyse");
            int best = 0;
            while (best < 7_000) {
                reward(server, worth);
                JsonNode arms = server.rollout(id).path("status").path("arms");
                best = arms.path(1).path("weight").asInt();
                arms.forEach(arm -> assertThat(arm.path("weight").asInt()).isGreaterThanOrEqualTo(1_000));
            }

            assertThat(server.route().path("assignment").asString()).isEqualTo("rendezvous");
            assertThat(server.promote(id, "lookup-2")
                            .path("status")
                            .path("promoted")
                            .asString())
                    .isEqualTo("lookup-2");
            var _ = server.awaitPhase(id, "completed");
            assertThat(server.versions(20)).containsOnlyKeys("2");
        }
    }
}
