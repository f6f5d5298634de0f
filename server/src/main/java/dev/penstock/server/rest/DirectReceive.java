package dev.penstock.server.rest;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.ChannelConfig;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.util.UncheckedBooleanSupplier;
import org.jspecify.annotations.Nullable;

/// Has a connection receive the rest of a large message where it is to lie, instead of somewhere it must be copied
/// from. One per connection, confined to its event loop.
@SuppressWarnings("deprecation") // The handle's older methods have to be passed on, too.
final class DirectReceive implements RecvByteBufAllocator {
    /// Less is received as usual, and copied.
    private static final int MIN_BYTES = 4096;

    private final AdaptiveRecvByteBufAllocator usual = new AdaptiveRecvByteBufAllocator();
    private @Nullable ByteBuf target;
    private int missing;
    private @Nullable ByteBuf given;

    /// Has the next bytes written behind the writer index of `staged`, up to `count`.
    void into(ByteBuf staged, int count) {
        target = staged;
        missing = count;
        given = null;
    }

    void stop() {
        target = null;
        given = null;
    }

    /// Whether what arrived already lies in the buffer that [#into] was told.
    @SuppressWarnings("ReferenceEquality")
    boolean isInto(ByteBuf arrived) {
        return arrived == given;
    }

    private @Nullable ByteBuf view() {
        ByteBuf staged = target;
        if (staged == null) {
            return null;
        }
        int count = Math.min(missing, staged.capacity() - staged.writerIndex());
        if (count < MIN_BYTES) {
            return null;
        }
        given = staged.retainedSlice(staged.writerIndex(), count).writerIndex(0);
        return given;
    }

    @Override
    public Handle newHandle() {
        return new Receiving((ExtendedHandle) usual.newHandle());
    }

    private final class Receiving implements ExtendedHandle {
        private final ExtendedHandle handle;

        Receiving(ExtendedHandle handle) {
            this.handle = handle;
        }

        @Override
        public ByteBuf allocate(ByteBufAllocator allocator) {
            ByteBuf view = view();
            return view == null ? handle.allocate(allocator) : view;
        }

        @Override
        public int guess() {
            return handle.guess();
        }

        @Override
        public void reset(ChannelConfig config) {
            handle.reset(config);
        }

        @Override
        public void incMessagesRead(int count) {
            handle.incMessagesRead(count);
        }

        @Override
        public void lastBytesRead(int bytes) {
            handle.lastBytesRead(bytes);
        }

        @Override
        public int lastBytesRead() {
            return handle.lastBytesRead();
        }

        @Override
        public void attemptedBytesRead(int bytes) {
            handle.attemptedBytesRead(bytes);
        }

        @Override
        public int attemptedBytesRead() {
            return handle.attemptedBytesRead();
        }

        @Override
        public boolean continueReading() {
            return handle.continueReading();
        }

        @Override
        public boolean continueReading(UncheckedBooleanSupplier maybeMore) {
            return handle.continueReading(maybeMore);
        }

        @Override
        public void readComplete() {
            handle.readComplete();
        }
    }
}
