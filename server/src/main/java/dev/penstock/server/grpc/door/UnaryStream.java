package dev.penstock.server.grpc.door;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.InferenceReply;
import dev.penstock.core.ModelKey;
import dev.penstock.core.ModelName;
import dev.penstock.core.ServingException;
import dev.penstock.core.batching.BatchOutputs;
import dev.penstock.server.calls.CallKind;
import dev.penstock.server.calls.CallRecord;
import dev.penstock.server.wire.Callers;
import dev.penstock.server.wire.SentHeaders;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The stream of one ModelInfer call. Pooled by its event loop and confined to it.
final class UnaryStream extends DoorStream implements MessageAssembler.Receiver, InferOwner {
    private final InferCall call;
    private final MessageAssembler assembler;
    private @Nullable CharSequence[] metadata;

    /// What the metadata is.
    private KeptHeaders kept = KeptHeaders.NONE;

    private @Nullable CharSequence sentId;
    private boolean sendsGzip;
    private boolean takesGzip;

    /// Whether an answer was given; what else arrives is dropped.
    private boolean answered;

    private boolean delivered;
    private boolean closed;

    UnaryStream(LoopContext loop) {
        super(loop);
        call = new InferCall(loop);
        assembler = new MessageAssembler(loop.staging, loop.settings.messages(), this);
        metadata = new @Nullable CharSequence[loop.settings.keptMetadata().size()];
    }

    void begin(RequestHeaders headers) {
        answered = false;
        delivered = false;
        closed = false;
        sentId = headers.requestId();
        sendsGzip = headers.sendsGzip();
        takesGzip = headers.takesGzip();
        kept = headers.kept();
        if (metadata.length < kept.size()) {
            metadata = new @Nullable CharSequence[kept.size()];
        }
        for (int i = 0; i < kept.size(); i++) {
            metadata[i] = headers.metadata(i);
        }
        connection().asked(this);
        assembler.begin(true);
        call.begin(this, headers.deadlineNanos(loop.clock));
        if (headers.timeoutNanos() == GrpcTimeout.MALFORMED) {
            refused(ErrorCode.INTERNAL, GrpcTimeout.REFUSAL);
        }
    }

    @Override
    long deadlineNanos() {
        return call.deadlineNanos();
    }

    @Override
    boolean isAnswered() {
        return answered;
    }

    @Override
    int data(ByteBuf data, boolean last) {
        int bytes = data.readableBytes();
        if (!answered) {
            assembler.data(data, last);
        }
        return bytes;
    }

    @Override
    void ended() {
        if (!answered && !delivered) {
            assembler.end();
        }
    }

    @Override
    void closed() {
        closed = true;
        answered = true;
        assembler.release();
        call.leave();
    }

    @Override
    public void message(long address, int bytes, boolean compressed, @Nullable ByteBuf staged) {
        delivered = true;
        if (compressed) {
            inflate(address, bytes, staged);
        } else {
            loop.intake.take(call, address, bytes, staged);
        }
    }

    private void inflate(long address, int bytes, @Nullable ByteBuf staged) {
        try {
            if (!sendsGzip) {
                throw new ServingException(
                        ErrorCode.INTERNAL, "the message is compressed, but grpc-encoding does not say how");
            }
            ByteBuf message = loop.gzip.inflate(address, bytes);
            loop.intake.take(call, message.memoryAddress(), message.readableBytes(), message);
        } catch (ServingException e) {
            refused(e.code(), e.reason());
        } finally {
            if (staged != null) {
                loop.staging.give(staged);
            }
        }
    }

    @Override
    public boolean takesMore() {
        return !answered;
    }

    @Override
    public void refused(ErrorCode code, String message) {
        refuse(200, code, message, Exposure.NONE);
    }

    /// Answers with an error that the headers alone have earned.
    void refuse(int httpStatus, ErrorCode code, String message, byte[] exposure) {
        if (answered) {
            return;
        }
        answered = true;
        if (call.record != null) {
            call.record.fail(code);
        }
        loop.deadlines.remove(call);
        assembler.release();
        DoorOutput output = output();
        ResponseHeaders.refuse(
                output.out(ResponseHeaders.MAX_BYTES),
                streamId(),
                output.firstBlock(),
                httpStatus,
                code,
                message,
                exposure,
                loop.requestIds,
                writeId());
        call.ended(0);
        output.endEarly(this);
    }

    private int writeId() {
        int length = loop.requestIds.write(call.id, call.idLength, sentId);
        if (call.record != null) {
            call.record.requestId(loop.requestIds.bytes(), length);
        }
        return length;
    }

    @Override
    public void succeeded(InferCall answeredCall, Answer answer, BatchOutputs outputs, int firstRow) {
        if (answered) {
            return;
        }
        int message = answer.messageBytes(call);
        int data = MessageAssembler.PREFIX_BYTES + message;
        DoorOutput output = output();
        boolean gzip = takesGzip && message >= loop.settings.compressFromBytes();
        if (!gzip && output.tryTakeWindow(this, data)) {
            answered = true;
            byte[] exposure = answer.exposure(call);
            ByteBuf out = output.out(ResponseHeaders.MAX_BYTES + exposure.length + data);
            int start = out.writerIndex();
            try {
                open(out, output, exposure, false);
                Frames.header(out, data, Frames.DATA, 0, streamId());
                out.writeByte(0).writeInt(message);
                answer.write(out, call, outputs, firstRow);
                ResponseHeaders.close(out, streamId());
            } catch (RuntimeException | Error e) {
                // Half an answer would spoil those of all other streams.
                out.writerIndex(start);
                throw e;
            }
            // Before the stream ends, which is the end of calls without an answer.
            call.ended(message);
            output.end(this);
            return;
        }
        ByteBuf framed = output.buffer(data);
        try {
            framed.writeByte(0).writeInt(message);
            answer.write(framed, call, outputs, firstRow);
        } catch (RuntimeException | Error e) {
            framed.release();
            throw e;
        }
        send(framed, answer.exposure(call), gzip);
    }

    @Override
    public void replied(InferCall answeredCall, InferenceReply reply) {
        if (answered) {
            return;
        }
        ReplyBytes bytes = new ReplyBytes(call, reply);
        byte[] exposure =
                Exposure.fields(bytes.exposedName(), reply.key().version(), reply.feedbackToken(), call.assigned());
        if (bytes.bytes() > Integer.MAX_VALUE - Short.MAX_VALUE) {
            String message = "the answer has " + bytes.bytes() + " bytes (expected: at most 2 GiB)";
            refuse(200, ErrorCode.TOO_LARGE, message, exposure);
            return;
        }
        int message = (int) bytes.bytes();
        ByteBuf framed = output().buffer(MessageAssembler.PREFIX_BYTES + message);
        framed.writeByte(0).writeInt(message);
        bytes.write(framed);
        send(framed, exposure, takesGzip && message >= loop.settings.compressFromBytes());
    }

    private void send(ByteBuf framed, byte[] exposure, boolean gzip) {
        answered = true;
        DoorOutput output = output();
        open(output.out(ResponseHeaders.MAX_BYTES + exposure.length), output, exposure, gzip);
        call.ended(framed.readableBytes() - MessageAssembler.PREFIX_BYTES);
        output.sendLast(this, gzip ? loop.gzip.deflate(framed) : framed);
    }

    private void open(ByteBuf out, DoorOutput output, byte[] exposure, boolean gzip) {
        ResponseHeaders.open(out, streamId(), output.firstBlock(), exposure, loop.requestIds, writeId(), gzip);
    }

    @Override
    public void failed(InferCall failedCall, ErrorCode code, String message, @Nullable ModelKey key) {
        String name = call.modelName();
        byte[] exposure = Exposure.fields(
                ModelName.isAddress(name) ? name.getBytes(StandardCharsets.UTF_8) : Exposure.NONE,
                key == null ? call.askedVersion() : key.version(),
                "",
                call.assigned());
        refuse(200, code, message, exposure);
    }

    @Override
    public void lost(InferCall lostCall) {
        if (!closed) {
            output().reset(this);
        }
    }

    @Override
    public void idle(InferCall idleCall) {
        if (closed) {
            Arrays.fill(metadata, null);
            sentId = null;
            loop.give(this);
        }
    }

    @Override
    public void describe(CallRecord record) {
        record.begin(CallKind.GRPC, openedNanos(), kept(loop.traceParent), kept(loop.traceState));
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
        CharSequence sent = kept(kept.indexOf(name));
        return sent == null ? null : SentHeaders.text(sent);
    }

    @Override
    public long readNanos() {
        return connection().readNanos();
    }
}
