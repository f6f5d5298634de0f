package dev.penstock.server.grpc.door;

import io.grpc.Context;
import io.grpc.InternalServer;
import io.grpc.MethodDescriptor;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.netty.handler.codec.http2.Http2Stream;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The RPCs that grpc-java service definitions answer. Immutable. Handlers run on event loops and must not
/// block.
final class Bridge {
    private final Map<String, ServerMethodDefinition<?, ?>> methods = new HashMap<>();

    /// What handlers find around them, before what belongs to their call.
    private final Context context;

    private final @Nullable BridgedLimits limits;

    /// @param limits null if those of the port are all there are
    Bridge(List<ServerServiceDefinition> services, @Nullable BridgedLimits limits) {
        this.limits = limits;
        context = Context.ROOT.withValue(InternalServer.SERVER_CONTEXT_KEY, new BridgedServer(services));
        for (ServerServiceDefinition service : services) {
            for (ServerMethodDefinition<?, ?> method : service.getMethods()) {
                methods.put("/" + method.getMethodDescriptor().getFullMethodName(), method);
            }
        }
    }

    @Nullable
    BridgedLimits limitsOf(MethodDescriptor<?, ?> method) {
        return limits != null && limits.applyTo(method) ? limits : null;
    }

    Context context() {
        return context;
    }

    /// Starts the call that `headers` ask for.
    ///
    /// @return null if there is no such method
    @Nullable
    DoorStream open(DoorConnection connection, Http2Stream h2, RequestHeaders headers) {
        ServerMethodDefinition<?, ?> method = methods.get(headers.requestPath().toString());
        return method == null ? null : open(connection, h2, headers, method);
    }

    private static <Q, A> DoorStream open(
            DoorConnection connection, Http2Stream h2, RequestHeaders headers, ServerMethodDefinition<Q, A> method) {
        BridgedStream<Q, A> stream = new BridgedStream<>(connection.loop, headers, method);
        connection.attach(h2, stream);
        stream.start(headers);
        return stream;
    }
}
