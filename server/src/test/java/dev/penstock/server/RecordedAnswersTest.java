package dev.penstock.server;

import static dev.penstock.server.TestGateways.EXAMPLES;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.monitor.recording.Cumulative;
import dev.penstock.monitor.recording.Feature;
import dev.penstock.monitor.recording.MonitorPlan;
import dev.penstock.monitor.recording.Recordings;
import dev.penstock.monitor.recording.ScoreForm;
import dev.penstock.monitor.recording.VersionRecording;
import dev.penstock.server.admin.GrpcTransport;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What whole servers count of what their models answer, over real sockets.
@Timeout(400)
class RecordedAnswersTest {
    private static final int REQUESTS = 200;

    private final HttpClient http = HttpClient.newHttpClient();

    @ParameterizedTest
    @EnumSource
    void everyAnswerIsCountedOnceAndTrialRunsAreNot(GrpcTransport transport) throws Exception {
        try (RunningGateway gateway = TestGateways.serving(EXAMPLES.resolve("models"), transport)) {
            for (int i = 0; i < REQUESTS; i++) {
                infer(
                        gateway,
                        "iris",
                        "{\"inputs\":[{\"name\":\"features\",\"shape\":[2,4],\"datatype\":\"FP32\","
                                + "\"data\":[5.8,2.6,4,1.2,5.1,3.5,1.4,0.2]}]}");
            }

            Cumulative counts = awaitSeen(gateway, "iris", 2 * REQUESTS);
            MonitorPlan plan = counts.plan();
            assertThat(counts.recorded()).isEqualTo(2 * REQUESTS);
            assertThat(counts.count(MonitorPlan.MISMATCHED)).isZero();
            assertThat(plan.features()).extracting(Feature::name).contains("output:label");
            for (Feature feature : plan.features()) {
                assertThat(counts.total(feature)).as(feature.name()).isEqualTo(2 * REQUESTS);
            }
            String scores = plan.features().stream()
                    .map(Feature::name)
                    .filter(name -> name.endsWith(":class"))
                    .findFirst()
                    .orElseThrow();
            assertThat(plan.form(scores)).isEqualTo(ScoreForm.PROBABILITIES);
            assertThat(plan.feature(scores))
                    .isInstanceOfSatisfying(
                            Feature.Categorical.class,
                            classes -> assertThat(counts.categories(classes)).containsExactly(REQUESTS, REQUESTS, 0));
        }
    }

    @Test
    void aVersionThatIsGoneGivesItsMemoryBack() {
        Recordings recorded;
        try (RunningGateway gateway = TestGateways.serving(EXAMPLES.resolve("models"))) {
            recorded = gateway.recorded();
            assertThat(recorded.open()).isNotEmpty();
            assertThat(recorded.memory().reservedBytes()).isPositive();
        }
        assertThat(recorded.open()).isEmpty();
        assertThat(recorded.memory().reservedBytes()).isZero();
    }

    private void infer(RunningGateway gateway, String model, String body) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create(TestGateways.url(gateway, "/v2/models/" + model + "/infer")))
                .POST(BodyPublishers.ofString(body))
                .build();
        HttpResponse<String> response = http.send(request, BodyHandlers.ofString());
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    }

    /// What is counted of a batch is counted after its answers.
    private static Cumulative awaitSeen(RunningGateway gateway, String model, long rows) {
        VersionRecording recording = gateway.recorded().open().stream()
                .filter(open -> open.key().name().equals(model))
                .findFirst()
                .orElseThrow();
        while (true) {
            Cumulative counts = recording.snapshot();
            if (counts != null && counts.seen() >= rows) {
                return counts;
            }
            LockSupport.parkNanos(1_000_000);
        }
    }
}
