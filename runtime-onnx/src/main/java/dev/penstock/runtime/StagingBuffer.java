package dev.penstock.runtime;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.ServingException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/// Where the bytes of one input go when they lie where native code cannot use them. Grows as needed and keeps what it
/// has for the next run, unless that is much.
///
/// Confined to its runner's thread, but for [#close].
final class StagingBuffer implements AutoCloseable {
    /// More than this is given back after the run.
    static final int MAX_KEPT_BYTES = 4 << 20;

    private static final int MIN_BYTES = 256;
    /// What vector code likes best, and more than any element needs.
    private static final int ALIGNMENT_BYTES = 64;

    private final Engine engine;
    private @Nullable Native<Arena> arena;
    private ByteBuffer memory = ByteBuffer.allocate(0);

    StagingBuffer(Engine engine) {
        this.engine = engine;
    }

    /// Copies what is between the position and the limit of `data`; both stay.
    ///
    /// @return direct, aligned, exactly as long; valid until the next call of any method
    /// @throws ServingException with [ErrorCode#OVERLOADED] if there is no memory
    ByteBuffer stage(ByteBuffer data) {
        int bytes = data.remaining();
        if (arena == null || memory.capacity() < bytes) {
            close();
            memory = allocate(bytes);
        }
        return memory.clear().put(data.duplicate()).flip();
    }

    private ByteBuffer allocate(int bytes) {
        int capacity = bytes > MAX_KEPT_BYTES ? bytes : Math.max(MIN_BYTES, roundUp(bytes));
        Native<Arena> opened = engine.arena();
        arena = opened;
        try {
            return opened.get()
                    .allocate(capacity, ALIGNMENT_BYTES)
                    .asByteBuffer()
                    .order(ByteOrder.nativeOrder());
        } catch (OutOfMemoryError e) {
            close();
            throw new ServingException(
                    ErrorCode.OVERLOADED, "no memory for an input of " + bytes + " bytes: " + e.getMessage());
        }
    }

    private static int roundUp(int bytes) {
        int floor = Integer.highestOneBit(bytes);
        return floor == bytes ? bytes : floor << 1;
    }

    /// Gives back what is too much to keep.
    void trim() {
        if (memory.capacity() > MAX_KEPT_BYTES) {
            close();
        }
    }

    @Override
    public void close() {
        memory = ByteBuffer.allocate(0);
        if (arena != null) {
            arena.close();
            arena = null;
        }
    }
}
