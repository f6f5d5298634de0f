package dev.penstock.server.wire;

import java.nio.charset.StandardCharsets;

/// Text that callers chose, made fit for headers and messages.
public final class HeaderText {
    /// What percent-encoding makes of one byte.
    private static final int ENCODED_CHARS = 3;

    /// The most bytes of UTF-8 that one `char` stands for.
    private static final int BYTES_PER_CHAR = 3;

    /// A status message travels in the trailers, and clients take 8 KiB of those by default.
    private static final int MAX_MESSAGE_CHARS = 4096;

    /// Room for what [#message] leaves, encoded, and the hint where it was cut.
    public static final int MAX_MESSAGE_BYTES = MAX_MESSAGE_CHARS + 64;

    private static final int MAX_PLAIN_ID_CHARS = 128;
    private static final int MAX_QUOTE_CHARS = 160;

    /// 255 bytes, the most of a model's name, all of them encoded.
    private static final int MAX_NAME_CHARS = 765;

    private static final byte[] HEX = "0123456789ABCDEF".getBytes(StandardCharsets.US_ASCII);

    private HeaderText() {}

    /// Percent-encodes everything but printable ASCII, and the percent sign. What would come out longer than
    /// `maxChars` is cut there.
    public static String encode(String text, int maxChars) {
        // No more than maxChars can come of as many chars, so a longer text need not be looked at.
        String start = text.substring(0, Math.min(text.length(), maxChars));
        byte[] bytes = start.getBytes(StandardCharsets.UTF_8);
        byte[] encoded = new byte[Math.min(maxChars, bytes.length * ENCODED_CHARS)];
        int length = encode(bytes, bytes.length, encoded, false);
        return new String(encoded, 0, length, StandardCharsets.US_ASCII);
    }

    /// The same for bytes of UTF-8, to bytes. Allocates nothing.
    ///
    /// @param blanks whether blanks stay as they are
    /// @return how many bytes it wrote from the start of `to`; what does not fit is cut
    public static int encode(byte[] text, int length, byte[] to, boolean blanks) {
        int at = 0;
        for (int i = 0; i < length; i++) {
            byte octet = text[i];
            boolean plain = (octet > ' ' || (blanks && octet == ' ')) && octet < 0x7f && octet != '%';
            if (at + (plain ? 1 : ENCODED_CHARS) > to.length) {
                break;
            }
            if (plain) {
                to[at++] = octet;
            } else {
                to[at++] = '%';
                to[at++] = HEX[octet >> 4 & 15];
                to[at++] = HEX[octet & 15];
            }
        }
        return at;
    }

    /// A model's name, in full.
    public static String name(String model) {
        return encode(model, MAX_NAME_CHARS);
    }

    /// Whether `text` can be a request's id as it is: 1 to 128 printable ASCII characters without blanks.
    /// Allocates nothing.
    public static boolean isPlainId(CharSequence text) {
        if (text.isEmpty() || text.length() > MAX_PLAIN_ID_CHARS) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) <= ' ' || text.charAt(i) >= 0x7f) {
                return false;
            }
        }
        return true;
    }

    /// Cuts a message to what a client can receive; it says so where it was cut.
    public static String message(String message) {
        int room = MAX_MESSAGE_CHARS;
        for (int i = 0; i < message.length(); i++) {
            char c = message.charAt(i);
            room -= c >= ' ' && c < 0x7f && c != '%' ? 1 : ENCODED_CHARS * BYTES_PER_CHAR;
            if (room < 0) {
                int end = Character.isHighSurrogate(message.charAt(Math.max(i - 1, 0))) ? i - 1 : i;
                return message.substring(0, end) + "... (cut: " + message.length() + " characters)";
            }
        }
        return message;
    }

    /// What a caller wrote, as it may be repeated in a message: short, and without control characters.
    public static String quote(String text) {
        return shorten(text, MAX_QUOTE_CHARS);
    }

    /// At most `maxChars` of `text`, and a hint where it was cut. Control characters and halves of surrogate pairs
    /// become question marks.
    public static String shorten(String text, int maxChars) {
        int length = Math.min(text.length(), maxChars);
        StringBuilder cleaned = new StringBuilder(length);
        for (int i = 0; i < length; ) {
            int c = text.codePointAt(i);
            boolean odd = Character.isISOControl(c) || Character.getType(c) == Character.SURROGATE;
            cleaned.appendCodePoint(odd ? '?' : c);
            i += Character.charCount(c);
        }
        return text.length() <= maxChars ? cleaned.toString() : cleaned + "... (" + text.length() + " characters)";
    }
}
