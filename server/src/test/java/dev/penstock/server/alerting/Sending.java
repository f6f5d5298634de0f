package dev.penstock.server.alerting;

import dev.penstock.server.config.AlertsConfig;
import dev.penstock.server.config.AlertsConfig.Approval;
import dev.penstock.server.config.AlertsConfig.Receiver;
import dev.penstock.server.config.AlertsConfig.Rule;
import dev.penstock.server.source.net.Resolver;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Who tells receivers on this machine of concerns that a test has.
final class Sending {
    private static final Duration QUICKLY = Duration.ofMillis(10);
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private Sending() {}

    /// Started; the caller closes it.
    ///
    /// @param data for what is kept; null keeps nothing
    /// @param secrets of receivers, or null
    static Alerting of(
            List<Receiver> receivers,
            List<Rule> rules,
            Supplier<List<Concern>> concerns,
            @Nullable Path data,
            @Nullable Path secrets) {
        AlertsConfig config = new AlertsConfig(
                receivers,
                rules,
                List.of("127.0.0.1"),
                Optional.ofNullable(secrets),
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
                        "",
                        data,
                        concerns,
                        _ -> null,
                        InstantSource.system(),
                        new SplittableRandom(5),
                        () -> UUID.randomUUID().toString()),
                new Receivers.Means(QUICKLY, PATIENCE, PATIENCE, Resolver.SYSTEM));
        alerting.start();
        return alerting;
    }
}
