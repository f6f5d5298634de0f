package dev.penstock.loadtest.engine;

import java.nio.ByteBuffer;

/// One stream of an HTTP/2 connection: what it may still send, what awaits an answer on it, and the answer
/// that is coming in. When its call is over, it serves the next one under a new number. Confined to one
/// connection.
final class H2Stream {
    private static final int PREFIX = 5;

    /// Requests that were sent and have no answer, the oldest first.
    final SlotRing awaiting;

    final Answer answer = new Answer();
    final ResponseHead head;

    /// 0 while it is closed.
    int id;

    /// How many bytes of DATA the server takes.
    long window;

    /// How many bytes of DATA came in that the server was not told of.
    int untold;

    /// Whether the answer's first headers have come.
    boolean answering;

    private final ByteBuffer prefix = ByteBuffer.allocate(PREFIX);
    private boolean inMessage;
    private int length;
    private int left;

    H2Stream(int inFlight, Breakdown breakdown) {
        this.head = new ResponseHead(breakdown);
        this.awaiting = new SlotRing(inFlight);
    }

    void open(int number, long sendWindow) {
        id = number;
        window = sendWindow;
        untold = 0;
        answering = false;
        head.begin();
        inMessage = false;
        prefix.clear();
    }

    boolean isOpen() {
        return id != 0;
    }

    /// Whether a message has begun and not ended.
    boolean isAmidMessage() {
        return inMessage || prefix.position() > 0;
    }

    /// Takes bytes of DATA up to the end of a message.
    ///
    /// @param bytes how many there are
    /// @return whether a message is complete now; there may be bytes left
    boolean take(ByteBuffer in, int bytes, LoadPlan plan) throws ProtocolException {
        int end = in.position() + bytes;
        if (!inMessage) {
            if (!takePrefix(in, end)) {
                return false;
            }
            beginMessage(plan);
        }
        int part = Math.min(left, end - in.position());
        answer.take(in, part, part == length);
        left -= part;
        if (left > 0) {
            return false;
        }
        inMessage = false;
        answer.end();
        return true;
    }

    private boolean takePrefix(ByteBuffer in, int end) {
        while (prefix.hasRemaining()) {
            if (in.position() == end) {
                return false;
            }
            prefix.put(in.get());
        }
        return true;
    }

    private void beginMessage(LoadPlan plan) throws ProtocolException {
        length = prefix.getInt(1);
        boolean compressed = prefix.get(0) != 0;
        prefix.clear();
        Slot slot = awaiting.peek();
        if (slot == null || compressed || length < 0) {
            throw new ProtocolException("a message nobody asked for, a compressed one or one above 2 GiB");
        }
        inMessage = true;
        left = length;
        answer.begin(plan.payloads().get(slot.payload).check(), slot.verify, slot.sentNanos, head.texts);
    }
}
