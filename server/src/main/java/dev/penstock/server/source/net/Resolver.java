package dev.penstock.server.source.net;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/// Finds the addresses of a host. Thread-safe; may block.
@FunctionalInterface
public interface Resolver {
    /// The system's.
    Resolver SYSTEM = host -> List.of(InetAddress.getAllByName(host));

    /// @return at least one
    List<InetAddress> resolve(String host) throws UnknownHostException;
}
