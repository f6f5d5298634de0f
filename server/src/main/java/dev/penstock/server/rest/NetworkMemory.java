package dev.penstock.server.rest;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import io.netty.buffer.PooledByteBufAllocator;

/// Memory outside of the heap that the network library's allocators have taken, for all doors. What they keep
/// for later is a part of it.
public final class NetworkMemory {
    private NetworkMemory() {}

    /// Any thread.
    @SuppressWarnings("ReferenceEquality") // whether it is the same one
    public static long bytes() {
        long pooled = PooledByteBufAllocator.DEFAULT.metric().usedDirectMemory();
        boolean other = !ByteBufAllocator.DEFAULT.equals(PooledByteBufAllocator.DEFAULT);
        return other && ByteBufAllocator.DEFAULT instanceof ByteBufAllocatorMetricProvider provider
                ? pooled + provider.metric().usedDirectMemory()
                : pooled;
    }
}
