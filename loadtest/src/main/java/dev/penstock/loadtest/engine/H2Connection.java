package dev.penstock.loadtest.engine;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// gRPC calls over one HTTP/2 connection. With [Protocol#GRPC_UNARY] each request is a stream of its own, with
/// [Protocol#GRPC_STREAM] each stream carries many.
final class H2Connection extends Connection implements H2Sink {
    private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final int TELL_AT = 1 << 28;

    private final LoadPlan plan;
    private final boolean unary;
    private final H2FrameReader reader = new H2FrameReader(this);
    private final H2Streams streams;
    private final H2Writer writer;

    private int untold;
    private boolean greeted;
    private boolean leaving;
    private long nowNanos;

    H2Connection(EngineLoop loop, LoadPlan plan, H2Requests requests) {
        super(loop, plan.streams() * plan.inFlight(), requests.maxBytes());
        this.plan = plan;
        this.unary = plan.protocol() == Protocol.GRPC_UNARY;
        this.streams = new H2Streams(plan.streams(), plan.inFlight(), breakdown);
        this.writer = new H2Writer(plan, requests, streams, out);
    }

    @Override
    void opened() {
        streams.reset();
        writer.reset();
        untold = 0;
        greeted = false;
        leaving = false;
        reader.reset();
        out.put(PREFACE);
        H2.settings(out);
        H2.windowUpdate(out, 0, H2.OUR_WINDOW - H2.DEFAULT_WINDOW);
    }

    @Override
    Written write(Slot slot, long now) {
        Written written = writer.write(slot, now);
        if (streams.areNearlyUsedUp()) {
            leave();
        }
        return written;
    }

    // Answers.

    @Override
    void received(ByteBuffer in, long now) throws ProtocolException {
        nowNanos = now;
        reader.read(in);
        if (untold > TELL_AT) {
            need(H2.FRAME_HEAD + Integer.BYTES);
            H2.windowUpdate(out, 0, untold);
            untold = 0;
        }
    }

    @Override
    public void data(int id, ByteBuffer in, int bytes) throws ProtocolException {
        H2Stream stream = streams.find(id);
        if (stream == null) {
            return;
        }
        int end = in.position() + bytes;
        while (in.position() < end) {
            if (unary && stream.answer.isComplete() && stream.answering) {
                throw new ProtocolException("more than one message in the answer to a unary call");
            }
            if (stream.take(in, end - in.position(), plan) && !unary) {
                messageAnswered(stream);
            }
        }
    }

    private void messageAnswered(H2Stream stream) {
        Slot slot = stream.awaiting.take();
        // Field 1 of ModelStreamInferResponse is the error message.
        int code = stream.answer.firstByte() == 0x0a ? Codes.STREAM_ERROR : stream.answer.code();
        answered(slot, code, stream.answer.wasVerified(), nowNanos);
    }

    @Override
    public void dataEnd(int id, int frameBytes, boolean endStream) throws ProtocolException {
        untold += frameBytes;
        H2Stream stream = streams.find(id);
        if (stream == null) {
            return;
        }
        stream.untold += frameBytes;
        if (endStream) {
            end(stream, Codes.PROTOCOL_ERROR);
        } else if (stream.untold > TELL_AT) {
            need(H2.FRAME_HEAD + Integer.BYTES);
            H2.windowUpdate(out, id, stream.untold);
            stream.untold = 0;
        }
    }

    @Override
    public void headers(int id, ByteBuffer block, int from, int to, boolean endStream) throws ProtocolException {
        H2Stream stream = streams.find(id);
        if (stream == null) {
            return;
        }
        ResponseHead head = stream.head;
        head.read(block, from, to, !endStream);
        int status = head.status();
        if (!stream.answering && status / 100 != 1) {
            stream.answering = true;
            stream.answer.begin(null, false, 0, List.of());
            if (status != 200) {
                end(stream, Codes.http(status));
                return;
            }
        }
        if (endStream) {
            end(stream, head.grpcStatus() == ResponseHead.NONE ? Codes.PROTOCOL_ERROR : Codes.grpc(head.grpcStatus()));
        }
    }

    /// The server has ended the stream.
    private void end(H2Stream stream, int status) throws ProtocolException {
        int code = status == Codes.OK ? codeOfOk(stream) : status;
        close(stream, code, unary && stream.answer.wasVerified());
    }

    private int codeOfOk(H2Stream stream) {
        if (stream.isAmidMessage()) {
            return Codes.PROTOCOL_ERROR;
        }
        if (!unary) {
            return Codes.STREAM_ENDED;
        }
        return stream.answer.isComplete() ? stream.answer.code() : Codes.EMPTY_ANSWER;
    }

    private void close(H2Stream stream, int code, boolean verified) throws ProtocolException {
        Slot first = stream.awaiting.peek();
        boolean halfOpen = !unary || (first != null && !first.sent);
        if (halfOpen) {
            need(H2.FRAME_HEAD + Integer.BYTES);
            H2.reset(out, stream.id, H2.CANCEL);
        }
        forget(stream, code, verified);
    }

    private void forget(H2Stream stream, int code, boolean verified) {
        streams.close(stream);
        for (int left = stream.awaiting.size(); left > 0; left--) {
            Slot slot = stream.awaiting.take();
            stream.head.tell(slot);
            answered(slot, code, verified, nowNanos);
        }
    }

    @Override
    public void reset(int id, long error) {
        H2Stream stream = streams.find(id);
        if (stream != null) {
            forget(stream, Codes.reset(error), false);
        }
    }

    // The connection.

    @Override
    public void settings(ByteBuffer in, int from, int to) throws ProtocolException {
        for (int at = from; at < to; at += Short.BYTES + Integer.BYTES) {
            writer.setting(in.getShort(at) & 0xffff, in.getInt(at + Short.BYTES) & 0xffff_ffffL);
        }
        streams.forEach(this::unpark);
        need(H2.FRAME_HEAD);
        H2.settingsAck(out);
        if (!greeted) {
            greeted = true;
            becomeReady();
        }
    }

    @Override
    public void windowUpdate(int id, int increment) {
        if (id == 0) {
            writer.moreRoom(increment);
            return;
        }
        H2Stream stream = streams.find(id);
        if (stream != null) {
            stream.window += increment;
            unpark(stream);
        }
    }

    private void unpark(H2Stream stream) {
        Slot slot = unary ? stream.awaiting.peek() : null;
        if (slot != null && !slot.sent && stream.window > 0 && !unwritten.contains(slot)) {
            unwritten.add(slot);
        }
    }

    @Override
    public void ping(long content) throws ProtocolException {
        need(H2.FRAME_HEAD + Long.BYTES);
        H2.pingAck(out, content);
    }

    @Override
    public void goAway(int lastStream) {
        leave();
        for (H2Stream stream : streams) {
            if (stream.id > lastStream) {
                forget(stream, Codes.GOAWAY, false);
            }
        }
    }

    private void leave() {
        leaving = true;
        becomeUnready();
    }

    @Override
    boolean isSpent() {
        return leaving && isIdle();
    }

    private void need(int bytes) throws ProtocolException {
        if (out.remaining() < bytes) {
            throw new ProtocolException("the server sends and does not read");
        }
    }

    @Override
    void failAll(int code, long now) {
        nowNanos = now;
        for (H2Stream stream : streams) {
            forget(stream, code, false);
        }
        for (Slot slot : slots) {
            if (slot.busy) {
                answered(slot, code, false, now);
            }
        }
    }

    @Override
    void giveUp(Slot slot, int code, long now) {
        nowNanos = now;
        H2Stream stream = streams.of(slot);
        if (slot.written < 0) {
            answered(slot, code, false, now);
            return;
        }
        if (out.remaining() < H2.FRAME_HEAD + Integer.BYTES) {
            lose(code, new ProtocolException("the server does not read"));
            return;
        }
        H2.reset(out, stream.id, H2.CANCEL);
        forget(stream, code, false);
    }
}
