package dev.penstock.server.grpc.door;

import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Stream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Our side of the streams of one connection, kept in Netty's. Each is told when Netty has closed its own. Confined to
/// the connection's event loop.
final class Streams {
    private final Http2Connection connection;
    private final Http2Connection.PropertyKey key;

    /// @param whenIdle called when the last one has ended
    Streams(Http2Connection connection, Runnable whenIdle) {
        this.connection = connection;
        this.key = connection.newKey();
        connection.addListener(new Http2ConnectionAdapter() {
            @Override
            public void onStreamClosed(Http2Stream closed) {
                DoorStream stream = closed.removeProperty(key);
                if (stream != null) {
                    stream.closed();
                }
                if (connection.numActiveStreams() == 0) {
                    whenIdle.run();
                }
            }
        });
    }

    void put(Http2Stream h2, DoorStream stream) {
        h2.setProperty(key, stream);
    }

    @Nullable
    DoorStream find(int id) {
        Http2Stream h2 = connection.stream(id);
        return h2 == null ? null : h2.getProperty(key);
    }

    /// A copy: closing a stream may close others.
    List<DoorStream> all() {
        List<DoorStream> all = new ArrayList<>();
        for (Http2Stream h2 : active()) {
            DoorStream stream = h2.getProperty(key);
            if (stream != null) {
                all.add(stream);
            }
        }
        return all;
    }

    void closeAll() {
        active().forEach(Http2Stream::close);
    }

    private List<Http2Stream> active() {
        List<Http2Stream> active = new ArrayList<>();
        try {
            connection.forEachActiveStream(active::add);
        } catch (Http2Exception e) {
            throw new IllegalStateException("walking the streams failed", e);
        }
        return active;
    }
}
