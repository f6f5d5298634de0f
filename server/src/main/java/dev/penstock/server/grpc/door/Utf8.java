package dev.penstock.server.grpc.door;

import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

/// Says whether bytes are UTF-8 as proto3 demands of its strings: no overlong forms, no surrogates.
final class Utf8 {
    private static final long NOT_ASCII = 0x8080808080808080L;

    private Utf8() {}

    static boolean isValid(long address, int bytes) {
        long end = address + bytes;
        long at = address;
        while (at + Long.BYTES <= end && (Memory.ALL.get(JAVA_LONG_UNALIGNED, at) & NOT_ASCII) == 0) {
            at += Long.BYTES;
        }
        while (at < end) {
            int length = sequenceLength(at, end);
            if (length == 0) {
                return false;
            }
            at += length;
        }
        return true;
    }

    /// Bytes of the character at `at`, or 0 if there is none.
    private static int sequenceLength(long at, long end) {
        int lead = Memory.byteAt(at) & 0xff;
        if (lead < 0x80) {
            return 1;
        }
        int length = lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;
        if (length == 0 || at + length > end || !secondFits(lead, Memory.byteAt(at + 1) & 0xff)) {
            return 0;
        }
        for (int i = 2; i < length; i++) {
            if ((Memory.byteAt(at + i) & 0xc0) != 0x80) {
                return 0;
            }
        }
        return length;
    }

    private static boolean secondFits(int lead, int second) {
        int min = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
        int max = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
        return second >= min && second <= max;
    }
}
