package dev.penstock.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.router.arms.ArmCounts;
import dev.penstock.router.arms.ArmKey;
import dev.penstock.router.arms.AssignmentReason;
import dev.penstock.router.shadow.ShadowCounts;
import dev.penstock.router.split.ArmSpec;
import dev.penstock.router.split.CandidateSpec;
import dev.penstock.router.split.RouteSpec;
import dev.penstock.router.split.ShadowSpec;
import dev.penstock.server.admin.GrpcTransport;
import dev.penstock.server.routing.Expected;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What is counted of arms, and what shadows are asked, of requests over both doors of a whole server.
@Timeout(400)
class ArmServingTest {
    private static final String MODEL = RegisteredVersions.MODEL;
    private static final int UNITS = 60;
    private static final int CALLS = 10;

    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource(GrpcTransport.class)
    void everyRequestIsCountedForItsArmAndCopiedForItsShadow(GrpcTransport transport) throws Exception {
        Path repository = Files.createDirectory(folder.resolve("repository"));
        RouteSpec route = RouteSpec.of(MODEL, ArmSpec.of("stable", MODEL, 1))
                .withCandidates(List.of(new CandidateSpec(ArmSpec.of("canary", MODEL, 1), 5_000, 5_000)))
                .withShadows(List.of(new ShadowSpec(ArmSpec.of("next", MODEL, 2), 10_000, 0)));
        try (HttpClient client = HttpClient.newHttpClient();
                RunningGateway gateway = TestGateways.recorded(repository, folder.resolve("data"), transport);
                GrpcClient grpc = GrpcClient.of(gateway)) {
            RegisteredVersions.register(gateway, repository, 1);
            RegisteredVersions.register(gateway, repository, 2);
            gateway.routes().put(route, new Expected.Absent(), false, "ann");

            for (int i = 0; i < UNITS; i++) {
                post(client, gateway, "unit-" + i);
                post(client, gateway, "unit-" + i);
            }
            for (int i = 0; i < CALLS; i++) {
                assertThat(grpc.stub()
                                .modelInfer(RegisteredVersions.request(MODEL, ""))
                                .getModelVersion())
                        .isEqualTo("1");
            }

            int all = 2 * UNITS + CALLS;
            Map<ArmKey, ArmCounts> counts = gateway.arms().counts(MODEL);
            ArmCounts both = counts.values().stream().reduce(ArmCounts.EMPTY, ArmCounts::plus);
            assertThat(counts)
                    .hasSize(2)
                    .allSatisfy((key, one) ->
                            assertThat(one.answered()).as(key.arm()).isPositive());
            assertThat(both.answered()).isEqualTo(all);
            assertThat(both.reasons())
                    .isEqualTo(Map.of(AssignmentReason.HASH, 2L * UNITS, AssignmentReason.RANDOM, (long) CALLS));
            assertThat(both.firstExposures()).isEqualTo(UNITS + CALLS);
            assertThat(both.eligibleOnce()).isBetween((long) UNITS / 2, 2L * UNITS + CALLS);
            assertThat(Arrays.stream(both.bins()).sum())
                    .as("predictions of a class, once for each bucket")
                    .isBetween((long) UNITS / 2, (long) all);
            ShadowCounts shadow = shadow(gateway);
            while (shadow.ran() + shadow.notRun() < all) {
                LockSupport.parkNanos(1_000_000);
                shadow = shadow(gateway);
            }
            assertThat(shadow.ran()).as(shadow.toString()).isPositive();
            assertThat(shadow.failed()).isEmpty();

            Metrics metrics = Metrics.of(gateway);
            assertThat(metrics.sum("penstock_arm_requests_total", "code=\"ok\""))
                    .isEqualTo(all);
            assertThat(metrics.sum("penstock_assignments_total", "reason=\"hash\""))
                    .isEqualTo(2 * UNITS);
            assertThat(metrics.sum("penstock_first_exposures_total")).isEqualTo(UNITS + CALLS);
            assertPhases(metrics, all);
            assertThat(metrics.sum("penstock_shadow_total") + metrics.sum("penstock_shadow_dropped_total"))
                    .isEqualTo(all);
            assertThat(metrics.sum("penstock_requests_total", "version=\"2\""))
                    .as("copies are no requests")
                    .isZero();
        }
    }

    private static void assertPhases(Metrics metrics, int answered) {
        for (String phase : List.of("queue", "batch", "inference")) {
            assertThat(metrics.sum("penstock_arm_phase_duration_seconds_count", "phase=\"" + phase + '"'))
                    .as(phase)
                    .isEqualTo(answered);
        }
        double queue = metrics.sum("penstock_arm_phase_duration_seconds_sum", "phase=\"queue\"");
        double batch = metrics.sum("penstock_arm_phase_duration_seconds_sum", "phase=\"batch\"");
        double inference = metrics.sum("penstock_arm_phase_duration_seconds_sum", "phase=\"inference\"");
        assertThat(batch).isPositive().isLessThanOrEqualTo(queue);
        assertThat(inference).isPositive();
        assertThat(queue + inference).isLessThanOrEqualTo(metrics.sum("penstock_arm_duration_seconds_sum") + 1e-6);
    }

    private static ShadowCounts shadow(RunningGateway gateway) {
        return gateway.shadows().counts(MODEL).values().stream().reduce(ShadowCounts.EMPTY, ShadowCounts::plus);
    }

    private static void post(HttpClient client, RunningGateway gateway, String unit) throws Exception {
        float[] row = new float[RegisteredVersions.COLUMNS];
        Arrays.fill(row, 1);
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create(TestGateways.url(gateway, "/v2/models/" + MODEL + "/infer")))
                .header("x-penstock-unit", unit)
                .POST(BodyPublishers.ofString(
                        "{\"inputs\":[{\"name\":\"x\",\"datatype\":\"FP32\",\"shape\":[1,%d],\"data\":%s}]}"
                                .formatted(row.length, Arrays.toString(row))))
                .build();
        var answer = client.send(request, BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    }
}
