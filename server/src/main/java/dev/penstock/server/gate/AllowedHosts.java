package dev.penstock.server.gate;

import dev.penstock.core.Check;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/// Which machines webhooks may lead to: those that are named, and no others. Immutable.
///
/// Names stand for themselves, so whoever lists one trusts it whatever its address is.
final class AllowedHosts {
    private static final Pattern FORM = Pattern.compile("(\\[[0-9a-f:.]+]|[a-z0-9_.-]+)(:\\d{1,5})?");
    private static final int HTTP_PORT = 80;
    private static final int HTTPS_PORT = 443;

    private final List<String> hosts;

    /// @param hosts each `host`, for any port of it, or `host:port`
    AllowedHosts(List<String> hosts) {
        this.hosts = hosts.stream().map(host -> host.toLowerCase(Locale.ROOT)).toList();
        for (String host : this.hosts) {
            Check.argument(FORM.matcher(host).matches(), "allowed host: '%s' (expected: host or host:port)", host);
        }
    }

    boolean allow(URI uri) {
        String host = host(uri);
        return hosts.contains(host) || hosts.contains(host + ":" + port(uri));
    }

    /// As messages may show it: the rest of a webhook's URL may be a secret.
    static String shown(URI uri) {
        return host(uri) + ":" + port(uri);
    }

    private static String host(URI uri) {
        return uri.getHost() == null ? "" : uri.getHost().toLowerCase(Locale.ROOT);
    }

    private static int port(URI uri) {
        if (uri.getPort() >= 0) {
            return uri.getPort();
        }
        return "https".equalsIgnoreCase(uri.getScheme()) ? HTTPS_PORT : HTTP_PORT;
    }
}
