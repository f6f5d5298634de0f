package dev.penstock.server.source.net;

import dev.penstock.core.Check;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// An HTTP proxy that requests go through. An operator named it, so it may be anywhere.
///
/// @param host a name or an address, without brackets
public record Proxy(String host, int port) {
    private static final Pattern FORM = Pattern.compile(
            "(?:http://)?(?:\\[(?<six>[0-9a-fA-F:.]+)]|(?<name>[A-Za-z0-9_.-]+)):(?<port>[0-9]{1,5})/?");

    /// @param text `host:port`
    /// @throws IllegalArgumentException if it is something else
    public static Proxy parse(String text) {
        Matcher form = FORM.matcher(text);
        int port = form.matches() ? Integer.parseInt(form.group("port")) : 0;
        Check.argument(port > 0 && port <= 65_535, "sources.proxy: '%s' (expected: host:port)", text);
        String six = form.group("six");
        return new Proxy(six == null ? form.group("name") : six, port);
    }
}
