package dev.penstock.server.rest;

import io.netty.channel.Channel;

/// Takes over connections of a port that turn out to speak HTTP/2. Both methods are called on the
/// connection's event loop.
public interface Http2Door {
    /// Adds what speaks it to the end of the channel's pipeline; it is then told that the channel is active,
    /// and what has arrived.
    void adopt(Channel channel);

    /// Has a connection that was taken over close as soon as nothing is in progress on it.
    void drain(Channel channel);
}
