package dev.penstock.server.grpc;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.ServingException;
import dev.penstock.server.fast.ByteBudget;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// What the transport does to one call and does not tell it: why it gave the call up, and how many bytes it holds for
/// it. One per call.
///
/// The transport calls it before it calls the call, on the same thread; answers may come from any.
final class StreamFate extends ServerStreamTracer {
    private static final Context.Key<StreamFate> CURRENT = Context.key("penstock-stream-fate");

    private final ByteBudget budget;

    /// Of requests that nobody has taken over yet. Confined to the event loop.
    private long requestBytes;

    /// Of them, those of the message that arrives now.
    private long messageBytes;

    /// Of answers that the peer has not taken.
    private final AtomicLong answerBytes = new AtomicLong();

    private volatile @Nullable Status status;
    private volatile @Nullable ServingException refusal;

    StreamFate(ByteBudget budget) {
        this.budget = budget;
    }

    static final class Factory extends ServerStreamTracer.Factory {
        private final ByteBudget budget;

        Factory(ByteBudget budget) {
            this.budget = budget;
        }

        @Override
        public ServerStreamTracer newServerStreamTracer(String fullMethodName, Metadata headers) {
            return new StreamFate(budget);
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

    /// @return what the call is refused with because there was no room for its bytes, or null
    @Nullable
    ServingException refusal() {
        return refusal;
    }

    @Override
    public Context filterContext(Context context) {
        return context.withValue(CURRENT, this);
    }

    /// A part of a message has arrived. What is thrown here ends the call.
    @Override
    public void inboundWireSize(long bytes) {
        if (status != null) {
            return;
        }
        if (!budget.tryTake(bytes)) {
            ServingException cause = noRoom(bytes);
            refusal = cause;
            throw GrpcErrors.refusal(cause);
        }
        requestBytes += bytes;
        messageBytes += bytes;
    }

    private ServingException noRoom(long bytes) {
        return new ServingException(ErrorCode.OVERLOADED, budget.refusal(bytes));
    }

    /// The message that arrived is so long once it is read.
    ///
    /// @throws ServingException if there is no room for what came out of it
    void decompressed(int bytes) {
        long more = bytes - messageBytes;
        messageBytes = 0;
        if (more <= 0 || status != null) {
            return;
        }
        if (!budget.tryTake(more)) {
            throw noRoom(more);
        }
        requestBytes += more;
    }

    /// Makes the bytes that were counted for requests so far the caller's, who gives them back with [#give].
    long takeOver() {
        long bytes = requestBytes;
        requestBytes = 0;
        return bytes;
    }

    /// Any thread may call it.
    void give(long bytes) {
        budget.give(bytes);
    }

    @Override
    public void outboundWireSize(long bytes) {
        budget.take(bytes);
        answerBytes.addAndGet(bytes);
        if (status != null) {
            answersTaken();
        }
    }

    /// The peer has taken the answers so far, but for a few. Any thread may say so.
    void answersTaken() {
        budget.give(answerBytes.getAndSet(0));
    }

    @Override
    public void streamClosed(Status closed) {
        status = closed;
        answersTaken();
        budget.give(takeOver());
    }
}
