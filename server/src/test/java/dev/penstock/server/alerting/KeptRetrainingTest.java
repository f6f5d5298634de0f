package dev.penstock.server.alerting;

import static dev.penstock.server.alerting.TestReceiver.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.monitor.drift.DriftStatus;
import dev.penstock.server.config.AlertsConfig;
import dev.penstock.server.config.AlertsConfig.About;
import dev.penstock.server.config.AlertsConfig.Approval;
import dev.penstock.server.config.AlertsConfig.Form;
import dev.penstock.server.config.AlertsConfig.Receiver;
import dev.penstock.server.config.AlertsConfig.Rule;
import dev.penstock.server.monitoring.Alert;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What of requests for retraining outlives a restart.
@Timeout(240)
class KeptRetrainingTest {
    @TempDir
    private Path folder;

    private volatile List<Concern> concerns = List.of();

    private Alerting alerting(TestReceiver receiver) {
        return Sending.of(
                List.of(new Receiver("ops", Form.WEBHOOK, URI.create(receiver.url("/hook")))),
                List.of(new Rule(About.RETRAINING, "*", "ops")),
                () -> concerns,
                folder,
                null);
    }

    @Test
    void whatWaitsIsDecidedAfterARestartAndNotAskedForAgain() {
        try (TestReceiver receiver = new TestReceiver(_ -> 204)) {
            RetrainingRequest asked;
            concerns = List.of(Concerns.critical(InstantSource.system().millis()));
            try (Alerting alerting = alerting(receiver)) {
                await(() -> !alerting.retraining().isEmpty(), "asked for");
                asked = alerting.retraining().getFirst();
            }
            try (Alerting alerting = alerting(receiver)) {
                assertThat(alerting.retraining()).containsExactly(asked);
                assertThat(alerting.decide(asked.id(), RetrainingRequest.State.APPROVED, "ann")
                                .decidedBy())
                        .isEqualTo("ann");
                await(() -> !receiver.accepted().isEmpty(), "told");
            }
            try (Alerting alerting = alerting(receiver)) {
                assertThat(alerting.retraining())
                        .singleElement()
                        .satisfies(one -> assertThat(one.state()).isEqualTo(RetrainingRequest.State.APPROVED));
            }
            assertThat(receiver.posts()).hasSize(1);
        }
    }

    @Test
    void aModelThatWasAskedForLatelyIsNotAskedForAgainAfterARestart() {
        long day = Duration.ofDays(1).toMillis();
        AlertsConfig.Retraining rules = new AlertsConfig.Retraining(List.of(), Duration.ofDays(1), Approval.NONE);
        Retraining before = new Retraining(rules, _ -> true, () -> "r1");
        assertThat(before.changes()).as("nothing has changed").isNull();
        assertThat(before.next(List.of(Concerns.critical(1)), 10)).hasSize(1);
        Retraining.Kept kept = before.changes();
        assertThat(kept).isNotNull();
        assertThat(before.changes()).isNull();

        Retraining after = new Retraining(rules, _ -> true, () -> "r2", kept);

        assertThat(after.all()).isEqualTo(before.all());
        assertThat(after.next(List.of(Concerns.critical(1)), 10 + day - 1)).isEmpty();
        assertThat(after.next(List.of(Concerns.critical(1)), 10 + day)).hasSize(1);
    }

    @Test
    void allThatIsWrittenIsRead() {
        Concern quality =
                Concerns.of(Alert.Kind.QUALITY, Concerns.FRAUD, DriftStatus.WARNING, 5, 0, List.of("accuracy \"x\""));
        RetrainingRequest request = new RetrainingRequest(
                "r1",
                Concerns.FRAUD,
                List.of(Concerns.critical(1), quality),
                10,
                RetrainingRequest.State.DISMISSED,
                20,
                "ann");
        Retraining.Kept kept = new Retraining.Kept(List.of(request), Map.of("fraud", 10L));

        assertThat(RetrainingJson.read(RetrainingJson.write(kept))).isEqualTo(kept);
    }

    @Test
    void whatCannotBeReadIsLeftOut() throws IOException {
        Files.writeString(folder.resolve(RetrainingFile.NAME), "{\"asked\":{},\"requests\":[{\"id\":\"x\"}]}");

        try (TestReceiver receiver = new TestReceiver(_ -> 204);
                Alerting alerting = alerting(receiver)) {
            assertThat(alerting.retraining()).isEmpty();
        }
    }
}
