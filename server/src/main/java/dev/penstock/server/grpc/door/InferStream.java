package dev.penstock.server.grpc.door;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.InferenceReply;
import dev.penstock.core.InferenceRequest;
import dev.penstock.core.ModelKey;
import dev.penstock.core.batching.BatchOutputs;
import dev.penstock.server.wire.Callers;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The stream of one ModelStreamInfer call: many requests, each answered when its outcome comes, a failed one by an
/// `error_message` with the stream going on. Confined to an event loop.
/// No more is taken while too many requests are under way or too many answers wait for the peer.
final class InferStream extends PacedStream implements InferOwner {
    private static final int MAX_IN_FLIGHT = 1024;
    private static final int MAX_WAITING_BYTES = 1024 * 1024;
    private static final int ERROR_MESSAGE = 1;
    private static final int INFER_RESPONSE = 2;
    private static final int ID = 3;

    /// Parameter `triton_final_response`, which clients of streams look for.
    private static final byte[] FINAL = finalResponse();

    private final @Nullable CharSequence[] metadata;
    private final @Nullable CharSequence sentId;
    private final boolean takesGzip;
    private final long deadlineNanos;
    private final Deadline deadline = new Deadline();
    private final Runnable drained = this::drained;
    private final List<InferCall> inFlight = new ArrayList<>();

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
        super(loop, headers);
        metadata = new @Nullable CharSequence[loop.settings.keptMetadata().size()];
        Arrays.setAll(metadata, headers::metadata);
        sentId = headers.requestId();
        takesGzip = headers.takesGzip();
        long timeoutNanos = headers.timeoutNanos();
        boolean timed = timeoutNanos != GrpcTimeout.FOREVER_NANOS && timeoutNanos != GrpcTimeout.MALFORMED;
        deadlineNanos = timed ? loop.clock.nanoTime() + timeoutNanos : InferenceRequest.NO_DEADLINE;
        deadline.deadlineNanos = deadlineNanos;
        loop.deadlines.add(deadline);
    }

    private static byte[] finalResponse() {
        String key = "triton_final_response";
        byte[] text = key.getBytes(StandardCharsets.US_ASCII);
        byte[] field = new byte[text.length + 8];
        field[0] = 4 << 3 | WireCursor.BYTES;
        field[1] = (byte) (text.length + 6);
        field[2] = 1 << 3 | WireCursor.BYTES;
        field[3] = (byte) text.length;
        System.arraycopy(text, 0, field, 4, text.length);
        field[text.length + 4] = 2 << 3 | WireCursor.BYTES;
        field[text.length + 5] = 2;
        field[text.length + 6] = 1 << 3;
        field[text.length + 7] = 1;
        return field;
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
        if (isDone() || !inFlight.isEmpty()) {
            return;
        }
        if (isReadToTheEnd()) {
            finish();
        } else if (draining) {
            fail(ErrorCode.NOT_READY, "the server is shutting down");
        }
    }

    @Override
    void closed() {
        stop(false);
        loop.deadlines.remove(deadline);
        List<InferCall> left = new ArrayList<>(inFlight);
        inFlight.clear();
        left.forEach(InferCall::leave);
    }

    private void finish() {
        if (!isDone()) {
            stop(true);
            loop.deadlines.remove(deadline);
            open();
            connection().sendTrailers(this);
        }
    }

    private void fail(ErrorCode code, String message) {
        if (isDone()) {
            return;
        }
        stop(true);
        loop.deadlines.remove(deadline);
        DoorConnection connection = connection();
        ByteBuf out = connection.out(ResponseHeaders.MAX_BYTES);
        if (opened) {
            ResponseHeaders.close(out, streamId(), code, message);
        } else {
            ResponseHeaders.refuse(
                    out,
                    streamId(),
                    connection.firstBlock(),
                    200,
                    code,
                    message,
                    Exposure.NONE,
                    loop.requestIds,
                    writeId());
        }
        connection.end(this);
    }

    private int writeId() {
        return loop.requestIds.write(Exposure.NONE, 0, sentId);
    }

    private void open() {
        if (!opened) {
            opened = true;
            DoorConnection connection = connection();
            ByteBuf out = connection.out(ResponseHeaders.MAX_BYTES);
            ResponseHeaders.open(
                    out, streamId(), connection.firstBlock(), Exposure.NONE, loop.requestIds, writeId(), takesGzip());
        }
    }

    // A stream says once for all its messages how they may be compressed.
    private boolean takesGzip() {
        return takesGzip && loop.settings.compressFromBytes() != DoorSettings.NEVER_COMPRESS;
    }

    @Override
    public boolean takesMore() {
        return !isDone() && inFlight.size() < MAX_IN_FLIGHT && waitingBytes < MAX_WAITING_BYTES;
    }

    @Override
    public void refused(ErrorCode code, String message) {
        fail(code, message);
    }

    @Override
    void take(long address, int bytes, @Nullable ByteBuf staged) {
        InferCall call = loop.takeCall();
        call.place = inFlight.size();
        inFlight.add(call);
        call.begin(this, deadlineNanos);
        loop.intake.take(call, address, bytes, staged);
    }

    @Override
    public void idle(InferCall call) {
        forget(call);
        loop.give(call);
        resume();
        advance();
    }

    // The last one takes its place.
    private void forget(InferCall call) {
        if (call.place < inFlight.size() && inFlight.get(call.place) == call) {
            InferCall last = inFlight.removeLast();
            if (last != call) {
                inFlight.set(call.place, last);
                last.place = call.place;
            }
        }
    }

    @Override
    public void succeeded(InferCall call, Answer answer, BatchOutputs outputs, int firstRow) {
        if (isDone()) {
            return;
        }
        int response = answer.messageBytes(call) + FINAL.length;
        int message = 1 + Protobuf.varintBytes(response) + response;
        int data = MessageAssembler.PREFIX_BYTES + message;
        open();
        DoorConnection connection = connection();
        boolean gzip = takesGzip() && message >= loop.settings.compressFromBytes();
        boolean now = !gzip && waitingBytes == 0 && connection.tryTakeWindow(this, data);
        ByteBuf out = now ? connection.out(Frames.HEADER_BYTES + data) : connection.buffer(data);
        if (now) {
            Frames.header(out, data, Frames.DATA, 0, streamId());
        }
        start(out, message, response);
        answer.write(out, call, outputs, firstRow);
        if (!now) {
            connection.send(this, gzip ? loop.gzip.deflate(out) : out, drained);
        }
    }

    private static void start(ByteBuf out, int message, int response) {
        out.writeByte(0).writeInt(message);
        Protobuf.fieldStart(out, INFER_RESPONSE, response);
        out.writeBytes(FINAL);
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
        int response = (int) bytes.bytes() + FINAL.length;
        int message = 1 + Protobuf.varintBytes(response) + response;
        open();
        ByteBuf framed = connection().buffer(MessageAssembler.PREFIX_BYTES + message);
        start(framed, message, response);
        bytes.write(framed);
        boolean gzip = takesGzip() && message >= loop.settings.compressFromBytes();
        connection().send(this, gzip ? loop.gzip.deflate(framed) : framed, drained);
    }

    @Override
    public void failed(InferCall call, ErrorCode code, String text, @Nullable ModelKey key) {
        if (isDone()) {
            return;
        }
        byte[] error = text.getBytes(StandardCharsets.UTF_8);
        int response = Protobuf.fieldBytes(call.idLength);
        int message = Protobuf.fieldBytes(error.length) + Protobuf.fieldBytes(response);
        open();
        ByteBuf framed = connection().buffer(MessageAssembler.PREFIX_BYTES + message);
        framed.writeByte(0).writeInt(message);
        Protobuf.field(framed, ERROR_MESSAGE, error);
        if (response > 0) {
            Protobuf.fieldStart(framed, INFER_RESPONSE, response);
            Protobuf.field(framed, ID, call.id, call.idLength);
        }
        connection().send(this, framed, drained);
        settleRefused(call);
    }

    // A call that nobody behind the door holds has no other end than this.
    private static void settleRefused(InferCall call) {
        if (!call.isHeld()) {
            call.leave();
        }
    }

    @Override
    public int caller() {
        int index = loop.settings.keptMetadata().indexOf(Callers.HEADER);
        return Callers.of(index < 0 ? null : metadata[index], connection().peer());
    }

    @Override
    public @Nullable CharSequence metadata(int index) {
        return metadata[index];
    }
}
