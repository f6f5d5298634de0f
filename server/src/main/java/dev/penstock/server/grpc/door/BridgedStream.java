package dev.penstock.server.grpc.door;

import dev.penstock.core.ErrorCode;
import dev.penstock.server.wire.MessageLimit;
import dev.penstock.server.wire.StatusCodes;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerMethodDefinition;
import io.grpc.Status;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayInputStream;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The stream of a call that a grpc-java handler answers. Handlers are called on the connection's event loop,
/// to which everything else is confined as well; what they call from other threads hops to it.
final class BridgedStream<Q, A> extends PacedStream {
    private static final System.Logger LOG = System.getLogger(BridgedStream.class.getName());
    private static final int READY_BYTES = 64 * 1024;

    /// What is read ahead of a handler that asks for many.
    private static final int MAX_QUEUED_MESSAGES = 8;

    private final ServerMethodDefinition<Q, A> method;
    private final BridgedCall<Q, A> call;
    private final ArrayDeque<byte[]> messages = new ArrayDeque<>();
    private final @Nullable CharSequence sentId;

    /// From how many bytes on an answer is compressed.
    private final int compressFromBytes;

    private final long deadlineNanos;
    private Context.CancellableContext context;
    private ServerCall.Listener<Q> listener = new ServerCall.Listener<>() {};
    private int requested;
    private boolean delivering;
    private boolean halfClosed;
    private boolean opened;
    private boolean answered;
    private boolean wasReady = true;

    /// Ends a call whose only request takes too long to arrive.
    private @Nullable Future<?> arrival;

    // Written on the loop, read anywhere.
    private volatile boolean cancelled;
    private volatile boolean ready = true;

    BridgedStream(LoopContext loop, RequestHeaders headers, ServerMethodDefinition<Q, A> method) {
        super(loop, headers, limit(loop, method));
        this.method = method;
        this.call = new BridgedCall<>(this, method.getMethodDescriptor(), headers.requestAuthority());
        this.context = loop.bridge.context().withCancellation();
        this.sentId = headers.requestId();
        this.deadlineNanos = headers.deadlineNanos(loop.clock);
        this.compressFromBytes = headers.takesGzip() ? loop.settings.compressFromBytes() : DoorSettings.NEVER_COMPRESS;
    }

    private static MessageLimit limit(LoopContext loop, ServerMethodDefinition<?, ?> method) {
        BridgedLimits limits = loop.bridge.limitsOf(method.getMethodDescriptor());
        return limits == null ? loop.settings.messages() : limits.messages();
    }

    @Override
    long deadlineNanos() {
        return deadlineNanos;
    }

    @Override
    boolean isAnswered() {
        return opened;
    }

    void start(RequestHeaders headers) {
        long timeoutNanos = headers.timeoutNanos();
        if (timeoutNanos == GrpcTimeout.MALFORMED) {
            refused(ErrorCode.INTERNAL, GrpcTimeout.REFUSAL);
            return;
        }
        if (timeoutNanos != GrpcTimeout.FOREVER_NANOS) {
            context = loop.bridge.context().withDeadlineAfter(timeoutNanos, TimeUnit.NANOSECONDS, loop.eventLoop);
            context.addListener(
                    ended -> onLoop(() -> {
                        if (!isDone() && context.isCancelled()) {
                            end(Status.DEADLINE_EXCEEDED.withDescription("the deadline has passed"), new Metadata());
                        }
                    }),
                    Runnable::run);
        }
        awaitRequest();
        guarded(() -> {
            listener = method.getServerCallHandler().startCall(call, BridgedMetadata.of(headers));
            listener.onReady();
        });
    }

    private void awaitRequest() {
        BridgedLimits limits = loop.bridge.limitsOf(method.getMethodDescriptor());
        if (limits == null || !method.getMethodDescriptor().getType().clientSendsOneMessage()) {
            return;
        }
        Duration time = limits.arrival();
        Runnable late = () -> {
            if (!halfClosed) {
                String reason = "the request has not arrived within %s (expected: all of it)".formatted(time);
                end(Status.DEADLINE_EXCEEDED.withDescription(reason), new Metadata());
            }
        };
        arrival = loop.eventLoop.schedule(late, time.toNanos(), TimeUnit.NANOSECONDS);
    }

    /// Asks for more messages.
    void request(int count) {
        // Some ask for as many as an int can say, more than once.
        requested = (int) Math.min((long) requested + count, Integer.MAX_VALUE);
        resume();
        advance();
    }

    /// Whether an answer would go out at once. Any thread may ask.
    boolean isReady() {
        return ready && !cancelled;
    }

    /// Whether the caller went away. Any thread may ask.
    boolean isCancelled() {
        return cancelled;
    }

    /// Has something done on the loop, at once if this is it.
    void onLoop(Runnable action) {
        if (loop.eventLoop.inEventLoop()) {
            action.run();
        } else {
            loop.eventLoop.execute(action);
        }
    }

    // A handler that throws has failed its call, and no other.
    private void guarded(Runnable callback) {
        try {
            context.run(callback);
        } catch (RuntimeException e) {
            Status status = Status.fromThrowable(e);
            if (status.getCode() == Status.Code.UNKNOWN) {
                LOG.log(
                        System.Logger.Level.ERROR,
                        "handling " + method.getMethodDescriptor().getFullMethodName() + " failed",
                        e);
                status = Status.UNKNOWN.withDescription("the server failed; see its log");
            }
            end(status, new Metadata());
        }
    }

    @Override
    public boolean takesMore() {
        return !isDone() && messages.size() < Math.min(requested, MAX_QUEUED_MESSAGES);
    }

    @Override
    void take(long address, int bytes, @Nullable ByteBuf staged) {
        byte[] message = new byte[bytes];
        Memory.copy(address, message, 0, bytes);
        if (staged != null) {
            loop.staging.give(staged);
        }
        if (loop.budget.tryTake(bytes)) {
            messages.add(message);
        } else {
            refused(ErrorCode.OVERLOADED, loop.budget.refusal(bytes));
        }
    }

    private void dropMessages() {
        for (byte[] message = messages.poll(); message != null; message = messages.poll()) {
            loop.budget.give(message.length);
        }
    }

    @Override
    public void refused(ErrorCode code, String message) {
        end(Status.fromCodeValue(StatusCodes.grpc(code)).withDescription(message), new Metadata());
    }

    @Override
    void advance() {
        if (delivering) {
            return;
        }
        delivering = true;
        while (!isDone() && requested > 0 && !messages.isEmpty()) {
            requested--;
            deliver(messages.poll());
            resume();
        }
        if (!isDone() && messages.isEmpty() && isReadToTheEnd() && !halfClosed) {
            halfClosed = true;
            guarded(listener::onHalfClose);
        }
        delivering = false;
    }

    private void deliver(byte @Nullable [] message) {
        if (message != null) {
            guarded(() ->
                    listener.onMessage(method.getMethodDescriptor().parseRequest(new ByteArrayInputStream(message))));
            loop.budget.give(message.length);
        }
    }

    void open(Metadata headers) {
        if (opened || isDone()) {
            return;
        }
        opened = true;
        BridgedReplies.open(this, headers, sentId, compressFromBytes != DoorSettings.NEVER_COMPRESS);
    }

    void answer(A message) {
        if (isDone() || cancelled) {
            return;
        }
        open(new Metadata());
        ByteBuf framed = BridgedReplies.framed(this, method.getMethodDescriptor(), message);
        boolean gzip = framed.readableBytes() - MessageAssembler.PREFIX_BYTES >= compressFromBytes;
        output().send(this, gzip ? loop.gzip.deflate(framed) : framed, this::drained);
        ready = waitingBytes < READY_BYTES;
        wasReady &= ready;
    }

    private void drained() {
        ready = waitingBytes < READY_BYTES;
        if (ready && !wasReady && !isDone()) {
            wasReady = true;
            guarded(listener::onReady);
        }
    }

    void end(Status status, Metadata trailers) {
        if (isDone() || answered) {
            return;
        }
        answered = true;
        stop(true);
        dropMessages();
        if (waitingBytes > 0) {
            output().send(this, Unpooled.EMPTY_BUFFER, () -> writeTrailers(status, trailers));
        } else {
            writeTrailers(status, trailers);
        }
    }

    private void writeTrailers(Status status, Metadata trailers) {
        if (opened) {
            BridgedReplies.close(this, status, trailers);
        } else {
            BridgedReplies.refuse(this, status, trailers, sentId);
        }
        output().endEarly(this);
    }

    @Override
    void closed() {
        boolean finished = answered;
        if (arrival != null) {
            boolean _ = arrival.cancel(false);
        }
        cancelled = !finished;
        stop(false);
        dropMessages();
        if (finished) {
            guarded(listener::onComplete);
        } else {
            context.cancel(null);
            guarded(listener::onCancel);
        }
        context.cancel(null);
    }

    @Override
    void draining() {
        if (!method.getMethodDescriptor().getType().serverSendsOneMessage()) {
            end(Status.UNAVAILABLE.withDescription("the server is going away"), new Metadata());
        }
    }
}
