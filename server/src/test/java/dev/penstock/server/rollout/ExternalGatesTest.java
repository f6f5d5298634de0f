package dev.penstock.server.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.core.ServingException;
import dev.penstock.router.rollout.MetricReading;
import dev.penstock.router.rollout.Observation.GateReading;
import dev.penstock.router.rollout.Phase;
import dev.penstock.router.rollout.RolloutState;
import dev.penstock.router.rollout.Verdict;
import dev.penstock.router.split.Target;
import dev.penstock.server.alerting.TestReceiver;
import dev.penstock.server.alerting.WebhookSigner;
import dev.penstock.server.rollout.GateServer.Answer;
import dev.penstock.server.source.net.Hosts;
import dev.penstock.server.source.net.Resolver;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A rollout in which a webhook has a say, by the time that a test tells.
@Timeout(240)
@SuppressWarnings("NullAway.Init")
final class ExternalGatesTest {
    private static final String PASSED = "{\"passed\": true}";
    private static final String REFUSED = "{\"passed\": false, \"detail\": \"chargebacks are up\"}";

    @TempDir
    private Path folder;

    private GateServer server;
    private RolloutWorld world;

    /// The world's.
    private Gates gates;

    private String id;

    @BeforeEach
    void open() throws IOException {
        server = new GateServer();
        world = new RolloutWorld(folder, this::gates);
        id = world.start("lookup", Target.version("lookup", 1), """
                {"route": "lookup", "candidate": "lookup@2", "settle": "1s", "minRequests": 50, "objective": "50%%",
                 "metrics": [{"type": "errors", "required": false},
                             {"type": "webhook", "name": "team", "address": "%s", "interval": "10s"}],
                 "steps": [{"weight": "50%%", "minDuration": "2s", "require": "proven"}]}""".formatted(server.url()));
    }

    @AfterEach
    void close() {
        world.close();
        server.close();
    }

    private Gates gates(Uptime up) {
        gates = new ExternalGates(
                new GateQuestions(
                        new Hosts(List.of("127.0.0.1"), Resolver.SYSTEM, "rollouts.allowed-hosts"),
                        new WebhookSigner(""),
                        InstantSource.system(),
                        () -> "msg"),
                up);
        return gates;
    }

    private GateReading said() {
        RolloutView view = world.rollouts.one(id);
        return gates.readings(id, view.spec(), view).getFirst();
    }

    /// Waits until the webhook was asked so often in all, and that answer of it was heard.
    private GateReading heard(int times, String detail) {
        TestReceiver.await(() -> said().detail().equals(detail), detail);
        assertThat(server.asked).hasSize(times);
        return said();
    }

    private MetricReading reading() {
        return world.rollouts.one(id).state().judged().readings().stream()
                .filter(one -> one.metric().equals("team"))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void itIsAskedOnceInEachIntervalAndRefusalsAddUp() {
        server.answer = Answer.of(REFUSED.replace("up", "up 1"));
        assertThat(said().detail()).isEqualTo("it was not asked yet");
        assertThat(heard(1, "chargebacks are up 1").failures()).isEqualTo(1);
        world.tick(9);
        assertThat(said().failures()).isEqualTo(1);

        server.answer = Answer.of(REFUSED.replace("up", "up 2"));
        world.tick(1);
        assertThat(heard(2, "chargebacks are up 2").failures())
                .as("nobody was asked before")
                .isEqualTo(2);
        server.answer = Answer.of(500, "");
        world.tick(10);
        GateReading away = heard(3, "status 500 (expected: 200)");
        assertThat(away.failures()).as("no answer is no refusal, and no excuse").isEqualTo(2);
        assertThat(away.verdict()).isEqualTo(Verdict.INSUFFICIENT);
        server.answer = Answer.of(PASSED);
        world.tick(10);
        assertThat(heard(4, "")).isEqualTo(new GateReading("team", Verdict.PASS, Double.NaN, 0, ""));
    }

    @Test
    void nobodyIsAskedBeforeTheCandidateIsAtWork() {
        world.tick(2);
        assertThat(world.rollouts.one(id).state().phase()).isEqualTo(Phase.SETTLE);
        world.tick(1);
        TestReceiver.await(() -> !server.asked.isEmpty(), "asked");

        assertThat(server.asked.getFirst().body()).contains("\"phase\":\"settle\"");
    }

    @Test
    void asManyRefusalsAsItsLimitRollBackAndSayWhy() {
        for (int i = 1; i <= 3; i++) {
            assertThat(world.recorded(id).phase()).isNotEqualTo("rolling-back");
            server.answer = Answer.of(REFUSED.replace("up", "up " + i));
            int times = i;
            // No longer: once it is over, its gates are forgotten.
            TestReceiver.await(
                    () -> {
                        world.tick(1);
                        return server.asked.size() == times;
                    },
                    "asked " + i);
            assertThat(heard(i, "chargebacks are up " + i).failures()).isEqualTo(i);
        }
        world.tick(3);

        RolloutView over = world.rollouts.one(id);
        assertThat(over.state().phase()).isEqualTo(Phase.ROLLED_BACK);
        assertThat(over.state().reason()).isEqualTo("team");
        assertThat(over.state().detail()).isEqualTo("chargebacks are up 3");
        assertThat(reading().verdict()).as("what it said is recorded").isEqualTo(Verdict.FAIL);
        assertThat(reading().detail()).isEqualTo("chargebacks are up 3");
        assertThat(server.asked.getLast().body()).contains("\"id\":\"" + id + "\"", "\"phase\":\"analyse\"");
        world.tick(20);
        assertThat(server.asked).as("nobody is asked of what is over").hasSize(3);
    }

    @Test
    void nothingGoesOnBeforeItHasPassed() {
        server.answer = Answer.of("{\"passed\": null, \"detail\": \"tomorrow\"}");
        world.tick(6);
        assertThat(heard(1, "tomorrow").verdict()).isEqualTo(Verdict.INSUFFICIENT);
        world.serve("lookup", 5_000, 0);
        world.tick(3);
        assertThat(world.rollouts.one(id).state().phase()).isEqualTo(Phase.ANALYSE);
        assertThat(reading().detail()).isEqualTo("tomorrow");

        server.answer = Answer.of(PASSED);
        TestReceiver.await(
                () -> {
                    world.tick(1);
                    return world.recorded(id).phase().equals("completed");
                },
                "completed");
        assertThat(server.asked).hasSize(2);
    }

    @Test
    void aGateThatWouldNeverBeAskedIsRefusedAtOnce() {
        String elsewhere = """
                {"route": "front", "candidate": "lookup@2", "metrics": [{"type": "errors"},
                 {"type": "prometheus", "name": "chargebacks", "address": "http://prometheus.example:9090",
                  "query": "up", "successCondition": "result > 0"}]}""";
        assertThatThrownBy(() -> world.start("front", Target.version("lookup", 1), elsewhere))
                .isInstanceOf(ServingException.class)
                .hasMessageContaining("metrics: gate chargebacks: address: 'http://prometheus.example:9090'")
                .hasMessageContaining("rollouts.allowed-hosts");
        assertThat(world.store.routes().running()).doesNotContainKey("front");
    }

    /// There are places for sixteen at a time.
    @Test
    void whatCannotBeAskedIsNoVerdictAndTakesNobodysPlace() {
        RolloutView view = world.rollouts.one(id);
        RolloutView unwritable = new RolloutView(id, view.spec(), "", noState(), "", view.changed(), "");
        for (int i = 0; i < 20; i++) {
            GateReading unasked =
                    gates.readings("rollout-" + i, view.spec(), unwritable).getFirst();
            assertThat(unasked.verdict()).isEqualTo(Verdict.INSUFFICIENT);
            assertThat(unasked.detail()).startsWith("it could not be asked: ");
        }

        server.answer = Answer.of(PASSED);
        assertThat(heard(1, "").verdict()).isEqualTo(Verdict.PASS);
    }

    @SuppressWarnings("NullAway") // what cannot be
    private static RolloutState noState() {
        return null;
    }
}
