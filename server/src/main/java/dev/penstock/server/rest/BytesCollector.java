package dev.penstock.server.rest;

import dev.penstock.core.BytesElements;
import dev.penstock.core.ServingException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/// Collects the elements of one BYTES tensor: each as UTF-8 behind its length.
final class BytesCollector {
    private static final int MAX_BYTES_PER_CHAR = 3;
    private static final int FIRST_CAPACITY = 256;

    private byte[] bytes = new byte[FIRST_CAPACITY];
    private int size;

    /// Appends one element.
    ///
    /// @return false if the characters are no Unicode text, because half of a surrogate pair is missing
    boolean add(char[] chars, int from, int count) {
        reserve(BytesElements.LENGTH_BYTES + (long) MAX_BYTES_PER_CHAR * count);
        int start = size + BytesElements.LENGTH_BYTES;
        int end = encode(chars, from, from + count, start);
        if (end < 0) {
            return false;
        }
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(size, end - start);
        size = end;
        return true;
    }

    /// Everything added so far, as a view.
    ByteBuffer data() {
        return ByteBuffer.wrap(bytes, 0, size).slice().order(ByteOrder.LITTLE_ENDIAN);
    }

    private void reserve(long more) {
        long needed = size + more;
        if (needed > Integer.MAX_VALUE - Long.BYTES) {
            throw ServingException.invalid("the elements of one BYTES tensor take more than 2 GiB");
        }
        if (needed > bytes.length) {
            long doubled = Math.min(2L * bytes.length, Integer.MAX_VALUE - Long.BYTES);
            bytes = Arrays.copyOf(bytes, (int) Math.max(needed, doubled));
        }
    }

    private int encode(char[] chars, int from, int to, int start) {
        int at = start;
        for (int i = from; i < to; i++) {
            char c = chars[i];
            if (c < 0x80) {
                bytes[at++] = (byte) c;
            } else if (c < 0x800) {
                bytes[at++] = (byte) (0xc0 | (c >> 6));
                bytes[at++] = (byte) (0x80 | (c & 0x3f));
            } else if (!Character.isSurrogate(c)) {
                bytes[at++] = (byte) (0xe0 | (c >> 12));
                bytes[at++] = (byte) (0x80 | ((c >> 6) & 0x3f));
                bytes[at++] = (byte) (0x80 | (c & 0x3f));
            } else if (i + 1 < to && Character.isSurrogatePair(c, chars[i + 1])) {
                at = encodePair(Character.toCodePoint(c, chars[++i]), at);
            } else {
                return -1;
            }
        }
        return at;
    }

    private int encodePair(int codePoint, int start) {
        int at = start;
        bytes[at++] = (byte) (0xf0 | (codePoint >> 18));
        bytes[at++] = (byte) (0x80 | ((codePoint >> 12) & 0x3f));
        bytes[at++] = (byte) (0x80 | ((codePoint >> 6) & 0x3f));
        bytes[at++] = (byte) (0x80 | (codePoint & 0x3f));
        return at;
    }
}
