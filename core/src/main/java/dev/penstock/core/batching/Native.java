package dev.penstock.core.batching;

import java.lang.foreign.MemorySegment;

/// Copies between raw addresses. The callers own the memory and have checked the sizes.
public final class Native {
    /// The whole address space: an offset is an address. A constant, so that accesses fold to plain ones.
    @SuppressWarnings("restricted") // the one place; the launcher enables native access
    public static final MemorySegment ALL = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    private Native() {}

    /// Copies like memmove: the ranges may overlap.
    public static void copy(long fromAddress, long toAddress, long byteCount) {
        MemorySegment.copy(ALL, fromAddress, ALL, toAddress, byteCount);
    }
}
