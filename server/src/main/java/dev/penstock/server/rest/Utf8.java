package dev.penstock.server.rest;

import dev.penstock.core.ServingException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.nio.charset.StandardCharsets;

/// Holds JSON to UTF-8. A parser that guesses other encodings, or mends broken ones, would change what was sent.
final class Utf8 {
    private static final long HIGH_BITS = 0x8080808080808080L;

    /// A parser tells the encoding by zeros among the first bytes; text has none there.
    private static final int GUESSED_FROM_BYTES = 4;

    private Utf8() {}

    /// @throws ServingException unless `length` bytes from `index` on are well-formed UTF-8
    static void check(ByteBuf text, int index, int length) {
        int end = index + length;
        for (int i = index; i < Math.min(end, index + GUESSED_FROM_BYTES); i++) {
            if (text.getByte(i) == 0) {
                throw notUtf8();
            }
        }
        int at = index;
        while (end - at >= Long.BYTES && (text.getLong(at) & HIGH_BITS) == 0) {
            at += Long.BYTES;
        }
        if (!ByteBufUtil.isText(text, at, end - at, StandardCharsets.UTF_8)) {
            throw notUtf8();
        }
    }

    private static ServingException notUtf8() {
        return ServingException.invalid("Unable to parse the request's JSON: it is not UTF-8");
    }
}
