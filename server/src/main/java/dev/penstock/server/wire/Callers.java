package dev.penstock.server.wire;

import dev.penstock.router.split.RequestFacts;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/// Tells callers apart, so that what waits can be run in turns: by the header if it was sent, else by the
/// address of the peer without its port. As hashes: two callers may share one, and then share a turn.
public final class Callers {
    /// Who asks, in words of the caller's own, where several share an address.
    public static final String HEADER = RequestFacts.CALLER_HEADER;

    private Callers() {}

    /// Who asks, in its own words, for logs; a name, not a proof.
    ///
    /// @param header as it was sent, or null
    public static String principal(@Nullable String header) {
        return header == null || header.isEmpty() ? "local" : HeaderText.quote(header);
    }

    /// @param header as it was sent; none or an empty one says nothing
    /// @param peer see [#of(SocketAddress)]
    public static int of(@Nullable CharSequence header, int peer) {
        if (header == null || header.isEmpty()) {
            return peer;
        }
        int hash = 0;
        for (int i = 0; i < header.length(); i++) {
            hash = 31 * hash + header.charAt(i);
        }
        return hash;
    }

    /// @param peer null where it is not known, as for a connection that is gone
    public static int of(@Nullable SocketAddress peer) {
        if (peer instanceof InetSocketAddress internet) {
            InetAddress address = internet.getAddress();
            return address == null ? peer.hashCode() : address.hashCode();
        }
        return peer == null ? 0 : peer.hashCode();
    }
}
