package dev.penstock.server.rest;

import java.nio.charset.StandardCharsets;

/// Finds the ends of numbers of JSON's grammar. Pure.
final class JsonNumbers {
    /// An integer of so many digits has 64 bits at most.
    static final int SAFE_DIGITS = 18;

    private JsonNumbers() {}

    /// Where the integer that begins at `at` ends, or -1 if there is none, or a number with a point or an exponent.
    static int integerEnd(byte[] text, int at, int limit) {
        int start = at < limit && text[at] == '-' ? at + 1 : at;
        int end = digitsEnd(text, start, limit);
        boolean leadingZero = end - start > 1 && text[start] == '0';
        boolean goesOn = end < limit && (text[end] == '.' || (text[end] | 0x20) == 'e');
        return end == start || leadingZero || goesOn ? -1 : end;
    }

    /// Whether the integer there has 64 bits at most.
    static boolean isLong(byte[] text, int at, int end) {
        if (end - at > SAFE_DIGITS + 2) {
            return false;
        }
        try {
            Long.parseLong(new String(text, at, end - at, StandardCharsets.US_ASCII));
            return true;
        } catch (NumberFormatException e) {
            return false;
        }
    }

    /// Where the number that begins at `at` ends, or -1 if there is none.
    static int numberEnd(byte[] text, int at, int limit) {
        int start = at < limit && text[at] == '-' ? at + 1 : at;
        int end = digitsEnd(text, start, limit);
        if (end == start || (end - start > 1 && text[start] == '0')) {
            return -1;
        }
        if (end < limit && text[end] == '.') {
            int fraction = end + 1;
            end = digitsEnd(text, fraction, limit);
            if (end == fraction) {
                return -1;
            }
        }
        if (end < limit && (text[end] | 0x20) == 'e') {
            boolean signed = end + 1 < limit && (text[end + 1] == '+' || text[end + 1] == '-');
            int exponent = end + (signed ? 2 : 1);
            end = digitsEnd(text, exponent, limit);
            if (end == exponent) {
                return -1;
            }
        }
        return end;
    }

    private static int digitsEnd(byte[] text, int from, int limit) {
        int i = from;
        while (i < limit && text[i] >= '0' && text[i] <= '9') {
            i++;
        }
        return i;
    }
}
