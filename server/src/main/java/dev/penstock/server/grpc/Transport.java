package dev.penstock.server.grpc;

import java.time.Duration;

/// What carries the calls of a [GrpcDoor]: an open port and its connections. Any thread may call any method.
interface Transport extends AutoCloseable {
    int port();

    /// Takes no more calls, and waits for those under way.
    ///
    /// @return whether every call ended by itself; those that did not were ended
    boolean drain(Duration patience);

    /// Ends whatever is left, and the threads.
    @Override
    void close();
}
