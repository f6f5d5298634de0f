package dev.penstock.server.rest;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Some bytes of UTF-8 within others, good until the next request is read. Reused; confined to one thread.
final class TextSpan {
    byte[] bytes = {};
    int from;
    int to;

    void set(byte[] newBytes, int newFrom, int newTo) {
        bytes = newBytes;
        from = newFrom;
        to = newTo;
    }

    void set(TextSpan other) {
        set(other.bytes, other.from, other.to);
    }

    int length() {
        return to - from;
    }

    boolean is(byte[] expected) {
        return Arrays.equals(bytes, from, to, expected, 0, expected.length);
    }

    boolean startsWith(byte[] expected) {
        int end = from + expected.length;
        return end <= to && Arrays.equals(bytes, from, end, expected, 0, expected.length);
    }

    @Override
    public String toString() {
        return new String(bytes, from, to - from, StandardCharsets.UTF_8);
    }
}
