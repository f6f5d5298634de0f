package dev.penstock.server.rest;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.ServingException;
import dev.penstock.server.fast.FastModel;
import dev.penstock.server.fast.Staging;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/// Where the elements of one request's JSON tensors are put: in memory that all requests share while they are
/// few, else in a buffer of the request's own. Confined to one event loop.
final class ElementRoom implements AutoCloseable {
    private final Staging staging;
    private final ByteBuf shared = Unpooled.directBuffer(FastModel.COPY_AT_ONCE_BYTES, FastModel.COPY_AT_ONCE_BYTES);
    private final ByteBuffer sharedView = view(shared);
    private @Nullable ByteBuf own;
    private ByteBuffer ownView = sharedView;

    ElementRoom(Staging staging) {
        this.staging = staging;
    }

    private static ByteBuffer view(ByteBuf buffer) {
        // Not the internal one: of a pooled buffer that is a view of the whole chunk.
        return buffer.nioBuffer(0, buffer.capacity()).order(ByteOrder.LITTLE_ENDIAN);
    }

    /// Room for a request's bytes from `used` on; what is before stays.
    ///
    /// @return little-endian, the request's first byte at index 0; null if the memory for requests is used up
    @Nullable
    ByteBuffer reserve(int used, int more) {
        ByteBuf present = own;
        if (present == null && used + (long) more <= shared.capacity()) {
            return sharedView;
        }
        if (present == null) {
            present = moved(used, more);
        } else if (present.capacity() < used + (long) more) {
            // Between the elements of two tensors may be a gap, and the buffer end within it.
            int kept = Math.min(used, present.capacity());
            present = staging.tryGrow(present.writerIndex(kept), used - kept + more, Integer.MAX_VALUE);
        }
        return keep(present) ? ownView : null;
    }

    @SuppressWarnings("ReferenceEquality")
    private boolean keep(@Nullable ByteBuf newOwn) {
        if (newOwn != null && newOwn != own) {
            ownView = view(newOwn);
        }
        own = newOwn;
        return newOwn != null;
    }

    /// Counts memory that a request needs while it is read.
    ///
    /// @throws ServingException if the memory for requests is used up; else to be given back with [#uncount]
    void count(long bytes) {
        if (!staging.tryCount(bytes)) {
            throw new ServingException(ErrorCode.OVERLOADED, staging.refusal(bytes));
        }
    }

    void uncount(long bytes) {
        staging.uncount(bytes);
    }

    /// What is said to those for whom there is no room.
    String refusal(int bytes) {
        return staging.refusal(bytes);
    }

    private @Nullable ByteBuf moved(int used, int more) {
        ByteBuf larger = staging.tryTakeWhole(used + more);
        return larger == null ? null : larger.writeBytes(shared, 0, used);
    }

    /// Has the request's bytes lie in a buffer of its own.
    ///
    /// @return false if the memory for requests is used up
    boolean own(int used) {
        if (own == null && used > 0) {
            return keep(moved(used, 0));
        }
        return true;
    }

    /// Where the request's bytes begin.
    long address() {
        ByteBuf present = own;
        return present == null ? shared.memoryAddress() : present.memoryAddress();
    }

    /// The request's own buffer, which is the caller's from here on; null if it has none.
    @Nullable
    ByteBuf take() {
        ByteBuf taken = own;
        own = null;
        return taken;
    }

    /// The bytes of the request read last in a buffer that whoever gets it releases, and that is not counted;
    /// null if there are none. After [#own].
    @Nullable
    ByteBuf detach() {
        ByteBuf taken = take();
        return taken == null ? null : staging.detach(taken);
    }

    /// Gives back what a request that came to nothing has reserved.
    void clear() {
        ByteBuf taken = take();
        if (taken != null) {
            staging.give(taken);
        }
    }

    @Override
    public void close() {
        clear();
        shared.release();
    }
}
