package dev.penstock.server.grpc;

import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/// Remembers why the transport gave a call up, which the call itself is not told. One per call.
///
/// The transport writes it before it tells the call, on the same thread.
final class StreamFate extends ServerStreamTracer {
    private static final Context.Key<StreamFate> CURRENT = Context.key("penstock-stream-fate");

    private volatile @Nullable Status status;

    static final class Factory extends ServerStreamTracer.Factory {
        @Override
        public ServerStreamTracer newServerStreamTracer(String fullMethodName, Metadata headers) {
            return new StreamFate();
        }
    }

    static @Nullable StreamFate current() {
        return CURRENT.get();
    }

    /// @return how the call ended, or null while it has not
    @Nullable
    Status status() {
        return status;
    }

    @Override
    public Context filterContext(Context context) {
        return context.withValue(CURRENT, this);
    }

    @Override
    public void streamClosed(Status closed) {
        status = closed;
    }
}
