package dev.penstock.server.grpc.door;

import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelPromise;

/// Counts the frames that a peer has us send without asking for anything, and that wait for it to read them. Confined
/// to the connection's loop.
final class ControlFrames {
    private final int max;
    private final ChannelFutureListener written = future -> leave();
    private int waiting;

    ControlFrames(int max) {
        this.max = max;
    }

    private void leave() {
        waiting--;
    }

    /// Counts the frame that is written with this promise.
    ///
    /// @return the promise to write it with
    ChannelPromise add(ChannelPromise promise) {
        waiting++;
        return promise.unvoid().addListener(written);
    }

    boolean areTooMany() {
        return waiting > max;
    }
}
