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

    /// Whether the whole text is UTF-8, and does not look like another encoding.
    static boolean isText(byte[] text, int from, int to) {
        for (int i = from; i < Math.min(to, from + GUESSED_FROM_BYTES); i++) {
            if (text[i] == 0) {
                return false;
            }
        }
        return isValid(text, from, to);
    }

    /// Whether these bytes are well-formed UTF-8. Allocates nothing.
    static boolean isValid(byte[] text, int from, int to) {
        int at = from;
        while (at < to) {
            int length = text[at] >= 0 ? 1 : characterBytes(text, at, to);
            if (length == 0) {
                return false;
            }
            at += length;
        }
        return true;
    }

    /// Bytes of the character beyond ASCII at `at`, or 0 if there is none.
    private static int characterBytes(byte[] text, int at, int to) {
        int lead = text[at] & 0xff;
        int length = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
        if (lead < 0xc2 || lead > 0xf4 || at + length > to) {
            return 0;
        }
        int character = lead & (0xff >> (length + 1));
        for (int i = 1; i < length; i++) {
            if ((text[at + i] & 0xc0) != 0x80) {
                return 0;
            }
            character = character << 6 | (text[at + i] & 0x3f);
        }
        boolean overlong = character < (length == 2 ? 0x80 : length == 3 ? 0x800 : 0x10000);
        boolean surrogate = character >= 0xd800 && character < 0xe000;
        return overlong || surrogate || character > 0x10ffff ? 0 : length;
    }

    private static ServingException notUtf8() {
        return ServingException.invalid("Unable to parse the request's JSON: it is not UTF-8");
    }
}
