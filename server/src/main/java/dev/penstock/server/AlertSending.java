package dev.penstock.server;

import dev.penstock.server.alerting.Alerting;
import dev.penstock.server.alerting.Concern;
import dev.penstock.server.alerting.Facts;
import dev.penstock.server.config.ConfigException;
import dev.penstock.server.config.ServerConfig;
import dev.penstock.server.monitoring.Monitoring;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.random.RandomGenerator;

/// Puts together what tells receivers of alerts.
final class AlertSending {
    private AlertSending() {}

    /// @return to be started and closed by the caller
    /// @throws ConfigException if receivers cannot be told as the settings say
    static Alerting of(ServerConfig config, Monitoring monitoring, Map<String, String> environment) {
        Path folder = config.registered()
                .dataDir()
                .map(data -> data.resolve("alerts"))
                .orElse(null);
        try {
            return new Alerting(
                    config.watching().alerts(),
                    new Alerting.Around(
                            config.name(),
                            environment.getOrDefault(Alerting.SECRET_VARIABLE, ""),
                            folder,
                            () -> monitoring.alerts().stream().map(Concern::new).toList(),
                            key -> Facts.of(monitoring, key),
                            InstantSource.system(),
                            RandomGenerator.getDefault(),
                            () -> UUID.randomUUID().toString()));
        } catch (IllegalArgumentException e) {
            throw new ConfigException(List.of(String.valueOf(e.getMessage())));
        }
    }
}
