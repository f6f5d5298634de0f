package dev.penstock.loadtest.engine;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.util.concurrent.TimeUnit;

/// One connection and the requests under way on it; when it is lost, it is made anew. Confined to its loop.
abstract class Connection {
    private static final int SMALL_BUFFER = 64 * 1024;
    private static final int LARGE_BUFFER = 512 * 1024;

    /// From one attempt to connect to the next, of the same connection.
    private static final long RECONNECT_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    final Slot[] slots;
    final ByteBuffer out;

    /// Requests of which not all is written, the oldest first.
    final SlotRing unwritten;

    final Breakdown breakdown;

    private final EngineLoop loop;
    private final LoopSocket socket;
    private final Limits limits;
    private final Slot[] free;
    private int freeCount;
    private ByteBuffer rest = ByteBuffer.allocate(0);
    private boolean ready;

    /// When it may be made anew.
    private long againNanos;

    /// Whether anything was begun on it since it was made.
    private boolean used;

    Connection(EngineLoop loop, int places, int maxRequestBytes) {
        this.loop = loop;
        this.limits = loop.limits();
        this.breakdown = loop.counts().parts().breakdown();
        this.slots = new Slot[places];
        this.free = new Slot[places];
        for (int i = 0; i < places; i++) {
            slots[i] = new Slot(i, breakdown.size());
            free[i] = slots[i];
        }
        this.freeCount = places;
        this.unwritten = new SlotRing(places);
        this.socket = new LoopSocket(maxRequestBytes < SMALL_BUFFER / 2 ? SMALL_BUFFER : LARGE_BUFFER);
        this.out = socket.out;
    }

    // What protocols do.

    /// The socket is open and nothing was sent yet.
    abstract void opened();

    /// Takes what it can; the rest comes again with more.
    ///
    /// @throws ProtocolException if the server says what it may not
    abstract void received(ByteBuffer in, long nowNanos) throws ProtocolException;

    /// Writes as much of a request as there is room for.
    abstract Written write(Slot slot, long nowNanos);

    /// Calls [#answered] for each busy slot, as the connection is no more.
    abstract void failAll(int code, long nowNanos);

    /// Gives up on a request that takes too long, and on what cannot go on without it.
    ///
    /// @param code that it is answered with
    abstract void giveUp(Slot slot, int code, long nowNanos);

    /// Whether nothing is under way and nothing may be begun any more, so that a new connection is due.
    abstract boolean isSpent();

    // What loops ask for.

    boolean isReady() {
        return ready;
    }

    /// Whether [#begin] may be called.
    boolean canBegin() {
        return ready && freeCount > 0;
    }

    /// Puts a request on its way, which goes out with the next [#sendBegun].
    void begin(int payload, long number, long dueNanos, long nowNanos, boolean measured, boolean verify) {
        Slot slot = free[--freeCount];
        slot.begin(payload, number, dueNanos, nowNanos, measured, verify);
        used = true;
        unwritten.add(slot);
    }

    /// Whether it is time to make a connection anew that was lost.
    boolean mayConnect(long nowNanos) {
        return nowNanos - againNanos >= 0;
    }

    /// Begins to connect; [#handle] goes on with it.
    void connect(long nowNanos) {
        againNanos = nowNanos + RECONNECT_NANOS;
        used = false;
        try {
            socket.connect(loop.target(), loop.selector(), this);
        } catch (IOException e) {
            close();
            loop.lost(this, e);
        }
    }

    /// The socket can do something.
    void handle(SelectionKey selected) {
        if (!socket.has(selected)) {
            return;
        }
        try {
            if (selected.isConnectable()) {
                socket.finishConnect();
                opened();
            }
            if (selected.isReadable()) {
                read();
            }
            if (selected.isValid() && selected.isWritable()) {
                // What waited for room is older now.
                long _ = loop.now();
            }
            flush();
            if (isSpent()) {
                IOException goodbye = new IOException("the server said goodbye");
                if (used) {
                    renew(Codes.CONNECTION_LOST, goodbye);
                } else {
                    lose(Codes.CONNECTION_LOST, goodbye);
                }
            }
        } catch (ProtocolException e) {
            lose(Codes.PROTOCOL_ERROR, e);
        } catch (IOException e) {
            lose(Codes.CONNECTION_LOST, e);
        }
    }

    private void read() throws IOException, ProtocolException {
        ByteBuffer in = loop.input(rest.remaining());
        in.put(rest);
        loop.tally().bytesReceived += socket.read(in);
        in.flip();
        received(in, loop.now());
        if (socket.isConnected()) {
            keep(in);
        }
    }

    private void keep(ByteBuffer in) {
        if (rest.capacity() < in.remaining()) {
            rest = ByteBuffer.allocate(2 * in.remaining());
        }
        rest.clear().put(in).flip();
    }

    /// Sends what was begun, unless that is done when the socket has room again.
    void sendBegun() {
        if (!socket.isRoomAwaited() && !unwritten.isEmpty()) {
            send();
        }
    }

    /// Sends what was begun, as far as the socket takes it.
    private void send() {
        try {
            flush();
        } catch (IOException e) {
            lose(Codes.CONNECTION_LOST, e);
        }
    }

    private void flush() throws IOException {
        if (!socket.isConnected()) {
            return;
        }
        writeRequests();
        while (out.position() > 0) {
            loop.tally().bytesSent += socket.write();
            if (socket.isRoomAwaited()) {
                return;
            }
            writeRequests();
        }
    }

    private void writeRequests() {
        if (!ready) {
            handBackUnsent();
        }
        long now = loop.lastNow();
        for (Slot slot = unwritten.peek(); slot != null; slot = unwritten.peek()) {
            boolean past = slot.written < 0 && limits.isPast(now - slot.dueNanos);
            if (!past && write(slot, now) == Written.FULL) {
                return;
            }
            unwritten.take();
            if (past) {
                answered(slot, Codes.DEADLINE_EXCEEDED, false, now);
            }
        }
    }

    /// Whoever makes the connection anew sends these.
    private void handBackUnsent() {
        for (int left = unwritten.size(); left > 0; left--) {
            Slot slot = unwritten.take();
            if (slot.written >= 0) {
                unwritten.add(slot);
                continue;
            }
            slot.busy = false;
            free[freeCount++] = slot;
            loop.handedBack(slot);
        }
    }

    /// Looks for requests that take too long, and gives them up.
    void sweep(long nowNanos) {
        for (Slot slot : slots) {
            int code = slot.busy ? code(slot, nowNanos) : Codes.OK;
            if (code != Codes.OK) {
                giveUp(slot, code, nowNanos);
            }
        }
        send();
    }

    private int code(Slot waiting, long nowNanos) {
        return limits.codeOfWaiting(nowNanos - waiting.dueNanos, nowNanos - waiting.sentNanos);
    }

    // What protocols ask for.

    void becomeReady() {
        ready = true;
        loop.ready(this);
    }

    /// No more is begun, the rest goes on.
    void becomeUnready() {
        ready = false;
    }

    /// The request of that slot is over; the slot is free again, and may be taken before this returns.
    void answered(Slot slot, int code, boolean verified, long nowNanos) {
        slot.busy = false;
        if (!slot.sent) {
            unwritten.remove(slot);
        }
        free[freeCount++] = slot;
        loop.answered(this, slot, limits.codeOf(code, nowNanos - slot.dueNanos), verified, nowNanos);
    }

    boolean isIdle() {
        return freeCount == slots.length;
    }

    /// Closes the connection, answers what was under way with that code, and makes it anew, but not more often
    /// than servers that are down should be asked.
    void lose(int code, Exception cause) {
        close();
        unwritten.clear();
        failAll(code, loop.now());
        loop.lost(this, cause);
    }

    /// The same at once, as the other side is well.
    void renew(int code, Exception cause) {
        againNanos = loop.now();
        lose(code, cause);
    }

    /// Stops; what is under way is forgotten.
    void close() {
        ready = false;
        socket.close();
        rest.clear().flip();
    }
}
