package dev.penstock.server;

import dev.penstock.core.NanoClock;
import dev.penstock.monitor.drift.DriftRules;
import dev.penstock.server.admin.CountRecords;
import dev.penstock.server.alerting.Alerting;
import dev.penstock.server.alerting.WebhookSigner;
import dev.penstock.server.arms.ArmWatch;
import dev.penstock.server.config.ServerConfig;
import dev.penstock.server.monitoring.Monitoring;
import dev.penstock.server.monitoring.MonitoringSettings;
import dev.penstock.server.monitoring.Sharing;
import dev.penstock.server.rollout.Around;
import dev.penstock.server.rollout.ExternalGates;
import dev.penstock.server.rollout.GateQuestions;
import dev.penstock.server.rollout.Rollouts;
import dev.penstock.server.rollout.Uptime;
import dev.penstock.server.source.net.Hosts;
import dev.penstock.server.source.net.Resolver;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Who looks at what becomes of requests, each on a thread of its own, and tells of it or acts on it. The
/// [Site]'s lifecycle owns all of them: they end before the models do, and after the doors.
record Oversight(Monitoring monitoring, Alerting alerting, Rollouts rollouts) {
    static Oversight start(Site site, RequestPath path, ServedModels models) {
        Lifecycle lifecycle = site.lifecycle();
        // Before the models are closed, and after the doors.
        lifecycle.own(path.shadows()).start(path.table());
        Monitoring monitoring = lifecycle.own(monitoring(site, path, models));
        path.feedback().estimateFrom(monitoring::evaluation);
        monitoring.alongside(path.feedback()::tick, path.feedback()::alerts);
        monitoring.start();
        lifecycle
                .own(new ArmWatch(List.of(
                        path.guard()::tick, () -> path.arms().tick(site.clock().nanoTime()))))
                .start();
        Alerting alerting = lifecycle.own(AlertSending.of(site.config(), monitoring, System.getenv()));
        alerting.start();
        Rollouts rollouts = lifecycle.own(rollouts(site, path, models, alerting));
        rollouts.start();
        return new Oversight(monitoring, alerting, rollouts);
    }

    private static Monitoring monitoring(Site site, RequestPath path, ServedModels models) {
        ServerConfig.Monitoring asked = site.config().watching().monitoring();
        MonitoringSettings settings = new MonitoringSettings(
                DriftRules.STANDARD.withMinSamples(asked.minSamples()),
                asked.window(),
                asked.evaluateEvery(),
                asked.baselineRows(),
                asked.cpuShare());
        Path folder = site.config()
                .registered()
                .dataDir()
                .map(data -> data.resolve("monitoring"))
                .orElse(null);
        return new Monitoring(
                path.recordings()::open,
                models::serves,
                path.recordings().memory(),
                settings,
                site.processors(),
                models.registry().baselines(),
                sharing(site.config(), models),
                folder,
                InstantSource.system());
    }

    /// A record in a file is one server's.
    private static @Nullable Sharing sharing(ServerConfig config, ServedModels models) {
        CountRecords counts = models.registry().counts();
        boolean alone =
                models.recorded() == null || config.registered().storeUrl().isEmpty();
        return counts == null || alone ? null : new Sharing(counts, models.server());
    }

    private static Rollouts rollouts(Site site, RequestPath path, ServedModels models, Alerting alerting) {
        Uptime up = new Uptime(NanoClock.SYSTEM);
        Around around = new Around(
                models.registry().routes(),
                models.routes(),
                models.published(),
                new RolloutSight(path.arms(), path.shadows()),
                models.registry(),
                models.admin(),
                gates(site.config(), up),
                alerting::tell,
                models.server(),
                InstantSource.system(),
                up,
                () -> UUID.randomUUID().toString().substring(0, 8));
        return new Rollouts(around, site.tick());
    }

    private static ExternalGates gates(ServerConfig config, Uptime up) {
        Hosts hosts = new Hosts(config.routing().gateHosts(), Resolver.SYSTEM, "rollouts.allowed-hosts");
        String secret = System.getenv().getOrDefault(Alerting.SECRET_VARIABLE, "");
        return new ExternalGates(
                new GateQuestions(
                        hosts,
                        new WebhookSigner(secret),
                        InstantSource.system(),
                        () -> UUID.randomUUID().toString()),
                up);
    }
}
