package dev.penstock.server.rest;

import dev.penstock.server.fast.FastModel;
import dev.penstock.server.fast.Staging;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/// Where the elements of one request's JSON tensors are put: in memory that all requests share while the request is
/// so small that it is copied when it is offered, else in a buffer of its own. Confined to one event loop.
final class ElementRoom implements AutoCloseable {
    private final Staging staging;
    private final ByteBuf shared = Unpooled.directBuffer(FastModel.COPY_AT_ONCE_BYTES, FastModel.COPY_AT_ONCE_BYTES);
    private final ByteBuffer sharedView = view(shared);
    private @Nullable ByteBuf own;

    ElementRoom(Staging staging) {
        this.staging = staging;
    }

    private static ByteBuffer view(ByteBuf buffer) {
        return buffer.internalNioBuffer(0, buffer.capacity()).order(ByteOrder.LITTLE_ENDIAN);
    }

    /// Room for a request's bytes from `used` on.
    ///
    /// @param small whether all input of the request is less than [FastModel#COPY_AT_ONCE_BYTES]
    /// @return little-endian, the request's first byte at index 0; null if the memory for requests is used
    ///     up, and
    ///     what was there before is given back then
    @Nullable
    ByteBuffer reserve(boolean small, int used, int more) {
        if (small) {
            return sharedView;
        }
        ByteBuf present = own;
        if (present == null) {
            own = staging.tryTakeWhole(more);
        } else if (present.capacity() < used + more) {
            own = staging.tryGrow(present.writerIndex(used), more, Integer.MAX_VALUE);
        }
        return own == null ? null : view(own);
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
