package dev.penstock.loadtest.latency;

import java.util.Arrays;

/// Writes slots and their counts as few bytes: for each how far it is from the one before, and its count,
/// seven bits in a byte and the lowest first, as in LEB128. Mostly they are two.
final class SlotWriter {
    private static final int USUAL = 1 << 13;
    private static final int MOST_FOR_ONE = 20;

    private byte[] bytes = new byte[USUAL];
    private int length;
    private int before;

    /// @param slot in ascending order
    /// @param count above 0
    void write(int slot, long count) {
        if (bytes.length - length < MOST_FOR_ONE) {
            bytes = Arrays.copyOf(bytes, 2 * bytes.length);
        }
        write(slot - before);
        write(count);
        before = slot;
    }

    private void write(long number) {
        long rest = number;
        while (rest > 0x7f) {
            bytes[length++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        bytes[length++] = (byte) rest;
    }

    byte[] bytes() {
        return Arrays.copyOf(bytes, length);
    }
}
