package dev.penstock.loadtest.engine;

import java.nio.ByteBuffer;

/// Requests over one HTTP/1.1 connection that is kept open; answers come in the order of their requests.
final class HttpConnection extends Connection {
    private static final int MAX_CHUNK_LINE = 1024;

    private final LoadPlan plan;
    private final HttpRequests requests;
    private final SlotRing awaiting;
    private final HttpHead head;
    private final Answer answer = new Answer();
    private State state = State.HEAD;
    private long left;
    private boolean whole;
    private boolean leaving;

    private enum State {
        HEAD,
        BODY,
        CHUNK_SIZE,
        CHUNK,
        CHUNK_END,
        TRAILERS
    }

    HttpConnection(EngineLoop loop, LoadPlan plan, HttpRequests requests) {
        super(loop, plan.inFlight(), requests.maxBytes());
        this.plan = plan;
        this.head = new HttpHead(breakdown);
        this.requests = requests;
        this.awaiting = new SlotRing(plan.inFlight());
    }

    @Override
    void opened() {
        state = State.HEAD;
        leaving = false;
        becomeReady();
    }

    @Override
    Written write(Slot slot, long nowNanos) {
        if (slot.written < 0) {
            awaiting.add(slot);
            slot.written = 0;
        }
        byte[] request = requests.request(slot.payload);
        int bytes = Math.min(request.length - slot.written, out.remaining());
        int from = out.position();
        out.put(request, slot.written, bytes);
        requests.vary(out, slot.payload, from - slot.written, from, slot.number);
        slot.written += bytes;
        slot.sent = slot.written == request.length;
        return slot.sent ? Written.ALL : Written.FULL;
    }

    @Override
    void received(ByteBuffer in, long nowNanos) throws ProtocolException {
        boolean goesOn = true;
        while (goesOn) {
            goesOn = switch (state) {
                case HEAD -> readHead(in, nowNanos);
                case BODY -> readBody(in, nowNanos);
                case CHUNK_SIZE -> readChunkSize(in);
                case CHUNK -> readChunk(in);
                case CHUNK_END -> readChunkEnd(in);
                case TRAILERS -> readTrailers(in, nowNanos);
            };
        }
    }

    private boolean readHead(ByteBuffer in, long nowNanos) throws ProtocolException {
        if (!in.hasRemaining()) {
            return false;
        }
        Slot slot = awaiting.peek();
        if (slot == null) {
            throw new ProtocolException("a response nobody asked for");
        }
        if (!head.read(in)) {
            return false;
        }
        if (head.isInterim()) {
            return true;
        }
        boolean verify = slot.verify && head.status() == 200;
        answer.begin(plan.payloads().get(slot.payload).check(), verify, slot.sentNanos, head.texts);
        if (head.length() == HttpHead.CHUNKED) {
            state = State.CHUNK_SIZE;
            return true;
        }
        left = head.length();
        whole = in.remaining() >= left;
        state = State.BODY;
        return readBody(in, nowNanos);
    }

    private boolean readBody(ByteBuffer in, long nowNanos) {
        int bytes = (int) Math.min(left, in.remaining());
        answer.take(in, bytes, whole);
        left -= bytes;
        return left == 0 && finish(nowNanos);
    }

    private boolean readChunkSize(ByteBuffer in) throws ProtocolException {
        int lineEnd = lineEnd(in);
        if (lineEnd < 0) {
            return false;
        }
        long size = 0;
        int at = in.position();
        for (int digit = Character.digit(in.get(at), 16); digit >= 0 && at < lineEnd; ) {
            size = size << 4 | digit;
            digit = Character.digit(in.get(++at), 16);
        }
        if (at == in.position() || at - in.position() > 8) {
            throw new ProtocolException("a chunk without a size, or one above 4 GiB");
        }
        in.position(lineEnd + 1);
        left = size;
        state = size == 0 ? State.TRAILERS : State.CHUNK;
        return true;
    }

    private boolean readChunk(ByteBuffer in) {
        int bytes = (int) Math.min(left, in.remaining());
        answer.take(in, bytes, false);
        left -= bytes;
        if (left == 0) {
            state = State.CHUNK_END;
        }
        return left == 0;
    }

    private boolean readChunkEnd(ByteBuffer in) throws ProtocolException {
        int lineEnd = lineEnd(in);
        if (lineEnd < 0) {
            return false;
        }
        in.position(lineEnd + 1);
        state = State.CHUNK_SIZE;
        return true;
    }

    private boolean readTrailers(ByteBuffer in, long nowNanos) throws ProtocolException {
        int lineEnd = lineEnd(in);
        if (lineEnd < 0) {
            return false;
        }
        boolean empty = in.get(in.position()) == '\n' || in.get(in.position()) == '\r';
        in.position(lineEnd + 1);
        return !empty || finish(nowNanos);
    }

    /// @return where the next line ends, or -1 if it is not all there
    private static int lineEnd(ByteBuffer in) throws ProtocolException {
        for (int at = in.position(); at < in.limit(); at++) {
            if (in.get(at) == '\n') {
                return at;
            }
        }
        if (in.remaining() > MAX_CHUNK_LINE) {
            throw new ProtocolException("a line between chunks above " + MAX_CHUNK_LINE + " bytes");
        }
        return -1;
    }

    /// @return true
    private boolean finish(long nowNanos) {
        state = State.HEAD;
        answer.end();
        if (head.closes()) {
            leaving = true;
            becomeUnready();
        }
        Slot slot = awaiting.take();
        head.tell(slot);
        answered(slot, code(), answer.wasVerified(), nowNanos);
        return true;
    }

    private int code() {
        if (head.status() != 200) {
            return Codes.http(head.status());
        }
        return answer.received() == 0 ? Codes.EMPTY_ANSWER : answer.code();
    }

    @Override
    boolean isSpent() {
        return leaving && isIdle();
    }

    @Override
    void failAll(int code, long nowNanos) {
        awaiting.clear();
        for (Slot slot : slots) {
            if (slot.busy) {
                answered(slot, code, false, nowNanos);
            }
        }
    }

    @Override
    void giveUp(Slot slot, int code, long nowNanos) {
        if (code == Codes.TIMEOUT) {
            lose(code, new ProtocolException("the server does not answer"));
            return;
        }
        // Nothing may be begun on it any more.
        becomeUnready();
        awaiting.remove(slot);
        answered(slot, code, false, nowNanos);
        renew(Codes.CONNECTION_LOST, new ProtocolException("a deadline had passed"));
    }
}
