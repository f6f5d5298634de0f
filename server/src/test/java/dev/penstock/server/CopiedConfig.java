package dev.penstock.server;

import dev.penstock.server.config.AccessLogConfig;
import dev.penstock.server.config.AlertsConfig;
import dev.penstock.server.config.LogConfig;
import dev.penstock.server.config.PayloadConfig;
import dev.penstock.server.config.RoutingConfig;
import dev.penstock.server.config.ServerConfig;
import dev.penstock.server.config.TracingConfig;
import dev.penstock.server.config.WatchConfig;

/// A configuration that differs from another in a few parts, each given by its name. For one thread.
final class CopiedConfig {
    private final ServerConfig base;
    private ServerConfig.Monitoring monitoring;
    private AlertsConfig alerts;
    private AccessLogConfig accessLog;
    private TracingConfig tracing;
    private PayloadConfig payload;
    private ServerConfig.Feedback feedback;
    private RoutingConfig routing;

    private CopiedConfig(ServerConfig base) {
        this.base = base;
        this.monitoring = base.watching().monitoring();
        this.alerts = base.watching().alerts();
        this.accessLog = base.logs().access();
        this.tracing = base.logs().tracing();
        this.payload = base.logs().payload();
        this.feedback = base.watching().feedback();
        this.routing = base.routing();
    }

    static CopiedConfig of(ServerConfig base) {
        return new CopiedConfig(base);
    }

    CopiedConfig monitoring(ServerConfig.Monitoring other) {
        monitoring = other;
        return this;
    }

    CopiedConfig alerts(AlertsConfig other) {
        alerts = other;
        return this;
    }

    CopiedConfig accessLog(AccessLogConfig other) {
        accessLog = other;
        return this;
    }

    CopiedConfig tracing(TracingConfig other) {
        tracing = other;
        return this;
    }

    CopiedConfig payload(PayloadConfig other) {
        payload = other;
        return this;
    }

    CopiedConfig feedback(ServerConfig.Feedback other) {
        feedback = other;
        return this;
    }

    CopiedConfig routing(RoutingConfig other) {
        routing = other;
        return this;
    }

    ServerConfig made() {
        return new ServerConfig(
                base.name(),
                base.models(),
                base.registered(),
                base.ports(),
                base.work(),
                new WatchConfig(monitoring, alerts, feedback, base.watching().shadow()),
                new LogConfig(base.logs().level(), accessLog, tracing, payload),
                routing,
                base.shutdown());
    }
}
