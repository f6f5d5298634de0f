package dev.penstock.server.source.net;

import dev.penstock.core.Check;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// An HTTP proxy that requests go through. An operator named it, so it may be anywhere.
///
/// @param host a name or an address, without brackets
/// @param login who this server is to it, or null if it lets anybody pass
public record Proxy(String host, int port, @Nullable ProxyLogin login) {
    private static final Pattern FORM = Pattern.compile(
            "(?:http://)?(?:\\[(?<six>[0-9a-fA-F:.]+)]|(?<name>[A-Za-z0-9_.-]+)):(?<port>[0-9]{1,5})/?");

    /// @param text `host:port`
    /// @throws IllegalArgumentException if it is something else
    public static Proxy parse(String text, @Nullable ProxyLogin login) {
        Matcher form = FORM.matcher(text);
        int port = form.matches() ? Integer.parseInt(form.group("port")) : 0;
        Check.argument(
                port > 0 && port <= 65_535,
                "sources.proxy: '%s' (expected: host:port; credentials are in %s)",
                text.substring(text.lastIndexOf('@') + 1),
                ProxyLogin.USER);
        String six = form.group("six");
        return new Proxy(six == null ? form.group("name") : six, port, login);
    }
}
