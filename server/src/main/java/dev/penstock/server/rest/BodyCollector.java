package dev.penstock.server.rest;

import dev.penstock.server.fast.ByteBudget;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;

/// Puts the pieces of one request's body together into one buffer. A body that came in one piece is not copied.
/// Owned by the connection's event loop.
final class BodyCollector {
    /// What a caller may make us reserve by announcing it, without having sent any of it.
    private static final int MAX_RESERVED_UNSEEN = 1 << 20;

    private final ByteBufAllocator allocator;
    private final long declaredBytes;
    private final int maxBytes;
    private final ByteBudget budget;

    private ByteBuf body = Unpooled.EMPTY_BUFFER;
    private boolean ownPiece;

    /// @param declaredBytes how long the body will be, or -1 if that is not known
    /// @param budget counts what arrived; whoever takes the body gives it back
    BodyCollector(ByteBufAllocator allocator, long declaredBytes, int maxBytes, ByteBudget budget) {
        this.budget = budget;
        this.allocator = allocator;
        this.declaredBytes = declaredBytes;
        this.maxBytes = maxBytes;
    }

    /// Whether the memory for requests has room for one more piece; then it is counted, and has to be added.
    boolean reserve(ByteBuf piece) {
        return budget.tryTake(piece.readableBytes());
    }

    /// Takes a piece; the caller keeps its own reference.
    ///
    /// @return false if the body has become longer than it may be; the piece was not taken
    boolean add(ByteBuf piece) {
        int sum = body.readableBytes() + piece.readableBytes();
        if (sum < 0 || sum > maxBytes) {
            budget.give(piece.readableBytes());
            return false;
        }
        if (!body.isReadable()) {
            body.release();
            body = piece.retain();
        } else if (piece.isReadable()) {
            reserve(sum);
            body.writeBytes(piece, piece.readerIndex(), piece.readableBytes());
        }
        return true;
    }

    /// Doubling bounds both the copying and the memory that an announcement alone can claim.
    private void reserve(int bytes) {
        if (ownPiece && body.capacity() >= bytes) {
            return;
        }
        long target = Math.max(2L * bytes, MAX_RESERVED_UNSEEN);
        long known = declaredBytes < 0 ? maxBytes : declaredBytes;
        int capacity = (int) Math.max(bytes, Math.min(target, known));
        if (ownPiece) {
            body.capacity(capacity);
            return;
        }
        ByteBuf own = allocator.directBuffer(capacity);
        own.writeBytes(body, body.readerIndex(), body.readableBytes());
        body.release();
        body = own;
        ownPiece = true;
    }

    /// The body; it belongs to the caller, and this collector is done.
    ByteBuf take() {
        ByteBuf taken = body;
        body = Unpooled.EMPTY_BUFFER;
        return taken;
    }

    void release() {
        budget.give(body.readableBytes());
        take().release();
    }
}
