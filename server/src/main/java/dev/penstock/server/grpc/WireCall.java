package dev.penstock.server.grpc;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import com.google.protobuf.MessageLite;
import dev.penstock.core.ErrorCode;
import dev.penstock.core.ServingException;
import io.grpc.Attributes;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.SecurityLevel;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.InputStream;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A call whose requests are decoded behind the transport, and whose answers say what the [Exposure] says.
///
/// Headers, messages and the end may come from any thread. What comes after the end is dropped.
final class WireCall<Q, A> extends ServerCall<Q, A> {
    private static final Context.Key<WireCall<?, ?>> CURRENT = Context.key("penstock-call");

    /// Has the first failed request end a stream, with its true status.
    private static final Metadata.Key<String> STRICT =
            Metadata.Key.of("triton_grpc_error", Metadata.ASCII_STRING_MARSHALLER);

    private final ServerCall<InputStream, A> wire;
    private final MethodDescriptor<Q, A> method;
    private final Exposure exposure;
    private final boolean strict;
    private final int compressFromBytes;
    private final @Nullable StreamFate fate = StreamFate.current();
    private final ReentrantLock lock = new ReentrantLock();

    @GuardedBy("lock")
    private boolean headersSent;

    /// Written under `lock`, read without.
    private volatile boolean closed;

    private volatile @Nullable Consumer<ServingException> unreadable;
    private volatile @Nullable Runnable draining;

    /// @param compressFromBytes answers of at least so many bytes are compressed, if the caller takes that
    WireCall(
            ServerCall<InputStream, A> wire,
            Metadata headers,
            MethodDescriptor<Q, A> method,
            Exposure exposure,
            int compressFromBytes) {
        this.compressFromBytes = compressFromBytes;
        this.wire = wire;
        this.method = method;
        this.exposure = exposure;
        this.strict = "true".equalsIgnoreCase(headers.get(STRICT));
    }

    /// That whose handler is running.
    static WireCall<?, ?> current() {
        @Nullable WireCall<?, ?> current = CURRENT.get();
        if (current == null) {
            throw new IllegalStateException("no call is being handled");
        }
        return current;
    }

    /// `context` as it is while the handler of this call runs.
    Context in(Context context) {
        return exposure.in(context).withValue(CURRENT, this);
    }

    boolean failsStrictly() {
        return strict;
    }

    /// Has messages that are none handed to `taker`, instead of ending the call.
    void onUnreadable(Consumer<ServingException> taker) {
        unreadable = taker;
    }

    /// @return whether the call goes on
    boolean goesOnAfter(ServingException cause) {
        @Nullable Consumer<ServingException> taker = unreadable;
        if (taker == null || cause.code() != ErrorCode.INVALID_ARGUMENT) {
            return false;
        }
        taker.accept(cause);
        return true;
    }

    /// Has `end` called when the server goes away, instead of ending the call.
    void onDraining(Runnable end) {
        draining = end;
    }

    void drain(ServingException cause) {
        @Nullable Runnable end = draining;
        if (end == null) {
            close(cause);
        } else {
            end.run();
        }
    }

    boolean isClosed() {
        return closed;
    }

    @Override
    public void sendHeaders(Metadata headers) {
        lock.lock();
        try {
            if (!closed) {
                exposure.writeTo(headers);
                headersSent = true;
                if (compressFromBytes != Integer.MAX_VALUE) {
                    // Said for callers only that take it, which the transport knows.
                    wire.setCompression("gzip");
                }
                wire.sendHeaders(headers);
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void sendMessage(A message) {
        lock.lock();
        try {
            if (!closed) {
                if (compressFromBytes != Integer.MAX_VALUE) {
                    wire.setMessageCompression(isLarge(message));
                }
                wire.sendMessage(message);
                if (fate != null && wire.isReady()) {
                    fate.answersTaken();
                }
            }
        } finally {
            lock.unlock();
        }
    }

    private boolean isLarge(A message) {
        return message instanceof MessageLite known && known.getSerializedSize() >= compressFromBytes;
    }

    @Override
    public void close(Status status, Metadata trailers) {
        lock.lock();
        try {
            if (!closed) {
                closed = true;
                if (!headersSent || !status.isOk()) {
                    exposure.writeTo(trailers);
                }
                wire.close(status, trailers);
            }
        } finally {
            lock.unlock();
        }
    }

    void close(ServingException cause) {
        StatusRuntimeException refusal = GrpcErrors.refusal(cause);
        @Nullable Metadata trailers = refusal.getTrailers();
        close(refusal.getStatus(), trailers == null ? new Metadata() : trailers);
    }

    @Override
    public void request(int numMessages) {
        wire.request(numMessages);
    }

    @Override
    public boolean isReady() {
        return wire.isReady();
    }

    @Override
    public boolean isCancelled() {
        return wire.isCancelled();
    }

    @Override
    public void setMessageCompression(boolean enabled) {
        wire.setMessageCompression(enabled);
    }

    @Override
    public void setCompression(String compressor) {
        wire.setCompression(compressor);
    }

    @Override
    public void setOnReadyThreshold(int numBytes) {
        wire.setOnReadyThreshold(numBytes);
    }

    @Override
    public SecurityLevel getSecurityLevel() {
        return wire.getSecurityLevel();
    }

    @Override
    public Attributes getAttributes() {
        return wire.getAttributes();
    }

    @Override
    public @Nullable String getAuthority() {
        return wire.getAuthority();
    }

    @Override
    public MethodDescriptor<Q, A> getMethodDescriptor() {
        return method;
    }
}
