package dev.penstock.loadtest.engine;

import java.nio.ByteBuffer;

/// Writes requests as frames, as far as the server's windows and the room in the buffer allow. Confined to one
/// connection.
final class H2Writer {
    private static final int TABLE_OFF = 0x20;
    private static final int SMALL_PIECE = 1024;

    /// What requests leave free for frames that must not wait.
    private static final int RESERVE = 2048;

    private final boolean unary;
    private final H2Requests requests;
    private final H2Streams streams;
    private final ByteBuffer out;

    private long window;
    private long streamWindow;
    private int maxFrame;
    private int peerTable;
    private boolean told;

    /// @param out the connection's, which it may write to as well
    H2Writer(LoadPlan plan, H2Requests requests, H2Streams streams, ByteBuffer out) {
        this.unary = plan.protocol() == Protocol.GRPC_UNARY;
        this.requests = requests;
        this.streams = streams;
        this.out = out;
    }

    /// A connection is new: what the last server said does not count.
    void reset() {
        window = H2.DEFAULT_WINDOW;
        streamWindow = H2.DEFAULT_WINDOW;
        maxFrame = H2.DEFAULT_FRAME;
        peerTable = H2.DEFAULT_TABLE;
        told = false;
    }

    // Requests.

    Written write(Slot slot, long nowNanos) {
        H2Stream stream = streams.of(slot);
        if (slot.written < 0) {
            if (!stream.isOpen() && !openStream(stream, slot, nowNanos - slot.dueNanos)) {
                return Written.FULL;
            }
            stream.awaiting.add(slot);
            slot.written = 0;
        }
        return writeWhole(stream, slot) ? Written.ALL : writePieces(stream, slot);
    }

    private boolean openStream(H2Stream stream, Slot slot, long passedNanos) {
        int payload = slot.payload;
        byte[] head = told ? requests.knownHead(payload) : firstHead(payload);
        if (out.remaining() < head.length + RESERVE) {
            return false;
        }
        int at = out.position();
        int id = streams.freeId();
        out.put(head).putInt(at + H2.STREAM_AT, id);
        if (peerTable < H2.DEFAULT_TABLE && id == 1) {
            // A smaller table must be acknowledged at the front of the first block.
            out.position(at);
            H2.head(out, head.length - H2.FRAME_HEAD + 1, H2.HEADERS, H2.END_HEADERS, id);
            out.put((byte) TABLE_OFF).put(head, H2.FRAME_HEAD, head.length - H2.FRAME_HEAD);
        }
        requests.writeRest(out, passedNanos);
        requests.vary(out, payload, slot.number);
        streams.open(stream, id, streamWindow);
        return true;
    }

    private byte[] firstHead(int payload) {
        if (peerTable < H2.DEFAULT_TABLE || requests.tableBytes() > H2.DEFAULT_TABLE) {
            return requests.plainHead(payload);
        }
        told = true;
        return requests.tellingHead(payload);
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

    // What the server says.

    void moreRoom(int bytes) {
        window += bytes;
    }

    /// A setting that requests must keep to; others are of no interest.
    ///
    /// @throws LoadException if the plan cannot be kept
    void setting(int name, long value) throws ProtocolException {
        switch (name) {
            case H2.HEADER_TABLE_SIZE -> {
                if (told && value < requests.tableBytes()) {
                    throw new ProtocolException("a table of " + value + " bytes, after a larger one was used");
                }
                peerTable = (int) Math.min(value, H2.DEFAULT_TABLE);
            }
            case H2.MAX_CONCURRENT_STREAMS -> {
                if (value < streams.size()) {
                    throw new LoadException("the server allows " + value + " streams on a connection (expected: "
                            + streams.size() + ", as planned)");
                }
            }
            case H2.INITIAL_WINDOW_SIZE -> {
                for (H2Stream stream : streams) {
                    stream.window += value - streamWindow;
                }
                streamWindow = value;
            }
            case H2.MAX_FRAME_SIZE -> maxFrame = (int) Math.min(value, H2.DEFAULT_FRAME);
            default -> {
                // Not of interest, or unknown and to be ignored.
            }
        }
    }
}
