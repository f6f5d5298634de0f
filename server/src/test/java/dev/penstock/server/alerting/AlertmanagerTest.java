package dev.penstock.server.alerting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.penstock.server.DaemonProcess;
import dev.penstock.server.Tools;
import dev.penstock.server.config.AlertsConfig;
import dev.penstock.server.config.AlertsConfig.Approval;
import dev.penstock.server.config.AlertsConfig.Form;
import dev.penstock.server.config.AlertsConfig.Receiver;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A real Alertmanager with the configuration of `deploy/` that is told what is wrong.
@Timeout(400)
class AlertmanagerTest {
    private static final Path CONFIG =
            Path.of(System.getProperty("penstock.root", ".")).resolve("deploy/alertmanager/alertmanager.yml");

    private volatile List<Concern> concerns = List.of();

    @TempDir
    private Path folder;

    @Test
    void itIsToldWhatIsActiveAndWhenThatIsOver() throws Exception {
        assumeTrue(Tools.isInstalled("prometheus-alertmanager"), Tools.ALERTMANAGER_NEEDED);
        List<String> command = List.of(
                "prometheus-alertmanager",
                "--config.file=" + CONFIG,
                "--storage.path=" + Files.createDirectory(folder.resolve("data")),
                "--web.listen-address=127.0.0.1:0",
                "--cluster.listen-address=");
        try (DaemonProcess manager = new DaemonProcess(folder.resolve("log"), command);
                Alerting alerting = alerting(manager.url())) {
            Concern raised = Concerns.critical(InstantSource.system().millis());
            concerns = List.of(raised);

            JsonNode alert = awaitAlerts(manager, 1).path(0);
            JsonNode labels = alert.path("labels");
            assertThat(labels.path("alertname").asString("")).isEqualTo("ModelDrift");
            assertThat(labels.path("model").asString("")).isEqualTo("fraud");
            assertThat(labels.path("version").asString("")).isEqualTo("8");
            assertThat(labels.path("severity").asString("")).isEqualTo("critical");
            assertThat(labels.path("gateway").asString("")).isEqualTo("eu");
            assertThat(alert.path("annotations").path("summary").asString("")).isNotEmpty();
            assertThat(alert.path("receivers").path(0).path("name").asString(""))
                    .as("as the example routes it")
                    .isEqualTo("on-call");

            concerns = List.of(Concerns.cleared(raised, InstantSource.system().millis()));
            assertThat(awaitAlerts(manager, 0)).isEmpty();
            assertThat(alerting.receivers().getFirst().attemptsFailed()).isZero();
        }
    }

    private Alerting alerting(String url) {
        AlertsConfig config = new AlertsConfig(
                List.of(new Receiver("manager", Form.ALERTMANAGER, URI.create(url))),
                List.of(),
                List.of("127.0.0.1"),
                Optional.empty(),
                Duration.ofHours(1),
                Duration.ZERO,
                Duration.ofSeconds(10),
                Duration.ofHours(1),
                16,
                new AlertsConfig.Retraining(List.of(), Duration.ofHours(24), Approval.MANUAL));
        Alerting alerting = new Alerting(
                config,
                new Alerting.Around(
                        "eu",
                        SigningSecretsTest.SECRET,
                        null,
                        () -> concerns,
                        _ -> null,
                        InstantSource.system(),
                        new SplittableRandom(5),
                        () -> "e"));
        alerting.start();
        return alerting;
    }

    /// Until it has so many; the test's own limit ends this.
    private static JsonNode awaitAlerts(DaemonProcess manager, int count) throws IOException, InterruptedException {
        while (true) {
            JsonNode alerts =
                    JsonMapper.shared().readTree(manager.get("/api/v2/alerts").body());
            if (alerts.isArray() && alerts.size() == count) {
                return alerts;
            }
            LockSupport.parkNanos(50_000_000);
        }
    }
}
