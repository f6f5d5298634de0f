package dev.penstock.server.rest;

/// Reads JSON strings: those without escapes as they stand in the text, the others decoded to UTF-8. What it decoded
/// stays until [#reset]. Confined to one thread.
final class JsonStrings {
    private static final int KEPT_BYTES = 64 * 1024;

    private byte[] decoded = new byte[256];
    private int used;
    private int faultAt;
    private String expected = "";

    void reset() {
        used = 0;
        if (decoded.length > KEPT_BYTES) {
            decoded = new byte[KEPT_BYTES];
        }
    }

    /// Reads the string whose opening quote is before `from`.
    ///
    /// @param result becomes the string
    /// @return where the text goes on behind its closing quote; -1 if it is none, as [#faultAt] and
    ///     [#expected] say
    int read(byte[] text, int from, int limit, TextSpan result) {
        int i = from;
        int high = 0;
        boolean escaped = false;
        while (i < limit && text[i] != '"') {
            byte b = text[i];
            if (b == '\\') {
                escaped = true;
                i++;
            } else if (b >= 0 && b < ' ') {
                return fault(i, "no control characters in a string");
            }
            high |= b;
            i++;
        }
        if (i >= limit) {
            return fault(limit, "a string's closing '\"'");
        }
        if (high < 0 && !Utf8.isValid(text, from, i)) {
            return fault(from, "UTF-8");
        }
        result.set(text, from, i);
        return !escaped || decode(text, from, i, result) ? i + 1 : -1;
    }

    int faultAt() {
        return faultAt;
    }

    String expected() {
        return expected;
    }

    private int fault(int at, String wanted) {
        faultAt = at;
        expected = wanted;
        return -1;
    }

    /// Escapes are never shorter than what they stand for.
    private boolean decode(byte[] text, int from, int to, TextSpan result) {
        if (decoded.length - used < to - from) {
            // Whoever has a string that was decoded before has it in the old array.
            decoded = new byte[Math.max(2 * decoded.length, to - from)];
            used = 0;
        }
        int start = used;
        int i = from;
        while (i < to) {
            if (text[i] != '\\') {
                decoded[used++] = text[i++];
                continue;
            }
            int plain = i + 1 < to ? "\"\\/bfnrt".indexOf(text[i + 1]) : -1;
            if (plain >= 0) {
                decoded[used++] = (byte) "\"\\/\b\f\n\r\t".charAt(plain);
                i += 2;
            } else {
                int length = decodeUnicode(text, i, to);
                if (length < 0) {
                    return false;
                }
                i += length;
            }
        }
        result.set(decoded, start, used);
        return true;
    }

    /// @return how long the escape is, or its pair of escapes; -1 if it is none
    private int decodeUnicode(byte[] text, int at, int to) {
        int unit = hex(text, at, to);
        if (unit < 0) {
            return fault(at, "an escape sequence of JSON");
        }
        if (!Character.isSurrogate((char) unit)) {
            encode(unit);
            return 6;
        }
        int low = Character.isHighSurrogate((char) unit) ? hex(text, at + 6, to) : -1;
        if (low < 0 || !Character.isLowSurrogate((char) low)) {
            return fault(at, "both halves of a surrogate pair");
        }
        encode(Character.toCodePoint((char) unit, (char) low));
        return 12;
    }

    /// The code unit of the escape there, or -1.
    private static int hex(byte[] text, int at, int to) {
        if (at + 6 > to || text[at] != '\\' || text[at + 1] != 'u') {
            return -1;
        }
        int value = 0;
        for (int i = at + 2; i < at + 6; i++) {
            int digit = text[i] < 0 ? -1 : Character.digit(text[i], 16);
            if (digit < 0) {
                return -1;
            }
            value = value << 4 | digit;
        }
        return value;
    }

    private void encode(int character) {
        if (character < 0x80) {
            decoded[used++] = (byte) character;
        } else if (character < 0x800) {
            decoded[used++] = (byte) (0xc0 | character >> 6);
            decoded[used++] = (byte) (0x80 | (character & 0x3f));
        } else if (character < 0x10000) {
            decoded[used++] = (byte) (0xe0 | character >> 12);
            decoded[used++] = (byte) (0x80 | (character >> 6 & 0x3f));
            decoded[used++] = (byte) (0x80 | (character & 0x3f));
        } else {
            decoded[used++] = (byte) (0xf0 | character >> 18);
            decoded[used++] = (byte) (0x80 | (character >> 12 & 0x3f));
            decoded[used++] = (byte) (0x80 | (character >> 6 & 0x3f));
            decoded[used++] = (byte) (0x80 | (character & 0x3f));
        }
    }
}
