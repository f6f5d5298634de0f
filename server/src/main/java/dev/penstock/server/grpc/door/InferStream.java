package dev.penstock.server.grpc.door;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.InferenceReply;
import dev.penstock.core.ModelKey;
import dev.penstock.core.batching.BatchOutputs;
import dev.penstock.server.calls.CallKind;
import dev.penstock.server.calls.CallRecord;
import dev.penstock.server.calls.CallTimes;
import dev.penstock.server.wire.Callers;
import dev.penstock.server.wire.HeaderText;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// The stream of one ModelStreamInfer call: many requests, answered in their order, a failed one by an
/// `error_message` with the stream going on, or by the end of the stream where the caller asked for that.
/// Confined to an event loop.
///
/// No more is taken while too many requests are under way or too many answers wait for the peer.
final class InferStream extends PacedStream implements InferOwner {
    private static final int MAX_IN_FLIGHT = 1024;
    private static final long MAX_WAITING_BYTES = 1024L * 1024;

    private final StreamHeaders headers;
    private final long deadlineNanos;
    private final Deadline deadline = new Deadline();
    private final StreamAnswers answers;
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
        this.headers = new StreamHeaders(headers);
        answers = new StreamAnswers(this, this.headers, this::drained);
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
        return answers.isOpen();
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
        if (isDone() || answers.owed() > 0) {
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
        answers.clear();
    }

    private void finish() {
        if (!isDone()) {
            stop();
            answers.finish();
        }
    }

    /// Ends the stream at once.
    private void fail(ErrorCode code, String message) {
        if (!isDone()) {
            stop();
            answers.fail(code, message);
        }
    }

    /// Ends the stream behind the answers that still wait to be sent.
    void failInOrder(ErrorCode code, String message) {
        stop();
        answers.failBehind(code, message);
    }

    private void stop() {
        stop(true);
        loop.deadlines.remove(deadline);
        answers.clear();
    }

    @Override
    public boolean takesMore() {
        return !isDone() && !draining && answers.owed() < MAX_IN_FLIGHT && waitingBytes < maxWaitingBytes();
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
        answers.owe(call);
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
        answers.open();
        boolean gzip = answers.compresses(message);
        int data = MessageAssembler.PREFIX_BYTES + message;
        if (!gzip && waitingBytes == 0 && answers.isNext(call) && output().tryTakeWindow(this, data)) {
            write(call, answer, outputs, firstRow, response);
            identify(call);
            call.ended(message);
            answers.nextWritten();
        } else {
            ByteBuf framed = framed(call, answer, outputs, firstRow, response);
            identify(call);
            call.ended(message);
            answers.send(call, gzip ? loop.gzip.deflate(framed) : framed);
        }
    }

    /// Writes the next answer to where the connection's frames are.
    private void write(InferCall call, Answer answer, BatchOutputs outputs, int firstRow, int response) {
        int data = MessageAssembler.PREFIX_BYTES + StreamMessage.bytes(response);
        ByteBuf out = output().out(Frames.HEADER_BYTES + data);
        int start = out.writerIndex();
        try {
            Frames.header(out, data, Frames.DATA, 0, streamId());
            StreamMessage.start(out, response);
            answer.write(out, call, outputs, firstRow);
        } catch (RuntimeException | Error e) {
            // Half an answer would spoil those of all other streams.
            out.writerIndex(start);
            throw e;
        }
    }

    private ByteBuf framed(InferCall call, Answer answer, BatchOutputs outputs, int firstRow, int response) {
        ByteBuf framed = output().buffer(MessageAssembler.PREFIX_BYTES + StreamMessage.bytes(response));
        try {
            StreamMessage.start(framed, response);
            answer.write(framed, call, outputs, firstRow);
            return framed;
        } catch (RuntimeException | Error e) {
            framed.release();
            throw e;
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
        answers.open();
        ByteBuf framed = output().buffer(MessageAssembler.PREFIX_BYTES + message);
        StreamMessage.start(framed, response);
        bytes.write(framed);
        identify(call);
        call.ended(message);
        boolean gzip = answers.compresses(message);
        answers.send(call, gzip ? loop.gzip.deflate(framed) : framed);
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
        if (headers.isStrict()) {
            answers.end(call, code, text);
            settleRefused(call);
            return;
        }
        byte[] error = HeaderText.message(text).getBytes(StandardCharsets.UTF_8);
        answers.open();
        ByteBuf framed = output().buffer(MessageAssembler.PREFIX_BYTES + StreamMessage.failureBytes(error, call));
        StreamMessage.failure(framed, error, call);
        answers.send(call, framed);
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
        if (record != null && record.isTaken() && (call.idLength > 0 || headers.requestId() != null)) {
            int length = loop.requestIds.write(call.id, call.idLength, headers.requestId());
            record.requestId(loop.requestIds.bytes(), length);
        }
    }

    @Override
    public void describe(CallRecord record) {
        @Nullable CharSequence parent = headers.kept(loop.traceParent);
        record.begin(CallKind.GRPC_STREAM, CallTimes.UNKNOWN, parent, headers.kept(loop.traceState));
        record.caller(
                headers.kept(loop.callerName), connection().context().channel().remoteAddress());
    }

    @Override
    public int caller() {
        return Callers.of(headers.kept(loop.callerName), connection().peer());
    }

    @Override
    public @Nullable CharSequence metadata(int index) {
        return headers.kept(index);
    }

    @Override
    public @Nullable CharSequence header(String name) {
        return headers.header(name);
    }

    @Override
    public long readNanos() {
        return connection().readNanos();
    }
}
