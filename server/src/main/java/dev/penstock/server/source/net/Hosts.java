package dev.penstock.server.source.net;

import dev.penstock.server.source.FetchException;
import dev.penstock.server.source.FetchException.Reason;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Locale;

/// Which machines may be asked for something: none but those on a list, and by a pattern none that is
/// private. Immutable.
///
/// Whoever connects must use one of the addresses that [#addresses] gave, not the name: a second look-up
/// could give others.
public final class Hosts {
    private final List<HostPattern> allowed;
    private final Resolver resolver;
    private final String setting;

    /// Those that models may be fetched from.
    ///
    /// @param allowed each `host`, `host:port` or `*.suffix`; none for no host at all
    /// @throws IllegalArgumentException if one is something else
    public Hosts(List<String> allowed, Resolver resolver) {
        this(allowed, resolver, "sources.allowed-hosts");
    }

    /// @param setting that the list comes from, for messages
    public Hosts(List<String> allowed, Resolver resolver, String setting) {
        this.allowed =
                allowed.stream().map(text -> HostPattern.parse(text, setting)).toList();
        this.resolver = resolver;
        this.setting = setting;
    }

    /// Whether a list may have that line.
    public static boolean isPattern(String text) {
        try {
            HostPattern _ = HostPattern.parse(text, "");
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /// Refuses a host that is not on the list, without looking for its addresses.
    ///
    /// @throws FetchException with `REFUSED`
    public void checkListed(String host, int port) {
        boolean _ = listedItself(host, port);
    }

    /// The addresses of a host that may be connected to.
    ///
    /// @param host a name or an address, an IPv6 one with or without brackets
    /// @throws FetchException with `REFUSED` if it is not on the list, or private and not listed by its
    ///     very name, with `UNREACHABLE` if it has no address
    public List<InetAddress> addresses(String host, int port) {
        boolean listedItself = listedItself(host, port);
        String name = bare(host);
        List<InetAddress> addresses = resolve(name);
        if (!listedItself) {
            addresses.forEach(address -> checkPublic(name, address));
        }
        return addresses;
    }

    /// What a proxy is asked for: a host that is listed by its very name by that, as it may be private; any
    /// other by an address that was judged, for the proxy could look the name up differently.
    ///
    /// @return with brackets around an address of IPv6
    /// @throws FetchException as [#addresses] does
    String throughProxy(String host, int port) {
        String name = listedItself(host, port)
                ? bare(host)
                : addresses(host, port).getFirst().getHostAddress();
        return name.contains(":") ? "[" + name + "]" : name;
    }

    /// The addresses of the proxy itself.
    List<InetAddress> addresses(Proxy proxy) {
        return resolve(proxy.host());
    }

    /// @return false if only a pattern has it
    /// @throws FetchException with `REFUSED` if it is not on the list
    private boolean listedItself(String host, int port) {
        String name = bare(host);
        List<HostPattern> matching =
                allowed.stream().filter(pattern -> pattern.matches(name, port)).toList();
        if (matching.isEmpty()) {
            throw new FetchException(
                    Reason.REFUSED,
                    "the host '%s:%d' is not allowed; add '%s' to %s".formatted(name, port, name, setting));
        }
        return !matching.stream().allMatch(HostPattern::wildcard);
    }

    private List<InetAddress> resolve(String name) {
        try {
            return resolver.resolve(name);
        } catch (UnknownHostException e) {
            throw new FetchException(Reason.UNREACHABLE, "the host '" + name + "' has no address", e);
        }
    }

    private void checkPublic(String name, InetAddress address) {
        if (!PublicAddress.is(address)) {
            throw new FetchException(
                    Reason.REFUSED,
                    "the host '%s' has the private address %s; if that is meant, add '%s' itself to %s"
                            .formatted(name, address.getHostAddress(), name, setting));
        }
    }

    private static String bare(String host) {
        String name = host.toLowerCase(Locale.ROOT);
        if (name.startsWith("[") && name.endsWith("]")) {
            name = name.substring(1, name.length() - 1);
        }
        return name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
    }
}
