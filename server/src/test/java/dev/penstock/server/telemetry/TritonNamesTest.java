package dev.penstock.server.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.LatencySnapshot;
import dev.penstock.core.ModelKey;
import dev.penstock.core.batching.BatchUsage;
import dev.penstock.monitor.ServingStats;
import dev.penstock.router.cache.CacheUsage;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TritonNamesTest {
    private static final ModelKey KEY = new ModelKey("digits", 2);
    private static final String LABELS = "{model=\"digits\",version=\"2\"} ";

    private final ServingStats stats = new ServingStats();

    TritonNamesTest() {
        stats.opened(KEY, 1_500_000_000);
    }

    @Test
    void countsAreTritons() {
        // Two requests of one batch of eight rows, and one that was answered from the cache.
        stats.finished(KEY, null, 3, 400_000, 2_000_000);
        stats.finished(KEY, null, 5, 600_000, 2_000_000);
        stats.cached(KEY, 2, 10_000);

        assertThat(page(true))
                .contains("nv_inference_request_success" + LABELS + "3.0")
                .contains("nv_inference_count" + LABELS + "8.0")
                // One batch and two runs of requests alone.
                .contains("nv_inference_exec_count" + LABELS + "3.0")
                .contains("nv_inference_request_duration_us" + LABELS + "5010.0")
                // Until they were taken out of the queue, and from there to the run.
                .contains("nv_inference_queue_duration_us" + LABELS + "900.0")
                .contains("nv_inference_compute_input_duration_us" + LABELS + "100.0")
                .contains("nv_inference_compute_infer_duration_us" + LABELS + "4000.0")
                .contains("nv_inference_pending_request_count" + LABELS + "7.0")
                .contains("nv_model_load_duration_secs" + LABELS + "1.5")
                .contains("nv_cache_num_hits_per_model" + LABELS + "3.0")
                .contains("nv_cache_num_misses_per_model" + LABELS + "4.0")
                .contains("nv_cpu_memory_total_bytes ");
    }

    @ParameterizedTest
    @CsvSource({
        "OVERLOADED, REJECTED",
        "DEADLINE_EXCEEDED, REJECTED",
        "CANCELLED, CANCELED",
        "MODEL_FAILED, BACKEND",
        "INVALID_ARGUMENT, OTHER",
        "INTERNAL, OTHER"
    })
    void failuresHaveTritonsReasons(ErrorCode code, String reason) {
        stats.finished(KEY, code, 0, 1, 0);

        String page = page(true);
        for (String each : List.of("REJECTED", "CANCELED", "BACKEND", "OTHER")) {
            assertThat(page)
                    .contains("nv_inference_request_failure{model=\"digits\",reason=\"" + each + "\",version=\"2\"} "
                            + (each.equals(reason) ? "1.0" : "0.0"));
        }
    }

    @Test
    void theyAreNotThereIfNobodyWantsThem() {
        stats.finished(KEY, null, 3, 400_000, 2_000_000);

        assertThat(page(false)).contains("penstock_cache_hits_total").doesNotContain("nv_");
    }

    private String page(boolean tritonNames) {
        try (Telemetry telemetry = new Telemetry(stats, tritonNames, 100_000)) {
            telemetry.batching(() -> List.of(new BatchUsage(
                    KEY,
                    List.of(0L, 0L, 0L, 1L, 0L, 0L, 0L, 0L, 0L, 0L, 0L, 0L),
                    8,
                    2,
                    LatencySnapshot.EMPTY,
                    100_000,
                    Map.of(),
                    Map.of(),
                    0,
                    0,
                    0,
                    7,
                    28,
                    0)));
            telemetry.caches(() -> List.of(new CacheUsage(KEY, 1, 2, 4, 0, 0, 1, 100)));
            return telemetry.scrape("").text();
        }
    }
}
