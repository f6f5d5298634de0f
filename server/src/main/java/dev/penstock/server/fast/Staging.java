package dev.penstock.server.fast;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Buffers for messages that cannot be read where they arrived. One per event loop, confined to it.
///
/// Large buffers are kept in a free list by power of two: Netty's pool gives empty chunks back, so that every
/// large message would pay for fresh zeroed pages. What a buffer holds counts against the [ByteBudget].
public final class Staging implements AutoCloseable {
    /// The largest buffer there is.
    public static final int MAX_BYTES = 1 << 30;

    private static final int MIN_KEPT_BYTES = 32 * 1024;
    private static final long MAX_KEPT_BYTES = 64L * 1024 * 1024;

    /// What a peer gets on the word of a length prefix alone: large tensors then need not be moved while they
    /// arrive.
    private static final int MAX_FIRST_BYTES = 1024 * 1024;

    /// The same when half of the budget is used, perhaps by many that do no more than announce.
    private static final int MAX_WARY_BYTES = 16 * 1024;

    private final ByteBufAllocator allocator;
    private final ByteBudget budget;
    private final List<ArrayDeque<ByteBuf>> free = new ArrayList<>();
    private long keptBytes;
    private boolean closed;

    public Staging(ByteBufAllocator allocator, ByteBudget budget) {
        this.allocator = allocator;
        this.budget = budget;
        for (int i = 0; i <= Integer.SIZE; i++) {
            free.add(new ArrayDeque<>());
        }
    }

    /// A buffer for the start of a message of that size.
    ///
    /// @return null if the budget is used up; else to be given back with [#give]
    @Nullable
    public ByteBuf tryTake(int messageBytes) {
        return tryTakeWhole(Math.min(messageBytes, budget.isHalfFull() ? MAX_WARY_BYTES : MAX_FIRST_BYTES));
    }

    /// A buffer with room for that many bytes, or null if the budget or the memory is used up. Of more than
    /// [#MAX_BYTES] there is none.
    @Nullable
    public ByteBuf tryTakeWhole(int bytes) {
        if (bytes < 0 || bytes > MAX_BYTES) {
            return null;
        }
        int capacity = bytes < MIN_KEPT_BYTES ? Math.max(bytes, 1) : ceilingPowerOfTwo(bytes);
        if (!budget.tryTake(capacity)) {
            return null;
        }
        @Nullable
        ByteBuf kept = capacity < MIN_KEPT_BYTES
                ? null
                : free.get(Integer.numberOfTrailingZeros(capacity)).poll();
        if (kept == null) {
            return allocated(capacity);
        }
        keptBytes -= capacity;
        return kept;
    }

    // Memory may be short before the budget is: others use it as well.
    private @Nullable ByteBuf allocated(int capacity) {
        try {
            return allocator.directBuffer(capacity, capacity);
        } catch (OutOfMemoryError e) {
            budget.give(capacity);
            return null;
        }
    }

    /// Counts memory that is no buffer against the same budget.
    ///
    /// @return false if the budget is used up; else to be given back with [#uncount]
    public boolean tryCount(long bytes) {
        return budget.tryTake(bytes);
    }

    public void uncount(long bytes) {
        budget.give(bytes);
    }

    /// What is said to those who were given none.
    public String refusal(long bytes) {
        return budget.refusal(bytes);
    }

    /// Moves the content of a full buffer to one with room for `more` bytes of a message of `messageBytes`.
    ///
    /// @return null if the budget is used up, and `full` is given back then as well
    @Nullable
    public ByteBuf tryGrow(ByteBuf full, int more, int messageBytes) {
        long wanted = Math.max(full.readableBytes() + (long) more, Math.min(full.capacity() * 4L, MAX_BYTES));
        @Nullable ByteBuf larger = tryTakeWhole((int) Math.min(wanted, messageBytes));
        if (larger != null) {
            larger.writeBytes(full, full.readerIndex(), full.readableBytes());
        }
        give(full);
        return larger;
    }

    public void give(ByteBuf buffer) {
        int capacity = buffer.capacity();
        budget.give(capacity);
        if (closed || capacity < MIN_KEPT_BYTES || keptBytes + capacity > MAX_KEPT_BYTES) {
            buffer.release();
        } else {
            keptBytes += capacity;
            free.get(Integer.numberOfTrailingZeros(capacity)).push(buffer.clear());
        }
    }

    /// Lets a buffer go that was taken here: whoever gets it releases it, and it counts no more.
    public ByteBuf detach(ByteBuf buffer) {
        budget.give(buffer.capacity());
        return buffer;
    }

    private static int ceilingPowerOfTwo(int bytes) {
        int bits = Integer.SIZE - Integer.numberOfLeadingZeros(bytes - 1);
        return 1 << bits;
    }

    @Override
    public void close() {
        closed = true;
        for (ArrayDeque<ByteBuf> size : free) {
            for (ByteBuf buffer = size.poll(); buffer != null; buffer = size.poll()) {
                buffer.release();
            }
        }
    }
}
