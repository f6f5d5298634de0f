package dev.penstock.server.grpc;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.ServingException;
import dev.penstock.server.wire.MessageLimit;
import io.grpc.ServerCall;
import io.grpc.Status;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/// What happens to one call. It decodes requests where a failure can still be answered, and lets no exception
/// of a handler reach the caller. The transport calls it on one thread at a time.
final class WireListener<Q, A> extends ServerCall.Listener<InputStream> {
    private static final System.Logger LOG = System.getLogger(WireListener.class.getName());

    private final WireCall<Q, A> call;
    private final ServerCall.Listener<Q> handler;
    private final MessageDecoder<Q> decoder;
    private final MessageLimit limit;
    private final OpenStreams streams;
    private final @Nullable StreamFate fate = StreamFate.current();

    WireListener(
            WireCall<Q, A> call,
            ServerCall.Listener<Q> handler,
            MessageDecoder<Q> decoder,
            MessageLimit limit,
            OpenStreams streams) {
        this.call = call;
        this.handler = handler;
        this.decoder = decoder;
        this.limit = limit;
        this.streams = streams;
    }

    @Override
    public void onMessage(InputStream message) {
        guard(() -> {
            @Nullable Q decoded = decoded(message);
            if (decoded != null) {
                handler.onMessage(decoded);
            }
        });
    }

    /// @return null if it is no message, and the call goes on all the same
    private @Nullable Q decoded(InputStream message) {
        try {
            return decoder.decode(message, fate);
        } catch (ServingException e) {
            if (call.goesOnAfter(e)) {
                return null;
            }
            throw e;
        }
    }

    @Override
    public void onHalfClose() {
        guard(handler::onHalfClose);
    }

    @Override
    public void onReady() {
        if (fate != null) {
            fate.answersTaken();
        }
        guard(handler::onReady);
    }

    @Override
    public void onCancel() {
        streams.ended(call);
        explain();
        quietly(handler::onCancel);
    }

    @Override
    public void onComplete() {
        streams.ended(call);
        quietly(handler::onComplete);
    }

    // The transport is about to give the call up with words of its own; the end that is queued first wins.
    private void explain() {
        @Nullable Status status = fate == null ? null : fate.status();
        @Nullable ServingException refusal = fate == null ? null : fate.refusal();
        @Nullable ServingException cause = refusal != null || status == null ? refusal : TooLarge.from(status, limit);
        if (cause != null) {
            call.close(cause);
        }
    }

    private void guard(Runnable step) {
        if (call.isClosed()) {
            return;
        }
        try {
            step.run();
        } catch (ServingException e) {
            call.close(e);
        } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
            failed(call, e);
        }
    }

    // There is nobody left to answer.
    private void quietly(Runnable step) {
        try {
            step.run();
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "the end of " + name(call) + " failed", e);
        }
    }

    /// The log gets the cause, the caller only that it was our fault.
    static void failed(WireCall<?, ?> call, Throwable cause) {
        LOG.log(System.Logger.Level.ERROR, name(call) + " failed", cause);
        call.close(new ServingException(ErrorCode.INTERNAL, name(call) + " failed; see the server's log"));
    }

    private static String name(WireCall<?, ?> call) {
        return call.getMethodDescriptor().getFullMethodName();
    }
}
