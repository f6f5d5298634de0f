package dev.penstock.server.rest;

import dev.penstock.core.BytesElements;
import java.nio.ByteBuffer;

/// One element of an output of BYTES, taken out to be written as JSON. Reused; confined to one thread.
final class TextElement {
    private static final int KEPT_BYTES = 64 * 1024;

    private byte[] kept = new byte[1024];

    /// Of which the first [#length] count.
    byte[] bytes = kept;

    int length;

    /// Takes the element at `at`.
    ///
    /// @param data little-endian
    /// @param to where the output ends
    /// @return where the element ends
    /// @throws dev.penstock.core.ServingException if it is longer than JSON may be
    int read(String output, ByteBuffer data, int at, int to) {
        int from = at + BytesElements.LENGTH_BYTES;
        length = from > to ? -1 : data.getInt(at);
        if (length < 0 || length > to - from) {
            throw new IllegalStateException("output '%s' ends within an element".formatted(output));
        }
        if (length > JsonPage.MAX_BYTES) {
            throw LimitedOutput.tooLarge("more than %d bytes of JSON".formatted(JsonPage.MAX_BYTES));
        }
        bytes = length <= kept.length ? kept : new byte[length];
        kept = length <= KEPT_BYTES ? bytes : kept;
        data.get(from, bytes, 0, length);
        return from + length;
    }

    boolean isText() {
        return Utf8.isValid(bytes, 0, length);
    }
}
