package dev.penstock.loadtest.latency;

/// Reads what a [SlotWriter] wrote.
final class SlotReader {
    private final byte[] bytes;
    private int at;
    private int slot;
    private long count;

    SlotReader(byte[] bytes) {
        this.bytes = bytes;
    }

    /// Goes on to the next slot.
    ///
    /// @return false if there is none
    boolean next() {
        if (at == bytes.length) {
            return false;
        }
        slot += (int) number();
        count = number();
        return true;
    }

    private long number() {
        long number = 0;
        int shift = 0;
        byte some = bytes[at++];
        while (some < 0) {
            number |= (long) (some & 0x7f) << shift;
            shift += 7;
            some = bytes[at++];
        }
        return number | ((long) some << shift);
    }

    int slot() {
        return slot;
    }

    long count() {
        return count;
    }
}
