package dev.penstock.server.tracing;

import java.net.URI;
import java.util.Map;

/// Where spans go, and what all of them say.
///
/// @param collector with the whole path, usually `/v1/traces`
/// @param headers of every export, credentials say
/// @param serviceName what this server calls itself
/// @param attributes of the resource, beside those of the service
public record TracingSettings(
        URI collector,
        Map<String, String> headers,
        String serviceName,
        String serviceVersion,
        Map<String, String> attributes) {
    public TracingSettings {
        headers = Map.copyOf(headers);
        attributes = Map.copyOf(attributes);
    }
}
