package dev.penstock.server.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.ModelKey;
import dev.penstock.monitor.ServingStats;
import org.junit.jupiter.api.Test;

class TelemetryTest {
    private static final ModelKey DIGITS = new ModelKey("digits", 2);

    private final ServingStats stats = new ServingStats();

    @Test
    void countsRequestsByVersionAndOutcome() {
        stats.finished(DIGITS, null, 3, 1_000, 2_000_000);
        stats.finished(DIGITS, ErrorCode.INVALID_ARGUMENT, 0, 1_000, 0);
        stats.finished(null, ErrorCode.NOT_FOUND, 0, 1_000, 0);

        assertThat(scrape())
                .contains("penstock_requests_total{code=\"ok\",model=\"digits\",version=\"2\"} 1.0")
                .contains("penstock_requests_total{code=\"invalid_argument\",model=\"digits\",version=\"2\"} 1.0")
                .contains("penstock_requests_total{code=\"not_found\",model=\"other\",version=\"\"} 1.0")
                .contains("penstock_rows_total{model=\"digits\",version=\"2\"} 3.0");
    }

    @Test
    void histogramsAreCumulativeAndEndInInfinity() {
        stats.finished(DIGITS, null, 1, 0, 5_000);
        stats.finished(DIGITS, null, 1, 0, 120_000_000_000L);

        assertThat(scrape())
                .contains("_bucket{model=\"digits\",phase=\"total\",version=\"2\",le=\"1.0E-5\"} 1")
                .contains("_bucket{model=\"digits\",phase=\"total\",version=\"2\",le=\"+Inf\"} 2");
    }

    @Test
    void aForgottenVersionLeavesTheExposition() {
        stats.finished(DIGITS, null, 1, 0, 5_000);
        stats.forget(DIGITS);

        assertThat(scrape()).doesNotContain("digits");
    }

    @Test
    void showsTheJvmAndWhatItWasGiven() {
        try (Telemetry telemetry = new Telemetry(stats)) {
            telemetry.gauge("penstock_native_handles", "Live.", "type", "session", () -> 3);

            assertThat(telemetry.scrape("").text())
                    .contains("jvm_memory_used_bytes")
                    .contains("penstock_native_handles{type=\"session\"} 3.0");
        }
    }

    @Test
    void speaksOpenMetricsToWhoAsksForIt() {
        try (Telemetry telemetry = new Telemetry(stats)) {
            Telemetry.Exposition exposition = telemetry.scrape("application/openmetrics-text;version=1.0.0,*/*;q=0.1");

            assertThat(exposition.contentType()).startsWith("application/openmetrics-text");
            assertThat(exposition.text()).endsWith("# EOF\n");
        }
    }

    private String scrape() {
        try (Telemetry telemetry = new Telemetry(stats)) {
            return telemetry.scrape("").text();
        }
    }
}
