package dev.penstock.server.grpc;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.ServingException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// The calls that end only when the caller wants, such as watches. A server that drains ends them. Thread-safe.
final class OpenStreams {
    static final String ENDING = "the server is shutting down";

    private final Set<WireCall<?, ?>> open = ConcurrentHashMap.newKeySet();
    private volatile boolean ending;

    void started(WireCall<?, ?> call) {
        if (call.getMethodDescriptor().getType().serverSendsOneMessage()) {
            return;
        }
        open.add(call);
        // endAll may have looked before this call was there.
        if (ending) {
            end(call);
        }
    }

    void ended(WireCall<?, ?> call) {
        open.remove(call);
    }

    /// Ends every stream there is, and every one that comes.
    void endAll() {
        ending = true;
        open.forEach(OpenStreams::end);
    }

    private static void end(WireCall<?, ?> call) {
        call.drain(new ServingException(ErrorCode.NOT_READY, ENDING));
    }
}
