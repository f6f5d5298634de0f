package dev.penstock.server;

import static dev.penstock.server.TestGateways.EXAMPLES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.penstock.router.rollout.Observation.GateReading;
import dev.penstock.router.rollout.RolloutSpec;
import dev.penstock.router.rollout.RolloutState;
import dev.penstock.router.rollout.Verdict;
import dev.penstock.server.alerting.TestReceiver;
import dev.penstock.server.alerting.WebhookSigner;
import dev.penstock.server.rollout.ExternalGates;
import dev.penstock.server.rollout.GateQuestions;
import dev.penstock.server.rollout.RolloutJson;
import dev.penstock.server.rollout.RolloutView;
import dev.penstock.server.rollout.Uptime;
import dev.penstock.server.source.net.Hosts;
import dev.penstock.server.source.net.Resolver;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/// Gates of rollouts that ask a real Prometheus about a server that it scrapes.
@Timeout(500)
class PrometheusGatesTest {
    private static final int BASELINE_ROWS = 1_000;
    private static final String OK = "penstock_requests_total{model=\\\"iris\\\",version=\\\"1\\\",code=\\\"ok\\\"}";

    @TempDir
    private Path folder;

    private long nowMillis = 1_000_000;

    @Test
    void theySayWhatItSaysAndWhatIsWrongWithAQuery() throws Exception {
        assumeTrue(Tools.isInstalled("prometheus"), Tools.PROMETHEUS_NEEDED);
        try (RunningGateway gateway = TestGateways.monitored(EXAMPLES.resolve("models"), null, BASELINE_ROWS, 300);
                ExternalGates gates = gates()) {
            IrisTraffic traffic = new IrisTraffic(HttpClient.newHttpClient());
            traffic.sendUntilCounted(gateway, 20, 0.5);
            String query = OK.replace("\\", "");
            RolloutView asked;
            try (PrometheusServer prometheus = new PrometheusServer(folder, config(gateway))) {
                prometheus.await("sum(" + query + ")", (double) traffic.requests());
                asked = rollout(prometheus.url());

                assertSays(gates, asked, 0, Verdict.PASS, "(expected: result >= 1 && result < 1e9)");
                assertSays(gates, asked, 1, Verdict.FAIL, "(expected: result < 1)");
                assertSays(gates, asked, 2, Verdict.INSUFFICIENT, "status 400 (expected: 200): invalid parameter");
                assertThat(said(gates, asked, 2).detail()).contains("parse error");
                assertSays(gates, asked, 3, Verdict.INSUFFICIENT, "the query has no result");
                assertSays(gates, asked, 4, Verdict.INSUFFICIENT, "the query's result is NaN");
                assertSays(
                        gates,
                        asked,
                        5,
                        Verdict.INSUFFICIENT,
                        "the query has 2 results (expected: 1; sum or max makes one of them)");
                assertSays(gates, asked, 6, Verdict.PASS, "42.0000 (expected: result[0] == 42)");
                assertThat(said(gates, asked, 0).value()).isEqualTo((double) traffic.requests());
            }
            nowMillis += 60_000;
            assertSays(gates, asked, 0, Verdict.INSUFFICIENT, "no answer: nobody takes connections at 127.0.0.1:");
            assertSays(gates, asked, 1, Verdict.FAIL, "no answer");
        }
    }

    private ExternalGates gates() {
        return new ExternalGates(
                new GateQuestions(
                        new Hosts(List.of("127.0.0.1"), Resolver.SYSTEM, "rollouts.allowed-hosts"),
                        new WebhookSigner(""),
                        () -> Instant.ofEpochMilli(nowMillis),
                        () -> "id"),
                new Uptime(() -> TimeUnit.MILLISECONDS.toNanos(nowMillis)));
    }

    private static String config(RunningGateway gateway) {
        return """
            global: {scrape_interval: 5s}
            scrape_configs:
              - job_name: penstock
                static_configs: [{targets: ["127.0.0.1:%d"]}]
            """.formatted(gateway.addresses().metrics().port());
    }

    /// Each gate with its number as its name.
    private static RolloutView rollout(String address) {
        String[][] gates = {
            {"sum(%s)".formatted(OK), "result >= 1 && result < 1e9"},
            {OK, "result < 1"},
            {"sum(rate(", "result < 1"},
            {"never_scraped_total", "result < 1"},
            {"0 / vector(0)", "result < 1"},
            {"{__name__=~\\\"up|scrape_duration_seconds\\\"}", "result < 1"},
            {"scalar(vector(42))", "result[0] == 42"},
        };
        StringBuilder metrics = new StringBuilder();
        for (int i = 0; i < gates.length; i++) {
            metrics.append("""
                    %s{"type": "prometheus", "name": "%d", "address": "%s/", "query": "%s", "successCondition": "%s",
                       "failureLimit": 1}""".formatted(i == 0 ? "" : ",", i, address, gates[i][0], gates[i][1]));
        }
        String text = "{\"route\": \"iris\", \"candidate\": \"iris@1\", \"metrics\": [%s]}".formatted(metrics);
        RolloutSpec spec = RolloutJson.read(JsonMapper.shared().readTree(text), RolloutJson.USUAL_CONTROL)
                .spec();
        return new RolloutView("iris-1", spec, "", RolloutState.pending(spec, 0), "", Instant.EPOCH, "");
    }

    private static GateReading said(ExternalGates gates, RolloutView asked, int gate) {
        return gates.readings("iris-1", asked.spec(), asked).get(gate);
    }

    private static void assertSays(ExternalGates gates, RolloutView asked, int gate, Verdict verdict, String detail) {
        TestReceiver.await(
                () -> said(gates, asked, gate).detail().contains(detail),
                detail + ": " + said(gates, asked, gate).detail());
        assertThat(said(gates, asked, gate).verdict()).isEqualTo(verdict);
    }
}
