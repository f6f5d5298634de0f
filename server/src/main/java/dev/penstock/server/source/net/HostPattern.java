package dev.penstock.server.source.net;

import dev.penstock.core.Check;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// One line of the allow-list.
///
/// @param name lower case, without the brackets of an IPv6 address; of a pattern what follows its `*`,
///     such as `.hf.co`
/// @param port 0 for any
record HostPattern(String name, boolean wildcard, int port) {
    private static final Pattern FORM = Pattern.compile(
            "(?:\\[(?<six>[0-9a-fA-F:.]+)]|(?<name>(?:\\*\\.)?[A-Za-z0-9_.-]+))(?::(?<port>[0-9]{1,5}))?");
    private static final Pattern BARE_SIX = Pattern.compile("[0-9a-fA-F]*:[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");

    /// @param text `host`, `host:port`, `*.suffix`, `*.suffix:port`, or an address, `[…]` around one of
    ///     IPv6 with a port
    /// @param setting the list's name, for messages
    /// @throws IllegalArgumentException if it is none of these
    static HostPattern parse(String text, String setting) {
        if (BARE_SIX.matcher(text).matches()) {
            return new HostPattern(text.toLowerCase(Locale.ROOT), false, 0);
        }
        Matcher form = FORM.matcher(text);
        Check.argument(form.matches(), "%s: '%s' (expected: host, host:port or *.suffix)", setting, text);
        String port = form.group("port");
        int number = port == null ? 0 : Integer.parseInt(port);
        Check.argument(number <= 65_535, "%s: '%s' (expected: a port <= 65535)", setting, text);
        String six = form.group("six");
        String name = (six == null ? form.group("name") : six).toLowerCase(Locale.ROOT);
        boolean wildcard = name.startsWith("*");
        return new HostPattern(wildcard ? name.substring(1) : name, wildcard, number);
    }

    /// @param host lower case, without brackets
    boolean matches(String host, int hostPort) {
        boolean named = wildcard ? host.endsWith(name) && host.length() > name.length() : host.equals(name);
        return named && (port == 0 || port == hostPort);
    }
}
