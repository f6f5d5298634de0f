package dev.penstock.loadtest.engine;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// gRPC calls over one HTTP/2 connection. With [Protocol#GRPC_UNARY] each request is a stream of its own, with
/// [Protocol#GRPC_STREAM] each stream carries many.
final class H2Connection extends Connection implements H2Sink {
    private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final int TABLE_OFF = 0x20;
    private static final int TELL_AT = 1 << 28;
    private static final int SMALL_PIECE = 1024;

    /// What requests leave free for frames that must not wait.
    private static final int RESERVE = 2048;

    private final LoadPlan plan;
    private final boolean unary;
    private final H2Requests requests;
    private final H2FrameReader reader = new H2FrameReader(this);
    private final H2Stream[] streams;
    private final @Nullable H2Stream[] byId;

    private int nextId;
    private long window;
    private long streamWindow;
    private int maxFrame;
    private int untold;
    private int peerTable;
    private boolean told;
    private boolean greeted;
    private boolean leaving;
    private long nowNanos;

    H2Connection(EngineLoop loop, LoadPlan plan, H2Requests requests) {
        super(loop, plan.streams() * plan.inFlight(), requests.maxBytes());
        this.plan = plan;
        this.unary = plan.protocol() == Protocol.GRPC_UNARY;
        this.requests = requests;
        this.streams = new H2Stream[plan.streams()];
        for (int i = 0; i < streams.length; i++) {
            streams[i] = new H2Stream(plan.inFlight());
        }
        this.byId = new @Nullable H2Stream[Integer.highestOneBit(streams.length) * 4];
    }

    @Override
    void opened() {
        nextId = 1;
        window = H2.DEFAULT_WINDOW;
        streamWindow = H2.DEFAULT_WINDOW;
        maxFrame = H2.DEFAULT_FRAME;
        peerTable = H2.DEFAULT_TABLE;
        untold = 0;
        told = false;
        greeted = false;
        leaving = false;
        reader.reset();
        out.put(PREFACE);
        H2.settings(out);
        H2.windowUpdate(out, 0, H2.OUR_WINDOW - H2.DEFAULT_WINDOW);
    }

    // Requests.

    @Override
    Written write(Slot slot) {
        H2Stream stream = streams[slot.index / plan.inFlight()];
        if (slot.written < 0) {
            if (!stream.isOpen() && !openStream(stream, slot.payload)) {
                return Written.FULL;
            }
            stream.awaiting.add(slot);
            slot.written = 0;
        }
        return writeWhole(stream, slot) ? Written.ALL : writePieces(stream, slot);
    }

    private boolean openStream(H2Stream stream, int payload) {
        byte[] head = told ? requests.knownHead(payload) : firstHead(payload);
        if (out.remaining() < head.length + RESERVE) {
            return false;
        }
        int at = out.position();
        int id = freeId();
        out.put(head).putInt(at + H2.STREAM_AT, id);
        if (peerTable < H2.DEFAULT_TABLE && id == 1) {
            // A smaller table must be acknowledged at the front of the first block.
            out.position(at);
            H2.head(out, head.length - H2.FRAME_HEAD + 1, H2.HEADERS, H2.END_HEADERS, id);
            out.put((byte) TABLE_OFF).put(head, H2.FRAME_HEAD, head.length - H2.FRAME_HEAD);
        }
        stream.open(id, streamWindow);
        byId[place(id)] = stream;
        if (nextId < 0 || nextId > Integer.MAX_VALUE - byId.length * 4) {
            leave();
        }
        return true;
    }

    private byte[] firstHead(int payload) {
        if (peerTable < H2.DEFAULT_TABLE || requests.tableBytes() > H2.DEFAULT_TABLE) {
            return requests.plainHead(payload);
        }
        told = true;
        return requests.tellingHead(payload);
    }

    /// The next number whose place is not taken by a stream that is long under way.
    private int freeId() {
        while (byId[place(nextId)] != null) {
            nextId += 2;
        }
        int id = nextId;
        nextId += 2;
        return id;
    }

    private int place(int id) {
        return (id >>> 1) & (byId.length - 1);
    }

    private @Nullable H2Stream find(int id) {
        H2Stream stream = byId[place(id)];
        return stream != null && stream.id == id ? stream : null;
    }

    private boolean writeWhole(H2Stream stream, Slot slot) {
        byte[] frame = requests.frame(slot.payload);
        int bytes = frame.length - H2.FRAME_HEAD;
        if (slot.written != 0
                || bytes <= 0
                || bytes > Math.min(stream.window, window)
                || out.remaining() < frame.length + RESERVE) {
            return false;
        }
        int at = out.position();
        out.put(frame).putInt(at + H2.STREAM_AT, stream.id);
        sent(stream, slot, bytes);
        return true;
    }

    private Written writePieces(H2Stream stream, Slot slot) {
        byte[] message = requests.message(slot.payload);
        while (slot.written < message.length) {
            int left = message.length - slot.written;
            int room = out.remaining() - H2.FRAME_HEAD - RESERVE;
            int bytes = (int) Math.min(Math.min(left, maxFrame), Math.min(stream.window, window));
            if (bytes <= 0 || room < Math.min(bytes, SMALL_PIECE)) {
                // On a stream of many messages nobody may overtake.
                return unary && stream.window <= 0 ? Written.PARKED : Written.FULL;
            }
            bytes = Math.min(bytes, room);
            H2.head(out, bytes, H2.DATA, unary && bytes == left ? H2.END_STREAM : 0, stream.id);
            out.put(message, slot.written, bytes);
            sent(stream, slot, bytes);
        }
        return Written.ALL;
    }

    private void sent(H2Stream stream, Slot slot, int bytes) {
        window -= bytes;
        stream.window -= bytes;
        slot.written += bytes;
        slot.sent = slot.written == requests.message(slot.payload).length;
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
        H2Stream stream = find(id);
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
        H2Stream stream = find(id);
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
        H2Stream stream = find(id);
        if (stream == null) {
            return;
        }
        ResponseHead head = stream.head;
        head.read(block, from, to, !endStream);
        int status = head.status();
        if (!stream.answering && status / 100 != 1) {
            stream.answering = true;
            stream.answer.begin(null, false);
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
        if (stream.isOpen()) {
            byId[place(stream.id)] = null;
            stream.id = 0;
        }
        for (int left = stream.awaiting.size(); left > 0; left--) {
            answered(stream.awaiting.take(), code, verified, nowNanos);
        }
    }

    @Override
    public void reset(int id, long error) {
        H2Stream stream = find(id);
        if (stream != null) {
            forget(stream, Codes.reset(error), false);
        }
    }

    // The connection.

    @Override
    public void settings(ByteBuffer in, int from, int to) throws ProtocolException {
        for (int at = from; at < to; at += Short.BYTES + Integer.BYTES) {
            setting(in.getShort(at) & 0xffff, in.getInt(at + Short.BYTES) & 0xffff_ffffL);
        }
        need(H2.FRAME_HEAD);
        H2.settingsAck(out);
        if (!greeted) {
            greeted = true;
            becomeReady();
        }
    }

    private void setting(int name, long value) throws ProtocolException {
        switch (name) {
            case H2.HEADER_TABLE_SIZE -> {
                if (told && value < requests.tableBytes()) {
                    throw new ProtocolException("a table of " + value + " bytes, after a larger one was used");
                }
                peerTable = (int) Math.min(value, H2.DEFAULT_TABLE);
            }
            case H2.MAX_CONCURRENT_STREAMS -> {
                if (value < streams.length) {
                    throw new LoadException("the server allows " + value + " streams on a connection (expected: "
                            + streams.length + ", as planned)");
                }
            }
            case H2.INITIAL_WINDOW_SIZE -> {
                for (H2Stream stream : streams) {
                    stream.window += value - streamWindow;
                    unpark(stream);
                }
                streamWindow = value;
            }
            case H2.MAX_FRAME_SIZE -> maxFrame = (int) Math.min(value, H2.DEFAULT_FRAME);
            default -> {
                // Not of interest, or unknown and to be ignored.
            }
        }
    }

    @Override
    public void windowUpdate(int id, int increment) {
        if (id == 0) {
            window += increment;
            return;
        }
        H2Stream stream = find(id);
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
    void giveUp(Slot slot, long now) {
        nowNanos = now;
        H2Stream stream = streams[slot.index / plan.inFlight()];
        if (slot.written < 0) {
            answered(slot, Codes.TIMEOUT, false, now);
            return;
        }
        if (out.remaining() < H2.FRAME_HEAD + Integer.BYTES) {
            lose(Codes.TIMEOUT, new ProtocolException("the server does not read"));
            return;
        }
        H2.reset(out, stream.id, H2.CANCEL);
        forget(stream, Codes.TIMEOUT, false);
    }
}
