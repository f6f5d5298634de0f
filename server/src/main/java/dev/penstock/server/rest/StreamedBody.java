package dev.penstock.server.rest;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A request's body for a reader that may block while it arrives. Little of it waits in memory: the connection
/// is not read from while the reader is behind. Pieces come from the event loop; one thread reads; any may
/// close.
final class StreamedBody extends InputStream {
    /// From so much on, nothing more is read from the connection. One piece may come on top.
    private static final int MAX_WAITING_BYTES = 256 * 1024;

    private static final int SKIP_BYTES = 16 * 1024;

    private final Runnable whenAwaited;
    private final Runnable whenRoom;

    @GuardedBy("this")
    private final ArrayDeque<ByteBuf> pieces = new ArrayDeque<>();

    @GuardedBy("this")
    private int waitingBytes;

    @GuardedBy("this")
    private boolean full;

    @GuardedBy("this")
    private boolean awaited;

    @GuardedBy("this")
    private boolean complete;

    @GuardedBy("this")
    private @Nullable BodyFailure failure;

    /// @param asks whether the client waits to be asked for the body
    /// @param whenAwaited called once if it does, when the reader waits for the first piece
    /// @param whenRoom called when there is room again after [#offer] said there is none
    StreamedBody(boolean asks, Runnable whenAwaited, Runnable whenRoom) {
        this.awaited = !asks;
        this.whenAwaited = whenAwaited;
        this.whenRoom = whenRoom;
    }

    /// Takes the next piece; the caller keeps its own reference.
    ///
    /// @return whether there is room for one more
    synchronized boolean offer(ByteBuf piece) {
        if (failure == null && piece.isReadable()) {
            pieces.add(piece.retain());
            waitingBytes += piece.readableBytes();
            full = waitingBytes >= MAX_WAITING_BYTES;
            notifyAll();
        }
        return !full;
    }

    /// The body has arrived.
    synchronized void finish() {
        complete = true;
        notifyAll();
    }

    /// Nothing more comes, and what is there is not read any more.
    synchronized void fail(BodyFailure cause) {
        if (failure == null) {
            failure = cause;
        }
        pieces.forEach(ByteBuf::release);
        pieces.clear();
        waitingBytes = 0;
        full = false;
        notifyAll();
    }

    /// Why it cannot be read to its end, or null.
    synchronized @Nullable BodyFailure failure() {
        return failure;
    }

    @Override
    public int read() throws IOException {
        byte[] octet = new byte[1];
        return read(octet, 0, 1) < 0 ? -1 : octet[0] & 0xff;
    }

    @Override
    public int read(byte[] to, int from, int count) throws IOException {
        Objects.checkFromIndexSize(from, count, to.length);
        if (count == 0) {
            return 0;
        }
        boolean room;
        int taken;
        synchronized (this) {
            await();
            ByteBuf piece = pieces.peek();
            if (piece == null) {
                return -1;
            }
            taken = Math.min(count, piece.readableBytes());
            piece.readBytes(to, from, taken);
            if (!piece.isReadable()) {
                pieces.remove().release();
            }
            waitingBytes -= taken;
            room = full && waitingBytes <= MAX_WAITING_BYTES / 2;
            full = full && !room;
        }
        if (room) {
            whenRoom.run();
        }
        return taken;
    }

    @GuardedBy("this")
    private void await() throws IOException {
        while (pieces.isEmpty() && !complete && failure == null) {
            if (!awaited) {
                awaited = true;
                whenAwaited.run();
            }
            try {
                wait();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted", e);
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    /// Reads and forgets what is still to come, so that a client that sends it all before it listens hears the
    /// answer. Does nothing if the client was not yet asked for the body.
    ///
    /// @param maxBytes more is left where it is
    void skipRest(long maxBytes) {
        synchronized (this) {
            if (!awaited && pieces.isEmpty()) {
                return;
            }
        }
        byte[] skipped = new byte[SKIP_BYTES];
        try {
            long left = maxBytes;
            int count = 0;
            while (count >= 0 && left > 0) {
                count = read(skipped, 0, (int) Math.min(left, skipped.length));
                left -= count;
            }
        } catch (IOException e) {
            // The client is gone, or too slow: it has heard of that already.
        }
    }

    /// Drops what was not read.
    @Override
    public void close() {
        fail(new BodyFailure(new HeadRules.Refusal(HttpResponseStatus.GONE, "the request was answered")));
    }
}
