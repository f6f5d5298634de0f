package dev.penstock.core.batching;

import java.lang.foreign.Arena;

/// Native memory for the rows of a ring: one contiguous block per input, row `i` at `i` times its size.
///
/// Producers write the rows of the sequences they claimed; the sealing worker reads published ones.
final class RowSlab implements AutoCloseable {
    private static final long CACHE_LINE_BYTES = 64;

    private final Arena arena;
    private final RowLayout layout;
    private final int capacity;
    private final long[] addresses;

    RowSlab(RowLayout layout, int capacity) {
        this(layout, capacity, Arena.ofShared());
    }

    /// @param arena becomes this slab's, and is closed if not all of the memory can be had
    RowSlab(RowLayout layout, int capacity, Arena arena) {
        this.layout = layout;
        this.capacity = capacity;
        this.arena = arena;
        this.addresses = new long[layout.inputs()];
        try {
            for (int i = 0; i < addresses.length; i++) {
                addresses[i] = arena.allocate(layout.inputRowBytes(i) * capacity, CACHE_LINE_BYTES)
                        .address();
            }
        } catch (RuntimeException | Error e) {
            arena.close();
            throw e;
        }
    }

    /// Copies all rows of a call to the places of `sequence` and those after it.
    void put(long sequence, RowsCall call, int rows) {
        int first = index(sequence);
        int untilEnd = Math.min(rows, capacity - first);
        for (int input = 0; input < addresses.length; input++) {
            call.copyRows(input, 0, untilEnd, addressOf(input, first));
            if (untilEnd < rows) {
                call.copyRows(input, untilEnd, rows - untilEnd, addresses[input]);
            }
        }
    }

    /// Copies published rows next to those already gathered.
    void gather(long sequence, int rows, BatchRunner runner, int toRow) {
        int first = index(sequence);
        int untilEnd = Math.min(rows, capacity - first);
        for (int input = 0; input < addresses.length; input++) {
            long rowBytes = layout.inputRowBytes(input);
            long to = runner.inputAddress(input) + toRow * rowBytes;
            Native.copy(addressOf(input, first), to, untilEnd * rowBytes);
            if (untilEnd < rows) {
                Native.copy(addresses[input], to + untilEnd * rowBytes, (rows - untilEnd) * rowBytes);
            }
        }
    }

    /// Copies a published row of another slab of the same layout.
    void copyRow(int toRow, RowSlab from, long sequence) {
        for (int input = 0; input < addresses.length; input++) {
            Native.copy(
                    from.addressOf(input, from.index(sequence)), addressOf(input, toRow), layout.inputRowBytes(input));
        }
    }

    private long addressOf(int input, int row) {
        return addresses[input] + row * layout.inputRowBytes(input);
    }

    private int index(long sequence) {
        return (int) (sequence & (capacity - 1));
    }

    /// Not while anybody may still put or gather.
    @Override
    public void close() {
        arena.close();
    }
}
