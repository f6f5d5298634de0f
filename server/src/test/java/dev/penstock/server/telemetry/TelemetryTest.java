package dev.penstock.server.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.ModelKey;
import dev.penstock.monitor.LoadResult;
import dev.penstock.monitor.LoadStats;
import dev.penstock.monitor.ServingStats;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class TelemetryTest {
    private static final ModelKey DIGITS = new ModelKey("digits", 2);
    private static final int MOST = 100_000;

    private final ServingStats stats = new ServingStats();

    TelemetryTest() {
        stats.opened(DIGITS, 1_500_000_000);
    }

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
                .contains("_bucket{model=\"digits\",phase=\"total\",version=\"2\",le=\"7.62939453125E-6\"} 1")
                .contains("_bucket{model=\"digits\",phase=\"total\",version=\"2\",le=\"64.0\"} 1")
                .contains("_bucket{model=\"digits\",phase=\"total\",version=\"2\",le=\"+Inf\"} 2")
                .contains("_sum{model=\"digits\",phase=\"total\",version=\"2\"} 120.000005");
    }

    @Test
    void whatDoorsHoldIsShownBesideTheMost() {
        AtomicLong held = new AtomicLong(300);
        try (Telemetry telemetry = new Telemetry(stats, false, MOST)) {
            telemetry.inFlight(held::get, 1_000);
            held.set(400);

            assertThat(telemetry.scrape("").text())
                    .contains("\npenstock_in_flight_bytes 400.0\n")
                    .contains("\npenstock_in_flight_max_bytes 1000.0\n");
        }
    }

    @Test
    void aVersionThatNobodyAskedHasNoHistograms() {
        assertThat(scrape())
                .contains("nv_inference_request_success{model=\"digits\"")
                .doesNotContain("phase=");
    }

    @Test
    void aForgottenVersionLeavesTheExposition() {
        stats.finished(DIGITS, null, 1, 0, 5_000);
        assertThat(scrape()).contains("digits");

        stats.forget(DIGITS);

        assertThat(scrape()).doesNotContain("digits");
    }

    @Test
    void namesThatCallersInventAreNoLabels() {
        stats.finished(new ModelKey("invented", 1), ErrorCode.NOT_READY, 0, 0, 0);

        assertThat(scrape())
                .contains("penstock_requests_total{code=\"not_ready\",model=\"other\",version=\"\"} 1.0")
                .doesNotContain("invented");
    }

    @Test
    void showsTheJvmAndWhatItWasGiven() {
        try (Telemetry telemetry = telemetry(MOST)) {
            telemetry.gauge("penstock_native_handles", "Live.", "type", "session", () -> 3);

            assertThat(telemetry.scrape("").text())
                    .contains("jvm_memory_used_bytes")
                    .contains("penstock_native_handles{type=\"session\"} 3.0");
        }
    }

    @Test
    void showsHowLoadsEnded() {
        LoadStats loads = new LoadStats();
        loads.ended(LoadResult.LOADED, 1_000_000_000);
        loads.ended(LoadResult.NO_ROOM, 5);
        try (Telemetry telemetry = telemetry(MOST)) {
            telemetry.loads(loads, () -> Map.of("ready", 4L));

            assertThat(telemetry.scrape("").text())
                    .contains("penstock_model_loads_total{result=\"loaded\"} 1.0")
                    .contains("penstock_model_loads_total{result=\"no_room\"} 1.0")
                    .contains("penstock_model_loads_total{result=\"failed\"} 0.0")
                    .contains("penstock_model_load_duration_seconds_bucket{le=\"0.5\"} 0")
                    .contains("penstock_model_load_duration_seconds_bucket{le=\"1.0\"} 1")
                    .contains("penstock_model_load_duration_seconds_count 1")
                    .contains("penstock_model_versions{state=\"ready\"} 4.0");
        }
    }

    @Test
    void speaksOpenMetricsToWhoAsksForIt() {
        try (Telemetry telemetry = telemetry(MOST)) {
            Telemetry.Exposition exposition = telemetry.scrape("application/openmetrics-text;version=1.0.0,*/*;q=0.1");

            assertThat(exposition.contentType()).startsWith("application/openmetrics-text");
            assertThat(exposition.text()).endsWith("# EOF\n");
        }
    }

    @Test
    void whatIsTooManyIsLeftOutAndCounted() {
        for (int i = 0; i < 100; i++) {
            ModelKey key = new ModelKey("m%03d".formatted(i), 1);
            stats.opened(key, 0);
            stats.finished(key, null, 1, 1_000, 1_000);
        }
        try (Telemetry telemetry = telemetry(1_500)) {
            String page = telemetry.scrape("").text();
            long series = page.lines().filter(line -> !line.startsWith("#")).count();

            assertThat(series).isBetween(1_400L, 1_500L);
            // Plain numbers come before histograms, and the process before the models.
            assertThat(page)
                    .contains("penstock_requests_total{code=\"ok\",model=\"m099\"")
                    .contains("jvm_memory_used_bytes")
                    .doesNotContain("model=\"m099\",phase=\"total\"");
            assertThat(dropped(page)).isZero();
            assertThat(dropped(telemetry.scrape("").text())).isGreaterThan(25_000);
        }
    }

    private static double dropped(String page) {
        return page.lines()
                .filter(line -> line.startsWith("penstock_series_dropped_total "))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.indexOf(' ') + 1)))
                .sum();
    }

    private Telemetry telemetry(int mostSeries) {
        Telemetry telemetry = new Telemetry(stats, true, mostSeries);
        telemetry.batching(List::of);
        return telemetry;
    }

    private String scrape() {
        try (Telemetry telemetry = telemetry(MOST)) {
            return telemetry.scrape("").text();
        }
    }
}
