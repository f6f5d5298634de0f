package dev.penstock.server.config;

import dev.penstock.core.Check;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Traces of requests.
///
/// @param endpoint of the collector, or "" for none
/// @param ratio of the requests that begin a trace, from 0 to 1
/// @param queueSize requests that may wait to be sent
/// @param headersFile with headers of every export
/// @param attributes of the resource, each `name=value`
public record TracingConfig(
        String endpoint, double ratio, int queueSize, Optional<Path> headersFile, List<String> attributes) {
    /// No traces.
    public static final TracingConfig OFF = new TracingConfig("", 0, 1, Optional.empty(), List.of());

    private static final String STANDARD_PATH = "/v1/traces";

    public TracingConfig {
        attributes = List.copyOf(attributes);
        Check.argument(
                endpoint.isEmpty() || isUrl(endpoint),
                "tracing.endpoint: %s (expected: none, or http://host:port)",
                endpoint);
        for (String attribute : attributes) {
            Check.argument(attribute.indexOf('=') > 0, "tracing.attributes: %s (expected: name=value)", attribute);
        }
    }

    private static boolean isUrl(String text) {
        try {
            URI uri = URI.create(text);
            String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
            return (scheme.equals("http") || scheme.equals("https")) && uri.getHost() != null;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    public boolean isOn() {
        return !endpoint.isEmpty();
    }

    /// Where exports are posted: the endpoint, with OTLP's standard path where it has none.
    public URI collector() {
        URI uri = URI.create(endpoint);
        String path = uri.getPath();
        return path == null || path.isEmpty() || path.equals("/") ? uri.resolve(STANDARD_PATH) : uri;
    }
}
