package dev.penstock.server.grpc.door;

import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import org.jspecify.annotations.Nullable;

/// Judges what Netty finds wrong with the streams of one connection. Confined to its event loop; allocates nothing.
final class StreamFaults {
    private static final System.Logger LOG = System.getLogger(StreamFaults.class.getName());

    /// How Netty words it.
    private static final String OWN_DEPENDENCY = "cannot depend on itself";

    private static final int KEPT_RESETS = 256;

    private final Http2Connection connection;

    /// The streams that we have reset last.
    private final int[] resets = new int[KEPT_RESETS];

    private int nextReset;

    StreamFaults(Http2Connection connection) {
        this.connection = connection;
    }

    void resetSent(int stream) {
        resets[nextReset++ & KEPT_RESETS - 1] = stream;
    }

    /// Whether the peer is to be told of its fault.
    boolean isTold(Http2Exception.StreamException fault) {
        if (isNone(fault)) {
            return false;
        }
        if (connection.stream(fault.streamId()) != null) {
            return true;
        }
        begin(fault.streamId());
        return fault.error() != Http2Error.STREAM_CLOSED || !wasReset(fault.streamId());
    }

    /// Whether it is none since RFC 9113, which has done away with priorities: a stream that depends on itself was an
    /// error before, and to reset an idle one is an error of its own.
    private static boolean isNone(Http2Exception.StreamException fault) {
        @Nullable String message = fault.getMessage();
        return message != null && message.contains(OWN_DEPENDENCY);
    }

    // A stream whose headers are at fault was begun all the same: what follows them is not that of an idle one.
    private void begin(int id) {
        if (connection.streamMayHaveExisted(id) || !connection.remote().isValidStreamId(id)) {
            return;
        }
        try {
            connection.remote().createStream(id, false);
        } catch (Http2Exception e) {
            LOG.log(System.Logger.Level.DEBUG, "one stream too many, and a wrong one", e);
        }
    }

    // What was on its way when we reset its stream is no fault of the peer.
    private boolean wasReset(int stream) {
        for (int id : resets) {
            if (id == stream) {
                return true;
            }
        }
        return false;
    }
}
