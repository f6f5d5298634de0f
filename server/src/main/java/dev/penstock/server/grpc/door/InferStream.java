package dev.penstock.server.grpc.door;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.InferenceReply;
import dev.penstock.core.ModelKey;
import dev.penstock.core.ServingException;
import dev.penstock.core.batching.BatchOutputs;
import dev.penstock.server.calls.CallKind;
import dev.penstock.server.calls.CallRecord;
import dev.penstock.server.calls.CallTimes;
import dev.penstock.server.wire.Callers;
import dev.penstock.server.wire.HeaderText;
import dev.penstock.server.wire.SentHeaders;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.util.AsciiString;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The stream of one ModelStreamInfer call: many requests, answered in their order, a failed one by an
/// `error_message` with the stream going on, or by the end of the stream where the caller asked for that.
/// Confined to an event loop.
///
/// No more is taken while too many requests are under way or too many answers wait for the peer.
final class InferStream extends PacedStream implements InferOwner {
    private static final int MAX_IN_FLIGHT = 1024;
    private static final long MAX_WAITING_BYTES = 1024L * 1024;
    private static final AsciiString STRICT = AsciiString.cached("triton_grpc_error");

    private final @Nullable CharSequence[] metadata;

    /// All headers, as they arrived: a stream may outlast the routes that it was opened under.
    private final CharSequence[] names;

    private final CharSequence[] values;
    private final @Nullable CharSequence sentId;
    private final boolean takesGzip;
    private final long deadlineNanos;
    private final Deadline deadline = new Deadline();
    private final Runnable drained = this::drained;
    private final AnswerOrder order = new AnswerOrder();

    /// Whether the first failure ends the stream.
    private final boolean strict;

    private boolean opened;
    private boolean draining;

    /// That of the whole stream.
    private final class Deadline extends Deadlines.Entry {
        @Override
        void expired() {
            fail(ErrorCode.DEADLINE_EXCEEDED, "the deadline has passed");
        }
    }

    InferStream(LoopContext loop, RequestHeaders headers) {
        super(loop, headers, loop.settings.messages());
        metadata = new @Nullable CharSequence[headers.kept().size()];
        names = new CharSequence[headers.size()];
        values = new CharSequence[names.length];
        Arrays.setAll(names, headers::name);
        Arrays.setAll(values, headers::value);
        Arrays.setAll(metadata, headers::metadata);
        sentId = headers.requestId();
        takesGzip = headers.takesGzip();
        strict = isStrict(headers);
        deadlineNanos = headers.deadlineNanos(loop.clock);
        deadline.deadlineNanos = deadlineNanos;
        loop.deadlines.add(deadline);
    }

    @Override
    long deadlineNanos() {
        return deadlineNanos;
    }

    @Override
    boolean isAnswered() {
        return opened;
    }

    private static boolean isStrict(RequestHeaders headers) {
        for (int i = 0; i < headers.size(); i++) {
            if (STRICT.contentEquals(headers.name(i))) {
                return AsciiString.contentEqualsIgnoreCase("true", headers.value(i));
            }
        }
        return false;
    }

    private void drained() {
        resume();
        advance();
    }

    @Override
    void draining() {
        draining = true;
        advance();
    }

    @Override
    void advance() {
        if (isDone() || order.size() > 0) {
            return;
        }
        if (isReadToTheEnd()) {
            finish();
        } else if (draining) {
            failInOrder(ErrorCode.NOT_READY, "the server is shutting down");
        }
    }

    @Override
    void closed() {
        stop(false);
        loop.deadlines.remove(deadline);
        order.clear(this::forget);
    }

    private void forget(Object owed) {
        if (owed instanceof InferCall call) {
            call.leave();
        } else if (owed instanceof ByteBuf answer) {
            output().waiting(this, -answer.readableBytes());
            answer.release();
        }
    }

    private void finish() {
        if (!isDone()) {
            stop();
            open();
            output().sendTrailers(this);
        }
    }

    /// Ends the stream at once.
    private void fail(ErrorCode code, String message) {
        if (!isDone()) {
            stop();
            writeFailure(code, message);
        }
    }

    /// Ends the stream behind the answers that still wait to be sent.
    private void failInOrder(ErrorCode code, String message) {
        stop();
        if (waitingBytes > 0) {
            output().send(this, Unpooled.EMPTY_BUFFER, () -> writeFailure(code, message));
        } else {
            writeFailure(code, message);
        }
    }

    private void stop() {
        stop(true);
        loop.deadlines.remove(deadline);
        order.clear(this::forget);
    }

    private void writeFailure(ErrorCode code, String message) {
        DoorOutput output = output();
        ByteBuf out = output.out(ResponseHeaders.MAX_BYTES);
        if (opened) {
            ResponseHeaders.close(out, streamId(), code, message);
        } else {
            ResponseHeaders.refuse(
                    out,
                    streamId(),
                    output.firstBlock(),
                    200,
                    code,
                    message,
                    Exposure.NONE,
                    loop.requestIds,
                    writeId());
        }
        output.endEarly(this);
    }

    private int writeId() {
        return loop.requestIds.write(Exposure.NONE, 0, sentId);
    }

    private void open() {
        if (!opened) {
            opened = true;
            DoorOutput output = output();
            ByteBuf out = output.out(ResponseHeaders.MAX_BYTES);
            ResponseHeaders.open(
                    out, streamId(), output.firstBlock(), Exposure.NONE, loop.requestIds, writeId(), takesGzip());
        }
    }

    // A stream says once for all its messages how they may be compressed.
    private boolean takesGzip() {
        return takesGzip && loop.settings.compressFromBytes() != DoorSettings.NEVER_COMPRESS;
    }

    @Override
    public boolean takesMore() {
        return !isDone() && !draining && order.size() < MAX_IN_FLIGHT && waitingBytes < maxWaitingBytes();
    }

    // At most half of what clogs the connection, or a stream that nobody reads would have its other calls
    // refused.
    private long maxWaitingBytes() {
        return Math.min(MAX_WAITING_BYTES, loop.settings.maxMessageBytes() / 2L + 1);
    }

    @Override
    public void refused(ErrorCode code, String message) {
        fail(code, message);
    }

    @Override
    void take(long address, int bytes, @Nullable ByteBuf staged) {
        connection().asked(this);
        InferCall call = loop.takeCall();
        order.add(call);
        call.begin(this, deadlineNanos);
        loop.intake.take(call, address, bytes, staged);
    }

    @Override
    public void lost(InferCall call) {
        if (!isDone()) {
            output().reset(this);
        }
    }

    @Override
    public void idle(InferCall call) {
        loop.give(call);
        resume();
        advance();
    }

    @Override
    public void succeeded(InferCall call, Answer answer, BatchOutputs outputs, int firstRow) {
        if (isDone()) {
            return;
        }
        int response = answer.messageBytes(call);
        int message = StreamMessage.bytes(response);
        int data = MessageAssembler.PREFIX_BYTES + message;
        open();
        DoorOutput output = output();
        boolean gzip = takesGzip() && message >= loop.settings.compressFromBytes();
        boolean now = !gzip && waitingBytes == 0 && order.isFirst(call) && output.tryTakeWindow(this, data);
        ByteBuf out = now ? output.out(Frames.HEADER_BYTES + data) : output.buffer(data);
        int start = out.writerIndex();
        try {
            if (now) {
                Frames.header(out, data, Frames.DATA, 0, streamId());
            }
            StreamMessage.start(out, response);
            answer.write(out, call, outputs, firstRow);
        } catch (RuntimeException | Error e) {
            // Half an answer would spoil those of all other streams.
            out.writerIndex(start);
            if (!now) {
                out.release();
            }
            throw e;
        }
        identify(call);
        call.ended(message);
        if (now) {
            order.pass();
            sendKept();
        } else {
            answer(call, gzip ? loop.gzip.deflate(out) : out);
        }
    }

    /// Sends an answer if it is its turn, and those that waited for it; else it waits.
    private void answer(InferCall call, ByteBuf framed) {
        if (order.isFirst(call)) {
            order.pass();
            output().send(this, framed, drained);
            sendKept();
        } else {
            output().waiting(this, framed.readableBytes());
            order.keep(call, framed);
        }
    }

    private void sendKept() {
        for (Object kept = order.pollAnswer(); kept != null; kept = order.pollAnswer()) {
            if (kept instanceof ByteBuf framed) {
                output().waiting(this, -framed.readableBytes());
                output().send(this, framed, drained);
            } else if (kept instanceof ServingException failure) {
                failInOrder(failure.code(), failure.reason());
                return;
            }
        }
    }

    @Override
    public void replied(InferCall call, InferenceReply reply) {
        if (isDone()) {
            return;
        }
        ReplyBytes bytes = new ReplyBytes(call, reply);
        if (bytes.bytes() > Integer.MAX_VALUE - Short.MAX_VALUE) {
            String text = "the answer has " + bytes.bytes() + " bytes (expected: at most 2 GiB)";
            failed(call, ErrorCode.TOO_LARGE, text, reply.key());
            return;
        }
        int response = (int) bytes.bytes();
        int message = StreamMessage.bytes(response);
        open();
        ByteBuf framed = output().buffer(MessageAssembler.PREFIX_BYTES + message);
        StreamMessage.start(framed, response);
        bytes.write(framed);
        identify(call);
        call.ended(message);
        boolean gzip = takesGzip() && message >= loop.settings.compressFromBytes();
        answer(call, gzip ? loop.gzip.deflate(framed) : framed);
    }

    @Override
    public void failed(InferCall call, ErrorCode code, String text, @Nullable ModelKey key) {
        if (isDone()) {
            return;
        }
        if (call.record != null) {
            call.record.fail(code);
        }
        identify(call);
        call.ended(0);
        if (strict) {
            refuse(call, code, text);
            return;
        }
        byte[] error = HeaderText.message(text).getBytes(StandardCharsets.UTF_8);
        open();
        ByteBuf framed = output().buffer(MessageAssembler.PREFIX_BYTES + StreamMessage.failureBytes(error, call));
        StreamMessage.failure(framed, error, call);
        answer(call, framed);
        settleRefused(call);
    }

    // Ends the stream when all before it are answered.
    private void refuse(InferCall call, ErrorCode code, String text) {
        if (order.isFirst(call)) {
            order.pass();
            failInOrder(code, text);
        } else {
            order.keep(call, new ServingException(code, text));
        }
        settleRefused(call);
    }

    // A call that nobody behind the door holds has no other end than this.
    private static void settleRefused(InferCall call) {
        if (!call.isHeld()) {
            call.leave();
        }
    }

    // A message says its id itself, or goes by that of its stream.
    private void identify(InferCall call) {
        CallRecord record = call.record;
        if (record != null && record.isTaken() && (call.idLength > 0 || sentId != null)) {
            record.requestId(loop.requestIds.bytes(), loop.requestIds.write(call.id, call.idLength, sentId));
        }
    }

    @Override
    public void describe(CallRecord record) {
        record.begin(CallKind.GRPC_STREAM, CallTimes.UNKNOWN, kept(loop.traceParent), kept(loop.traceState));
        record.caller(kept(loop.callerName), connection().context().channel().remoteAddress());
    }

    private @Nullable CharSequence kept(int index) {
        return index < 0 ? null : metadata[index];
    }

    @Override
    public int caller() {
        return Callers.of(kept(loop.callerName), connection().peer());
    }

    @Override
    public @Nullable CharSequence metadata(int index) {
        return metadata[index];
    }

    @Override
    public @Nullable CharSequence header(String name) {
        @Nullable CharSequence sent = null;
        for (int i = 0; i < names.length; i++) {
            if (AsciiString.contentEquals(names[i], name)) {
                sent = SentHeaders.more(name, sent, values[i]);
            }
        }
        return sent == null ? null : SentHeaders.text(sent);
    }

    @Override
    public long readNanos() {
        return connection().readNanos();
    }
}
