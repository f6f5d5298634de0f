package dev.penstock.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.penstock.server.DigitsTraffic.Look;
import dev.penstock.server.ShippedQueries.Query;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// A real Prometheus that scrapes a gateway and evaluates the rules of `deploy/`.
@Timeout(500)
class PrometheusServingTest {
    private static final String DIGITS = "model=\"digits\",version=\"2\"";

    @TempDir
    private Path folder;

    @Test
    void itSaysTheSameNumbersAsTheGateway() throws Exception {
        assumeTrue(Tools.isInstalled("prometheus"), Tools.PROMETHEUS_NEEDED);
        try (DriftedDigits digits = new DriftedDigits(Files.createDirectory(folder.resolve("served")));
                PrometheusServer prometheus = new PrometheusServer(folder, config(digits.gateway()))) {
            DigitsTraffic traffic = digits.traffic();
            prometheus.await(
                    "sum(penstock_requests_total{%s,code=\"ok\"})".formatted(DIGITS), (double) traffic.requests());

            digits.drift(Look.ROTATED);

            prometheus.await("penstock_requests_total{%s,code=\"ok\"}".formatted(DIGITS), (double) traffic.requests());
            prometheus.await("penstock_request_duration_seconds_count{%s,phase=\"total\"}".formatted(DIGITS), (double)
                    traffic.requests());
            prometheus.await("penstock_webhook_events_total{receiver=\"ops\",result=\"accepted\"}", 1);
            assertThatDriftIsTheSame(prometheus, digits.answer());
            assertThatTheRulesAreEvaluated(prometheus);
            assertThatDashboardsAreAnswered(prometheus);
            assertThatEachNameIsScraped(prometheus);
        }
    }

    private static String config(RunningGateway gateway) {
        return """
            global: {scrape_interval: 1s, evaluation_interval: 1s}
            rule_files: ["%s/prometheus/rules/*.yml"]
            scrape_configs:
              - job_name: penstock
                static_configs: [{targets: ["127.0.0.1:%d"]}]
            """.formatted(
                        ShippedQueries.FOLDER.toAbsolutePath(),
                        gateway.addresses().metrics().port());
    }

    private static void assertThatDriftIsTheSame(PrometheusServer prometheus, JsonNode drift) throws Exception {
        prometheus.await(
                "penstock_drift_samples{%s,window=\"1h\"}".formatted(DIGITS),
                drift.path("n").asDouble());
        prometheus.await(
                "penstock_drift_share_ratio{%s,window=\"1h\"}".formatted(DIGITS),
                drift.path("share").asDouble());
        prometheus.await(
                "penstock_drift_model_status{%s,window=\"1h\"}".formatted(DIGITS),
                status(drift.path("status").asString("")));
        int binned = 0;
        for (JsonNode feature : drift.path("features")) {
            String labels =
                    DIGITS + ",feature=\"%s\"".formatted(feature.path("name").asString(""));
            prometheus.await(
                    "penstock_drift_status{%s,window=\"1h\"}".formatted(labels),
                    status(feature.path("status").asString("")));
            prometheus.await(
                    "penstock_drift_score{%s,window=\"1h\",statistic=\"psi\"}".formatted(labels),
                    feature.path("psi").asDouble());
            prometheus.await(
                    "penstock_drift_p_value{%s,window=\"1h\",hypothesis=\"none\"}".formatted(labels),
                    feature.path("pNoDrift").asDouble());
            binned += assertThatBinsAreTheSame(prometheus, labels, feature.path("bins"));
        }
        assertThat(binned).as("features whose bins are shown").isPositive();
        assertThat(drift.path("evidence").path("features")).isNotEmpty();
        for (JsonNode feature : drift.path("evidence").path("features")) {
            String labels =
                    DIGITS + ",feature=\"%s\"".formatted(feature.path("name").asString(""));
            prometheus.await(
                    "penstock_drift_log_e{%s}".formatted(labels),
                    feature.path("logE").asDouble());
            prometheus.await(
                    "penstock_drift_log_e_alarm{%s}".formatted(labels),
                    feature.path("alarmAt").asDouble());
        }
    }

    /// What was counted since the bins are known is the baseline and then the window.
    private static int assertThatBinsAreTheSame(PrometheusServer prometheus, String labels, JsonNode bins)
            throws Exception {
        int shown = prometheus
                .query("penstock_feature_bin_total{%s}".formatted(labels))
                .size();
        for (JsonNode bin : bins) {
            String series = "penstock_feature_bin_total{%s,bin=\"%s\"}"
                    .formatted(labels, bin.path("label").asString(""));
            if (shown > 0 && !bin.path("label").asString("").equals("__other__")) {
                prometheus.await(
                        series,
                        bin.path("baseline").asDouble() + bin.path("window").asDouble());
            }
        }
        return shown > 0 ? 1 : 0;
    }

    private static double status(String text) {
        return List.of("insufficient", "ok", "notice", "warning", "critical").indexOf(text) - 1.0;
    }

    private static void assertThatTheRulesAreEvaluated(PrometheusServer prometheus) throws Exception {
        List<String> wrong = new ArrayList<>();
        List<String> waiting = new ArrayList<>();
        int rules;
        do {
            LockSupport.parkNanos(50_000_000);
            waiting.clear();
            rules = 0;
            for (JsonNode group : prometheus.api("rules").path("groups")) {
                for (JsonNode rule : group.path("rules")) {
                    rules++;
                    String said = rule.path("name").asString("") + " "
                            + rule.path("lastError").asString("");
                    switch (rule.path("health").asString("")) {
                        case "ok" -> {}
                        case "unknown" -> waiting.add(said);
                        default -> wrong.add(said);
                    }
                }
            }
        } while (wrong.isEmpty() && !waiting.isEmpty());
        assertThat(wrong).isEmpty();
        assertThat(rules).isEqualTo(ShippedQueries.ofRules().size());
        prometheus.await("sum(penstock:bin:q1h{feature=~\".*:class\"}) > bool 0.999", 1);
        // The alert waits for as long as it says.
        String pending = "ALERTS{alertname=\"PenstockOutputDrift\",alertstate=\"pending\",feature=\"output:label\"}";
        prometheus.await(pending, 1);
    }

    private static void assertThatDashboardsAreAnswered(PrometheusServer prometheus) throws Exception {
        for (Query query : ShippedQueries.ofDashboards()) {
            // Throws if it is no expression.
            assertThat(prometheus.query(query.expression()).isArray())
                    .as(query.from())
                    .isTrue();
        }
    }

    /// But for those that only come after the first of their kind, which this gateway has not had.
    private static void assertThatEachNameIsScraped(PrometheusServer prometheus) throws Exception {
        Set<String> scraped = new TreeSet<>();
        prometheus.api("label/__name__/values").forEach(name -> scraped.add(name.asString("")));
        String document = MetricTables.document();
        Map<String, MetricTables.Family> documented = MetricTables.of(document);
        Set<String> seldom = MetricTables.seldom(document);
        Set<String> asked = new TreeSet<>();
        List<Query> all = new ArrayList<>(ShippedQueries.ofRules());
        all.addAll(ShippedQueries.ofDashboards());
        all.forEach(query -> asked.addAll(ShippedQueries.series(query.expression())));
        // Nor has any of its models a cache.
        asked.removeIf(name -> name.startsWith("penstock:")
                || name.startsWith("penstock_cache_")
                || seldom.contains(ShippedQueries.family(name, documented)));

        assertThat(scraped).containsAll(asked);
    }
}
