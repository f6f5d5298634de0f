package dev.penstock.server.tracing;

import dev.penstock.core.NanoClock;
import io.opentelemetry.sdk.common.export.HttpSender;
import io.opentelemetry.sdk.common.export.HttpSenderConfig;
import io.opentelemetry.sdk.common.export.HttpSenderProvider;

/// Has OpenTelemetry's exporter send with the JDK's client, so that it needs no other. Public because it is
/// found by name.
public final class HttpSending implements HttpSenderProvider {
    @Override
    public HttpSender createSender(HttpSenderConfig config) {
        return new JdkHttpSender(config, NanoClock.SYSTEM);
    }
}
