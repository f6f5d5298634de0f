package dev.penstock.server.monitoring;

/// Walks one structure of Thrift's compact protocol and makes nothing of it: whoever makes room for what such a
/// structure says of itself can be had to make room for what is not there. Not thread-safe.
final class CompactThrift {
    private static final int MOST_DEPTH = 16;
    private static final int PATH_LEVELS = 4;
    private static final int SHORT_LIST = 15;
    private static final int VARINT_BYTES = 10;
    private static final int BYTES_OF_DOUBLE = 8;

    private final byte[] bytes;
    private final int end;
    private final int mostStructures;
    private final int mostEntries;
    private final Seen seen;
    private int at;
    private int structures;
    private int entries;

    /// Told of numbers.
    @FunctionalInterface
    interface Seen {
        /// @param path the numbers of the fields that lead to it, as [#path] joins them; lists add none
        void number(long path, long value);
    }

    /// @param end before which it ends
    /// @param mostStructures in it, with itself
    /// @param mostEntries of all lists and maps in it together: each is an object to whoever reads it, and
    ///     may be a single byte here
    CompactThrift(byte[] bytes, int from, int end, int mostStructures, int mostEntries, Seen seen) {
        this.bytes = bytes;
        this.at = from;
        this.end = end;
        this.mostStructures = mostStructures;
        this.mostEntries = mostEntries;
        this.seen = seen;
    }

    static long path(int... fields) {
        long path = 0;
        for (int field : fields) {
            path = path << Short.SIZE | (field & 0xffff);
        }
        return path;
    }

    /// @return where it ends
    /// @throws IllegalArgumentException if it is none, or says that more is in it than there is
    int walk() {
        structure(0, 1);
        return at;
    }

    private void structure(long path, int depth) {
        structures++;
        check(structures <= mostStructures, "%d structures (expected: <= %d)", structures, mostStructures);
        check(depth <= MOST_DEPTH, "structures %d deep (expected: <= %d)", depth, MOST_DEPTH);
        int field = 0;
        for (int head = next(); head != 0; head = next()) {
            int step = head >> 4 & 0xf;
            field = (short) (step == 0 ? zigzag() : field + step);
            long own = depth > PATH_LEVELS ? -1 : path << Short.SIZE | (field & 0xffff);
            value(head & 0xf, own, depth, false);
        }
    }

    /// @param inList where a boolean is not in its type
    private void value(int type, long path, int depth, boolean inList) {
        switch (type) {
            case 1, 2 -> skip(inList ? 1 : 0);
            case 3 -> skip(1);
            case 4, 5, 6 -> seen.number(path, zigzag());
            case 7 -> skip(BYTES_OF_DOUBLE);
            case 8 -> skip(size("a text of %d bytes (expected: <= %d, which are left)"));
            case 9, 10 -> list(path, depth);
            case 11 -> map(path, depth);
            case 12 -> structure(path, depth + 1);
            default -> check(false, "type %d (expected: 1..%d)", type, 12);
        }
    }

    // Each entry has one byte at least.
    private void list(long path, int depth) {
        check(depth <= MOST_DEPTH, "lists %d deep (expected: <= %d)", depth, MOST_DEPTH);
        int head = next();
        int size = head >> 4 & 0xf;
        if (size == SHORT_LIST) {
            size = size("a list of %d entries (expected: <= %d, as many bytes are left)");
        }
        count(size);
        for (int i = 0; i < size; i++) {
            value(head & 0xf, path, depth + 1, true);
        }
    }

    private void map(long path, int depth) {
        check(depth <= MOST_DEPTH, "maps %d deep (expected: <= %d)", depth, MOST_DEPTH);
        int size = size("a map of %d entries (expected: <= %d, as many bytes are left)");
        count(size);
        int types = size == 0 ? 0 : next();
        for (int i = 0; i < size; i++) {
            value(types >> 4 & 0xf, path, depth + 1, true);
            value(types & 0xf, path, depth + 1, true);
        }
    }

    private void count(int more) {
        check(more <= mostEntries - entries, "%d entries more (expected: <= %d)", more, mostEntries - entries);
        entries += more;
    }

    private int size(String expected) {
        long size = varint();
        check(size >= 0 && size <= end - at, expected, size, end - at);
        return (int) size;
    }

    private long zigzag() {
        long raw = varint();
        return raw >>> 1 ^ -(raw & 1);
    }

    private long varint() {
        long value = 0;
        for (int i = 0; i < VARINT_BYTES; i++) {
            int one = next();
            value |= (long) (one & 0x7f) << (7 * i);
            if (one >= 0) {
                return value;
            }
        }
        throw new IllegalArgumentException(
                "byte %d: a number of more than %d bytes (expected: fewer)".formatted(at, VARINT_BYTES));
    }

    private void skip(int count) {
        check(count <= end - at, "%d bytes more (expected: <= %d, which are left)", count, end - at);
        at += count;
    }

    private byte next() {
        check(at < end, "it goes on (expected: an end within %d bytes, at %d)", end, at);
        return bytes[at++];
    }

    private void check(boolean right, String expected, long value, long bound) {
        if (!right) {
            throw new IllegalArgumentException("byte %d: ".formatted(at) + expected.formatted(value, bound));
        }
    }
}
