package dev.penstock.server.wire;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/// Text that callers chose, made fit for headers and messages.
public final class HeaderText {
    /// What percent-encoding makes of one byte.
    private static final int ENCODED_CHARS = 3;

    /// The most bytes of UTF-8 that one `char` stands for.
    private static final int BYTES_PER_CHAR = 3;

    /// A status message travels in the trailers, and clients take 8 KiB of those by default.
    private static final int MAX_MESSAGE_CHARS = 4096;

    private static final int MAX_PLAIN_ID_CHARS = 128;
    private static final int MAX_QUOTE_CHARS = 160;

    /// 255 bytes, the most of a model's name, all of them encoded.
    private static final int MAX_NAME_CHARS = 765;

    private static final HexFormat HEX = HexFormat.of().withUpperCase();

    private HeaderText() {}

    /// Percent-encodes everything but printable ASCII, and the percent sign. What would come out longer than
    /// `maxChars` is cut there.
    public static String encode(String text, int maxChars) {
        StringBuilder encoded = new StringBuilder();
        // No more than maxChars can come of as many chars, so a longer text need not be looked at.
        String start = text.substring(0, Math.min(text.length(), maxChars));
        for (byte octet : start.getBytes(StandardCharsets.UTF_8)) {
            boolean plain = octet > ' ' && octet < 0x7f && octet != '%';
            if (encoded.length() + (plain ? 1 : ENCODED_CHARS) > maxChars) {
                break;
            }
            if (plain) {
                encoded.append((char) octet);
            } else {
                encoded.append('%').append(HEX.toHexDigits(octet));
            }
        }
        return encoded.toString();
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
