package dev.penstock.server.grpc.door;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2Stream;
import org.jspecify.annotations.Nullable;

/// One HTTP/2 stream of a connection. Confined to the connection's event loop.
abstract class DoorStream {
    final LoopContext loop;

    /// Bytes of answers that wait for the peer's window.
    int waitingBytes;

    private @Nullable DoorConnection connection;
    private @Nullable DoorOutput output;
    private @Nullable Http2Stream h2;
    private long openedNanos;

    DoorStream(LoopContext loop) {
        this.loop = loop;
    }

    /// @param nowNanos when it was opened
    final void attach(DoorConnection newConnection, Http2Stream newStream, long nowNanos) {
        openedNanos = nowNanos;
        connection = newConnection;
        output = newConnection.output();
        h2 = newStream;
        waitingBytes = 0;
    }

    final DoorConnection connection() {
        if (connection == null) {
            throw new IllegalStateException("stream without a connection (expected: attached)");
        }
        return connection;
    }

    /// What the connection sends.
    final DoorOutput output() {
        if (output == null) {
            throw new IllegalStateException("stream without a connection (expected: attached)");
        }
        return output;
    }

    final Http2Stream h2() {
        if (h2 == null) {
            throw new IllegalStateException("stream without a connection (expected: attached)");
        }
        return h2;
    }

    final long openedNanos() {
        return openedNanos;
    }

    final int streamId() {
        return h2().id();
    }

    /// When the caller has no more use for an answer; [dev.penstock.core.InferenceRequest#NO_DEADLINE] if it
    /// did not say.
    abstract long deadlineNanos();

    /// Whether the caller was sent an answer, or a part of one.
    abstract boolean isAnswered();

    /// Takes DATA; [#ended] follows if `last`.
    ///
    /// @return how many of the bytes are done with, whose window the peer gets back at once; the others are
    ///     given back with [DoorConnection#consumed]
    abstract int data(ByteBuf data, boolean last);

    /// The peer sends no more.
    abstract void ended();

    /// The stream is over: answered, reset by either side, or its connection is gone.
    abstract void closed();

    /// The server is going away: what could go on for ever should end.
    void draining() {}
}
