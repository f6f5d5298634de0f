package dev.penstock.server.rest;

import dev.penstock.core.Assigned;
import dev.penstock.core.ErrorCode;
import dev.penstock.core.ServingException;
import dev.penstock.router.split.RequestFacts;
import dev.penstock.server.calls.CallKind;
import dev.penstock.server.calls.CallRecord;
import dev.penstock.server.calls.CallWatch;
import dev.penstock.server.wire.Callers;
import dev.penstock.server.wire.RequestIds;
import dev.penstock.server.wire.SentHeaders;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.concurrent.EventExecutor;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// One complete request and the way to answer it. Owns the request's body until it is answered.
public final class HttpExchange implements RequestFacts {
    private static final System.Logger LOG = System.getLogger(HttpExchange.class.getName());

    private final HttpRequest head;
    private final long arrivedNanos;
    private final String path;
    private final HeldBody body;
    private final int peer;
    private final PipelinedResponses.Slot slot;
    private final EventExecutor executor;
    private final @Nullable FastLoop loop;
    private final AtomicBoolean answered = new AtomicBoolean();

    private volatile String requestId;
    private volatile String model = "";
    private volatile long version;

    private volatile @Nullable Assigned arm;

    /// Of an inference: those of its own parameters that mean nothing here, as text.
    private Map<String, String> parameters = Map.of();

    /// Null unless it is an inference that somebody wants to know of.
    private @Nullable CallRecord record;

    /// @param arrivedNanos when its head arrived
    /// @param body owned from here on
    /// @param loop what inferences share; null on a port that takes none
    HttpExchange(
            HttpRequest head,
            long arrivedNanos,
            HeldBody body,
            String requestId,
            int peer,
            PipelinedResponses.Slot slot,
            EventExecutor executor,
            @Nullable FastLoop loop) {
        this.head = head;
        this.arrivedNanos = arrivedNanos;
        this.path = RequestTarget.path(head.uri());
        this.body = body;
        this.requestId = requestId;
        this.peer = peer;
        this.slot = slot;
        this.executor = executor;
        this.loop = loop;
    }

    HttpMethod method() {
        return head.method();
    }

    /// GET, or HEAD, which is answered like it but for the body.
    boolean isRead() {
        return HttpMethod.GET.equals(method()) || HttpMethod.HEAD.equals(method());
    }

    /// The path as it was sent, percent-encoded, without the query.
    String path() {
        return path;
    }

    /// What follows the question mark, percent-encoded, or "".
    String query() {
        return RequestTarget.query(head.uri());
    }

    HttpHeaders headers() {
        return head.headers();
    }

    @Override
    public @Nullable CharSequence header(String name) {
        return SentHeaders.one(name, headers().getAll(name));
    }

    /// Who asks, in its own words, for logs.
    String principal() {
        return Callers.principal(headers().get(Callers.HEADER));
    }

    /// Who asks, as a hash.
    int caller() {
        return Callers.of(head.headers().get(Callers.HEADER), peer);
    }

    /// The whole body, in one piece. Views of it are good until the exchange is answered, and no longer.
    ByteBuf body() {
        return body.bytes();
    }

    /// The body as it arrives, of a request that [HttpHandler#streamed] named. For one thread, which may block;
    /// good until the exchange is answered.
    StreamedBody content() {
        return body.content();
    }

    /// Puts the bytes that the compressed body stands for in its place. Before the request is handled further.
    ///
    /// @throws dev.penstock.core.ServingException if they are too many, or none
    void decompress() {
        body.decompress();
    }

    /// Does something on the event loop, or nothing if the loops have ended.
    void onLoop(Runnable action) {
        try {
            executor.execute(() -> {
                try {
                    action.run();
                } catch (RuntimeException | OutOfMemoryError | StackOverflowError e) {
                    respond(() -> failed(e));
                }
            });
        } catch (RejectedExecutionException e) {
            body.release();
        }
    }

    /// What inferences share on the event loop of this exchange.
    FastLoop loop() {
        FastLoop present = loop;
        if (present == null) {
            throw new IllegalStateException("no inferences on this port (expected: one that was given models)");
        }
        return present;
    }

    /// Keeps what the loop's reader has just read of JSON tensors until the answer.
    ///
    /// @param bytes how much that is
    /// @return it, or null if it is nothing
    /// @throws ServingException if the memory for requests is used up
    @Nullable
    ByteBuf holdElements(int bytes) {
        return body.holdElements(loop().room, bytes);
    }

    /// Has the answer carry the caller's own id; "" is none.
    void identify(String id) {
        if (!id.isEmpty()) {
            requestId = RequestIds.own(id);
        }
    }

    /// Has the answer name the model and, where it is known (> 0), the version.
    void about(String name, long number) {
        model = name;
        version = number;
    }

    /// Has the answer name the arm of a route that gave it.
    void arm(Assigned assigned) {
        arm = assigned;
    }

    /// That arm, or null.
    @Nullable
    Assigned arm() {
        return arm;
    }

    void parameters(Map<String, String> said) {
        parameters = said;
    }

    @Override
    public @Nullable CharSequence parameter(String name) {
        return parameters.get(name);
    }

    /// Begins the record of an inference, if somebody wants to know of it.
    void observe(CallKind kind) {
        CallWatch watch = loop().watch;
        if (watch != null) {
            CallRecord begun = watch.newRecord();
            HttpRecords.begin(begun, kind, arrivedNanos, headers());
            begun.caller(headers().get(Callers.HEADER), slot.connection().peer());
            begun.received(body.heldBytes());
            record = begun;
        }
    }

    /// It is about to be offered to its model.
    void queued() {
        if (record != null) {
            record.queued();
        }
    }

    /// The record of this inference, or null.
    @Nullable
    CallRecord record() {
        return record;
    }

    /// Whether the connection is gone, so that an answer would be for nobody. Thread-safe.
    boolean abandoned() {
        return slot.abandoned();
    }

    /// Whether parts of an answer can be sent ahead of its end.
    boolean takesParts() {
        return HttpMethod.GET.equals(method()) && !HttpVersion.HTTP_1_0.equals(head.protocolVersion());
    }

    /// For what is sent ahead of [#respond].
    ///
    /// @param contentType of the whole answer
    AnswerParts parts(CharSequence contentType) {
        return new AnswerParts(slot, executor, () -> head(contentType));
    }

    private HttpResponse head(CharSequence contentType) {
        HttpResponse response = Replies.head(contentType);
        expose(response.headers());
        return response;
    }

    /// Answers. Any thread, once; a second answer is dropped.
    ///
    /// @param response called on the connection's event loop, unless the caller went away
    void respond(Supplier<FullHttpResponse> response) {
        if (!answered.compareAndSet(false, true)) {
            LOG.log(System.Logger.Level.ERROR, "request " + requestId + " was answered twice");
            return;
        }
        if (executor.inEventLoop()) {
            finish(response);
            return;
        }
        try {
            executor.execute(() -> finish(response));
        } catch (RejectedExecutionException e) {
            // The loops have ended, and all connections with them.
            body.release();
        }
    }

    private void finish(Supplier<FullHttpResponse> maker) {
        try {
            if (!slot.abandoned()) {
                if (record != null) {
                    record.encoding();
                }
                FullHttpResponse response = Replies.compressed(made(maker), head.headers());
                expose(response.headers());
                if (record != null) {
                    HttpRecords.answered(record, response, requestId);
                }
                slot.answer(response);
            } else if (record != null) {
                record.fail(ErrorCode.CANCELLED);
            }
        } finally {
            body.release();
            if (record != null) {
                record.arm(arm);
                record.end(model, version);
            }
        }
    }

    private FullHttpResponse made(Supplier<FullHttpResponse> maker) {
        try {
            return maker.get();
        } catch (RuntimeException | OutOfMemoryError | StackOverflowError e) {
            return failed(e);
        }
    }

    /// The answer where handling the request threw.
    FullHttpResponse failed(Throwable cause) {
        if (record != null && cause instanceof ServingException refusal) {
            record.fail(refusal.code());
        }
        return RequestFailure.response(cause, requestId, !isRead());
    }

    private void expose(HttpHeaders headers) {
        AnswerHeaders.expose(headers, requestId, model, version, arm);
    }
}
