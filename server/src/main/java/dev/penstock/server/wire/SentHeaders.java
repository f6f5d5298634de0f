package dev.penstock.server.wire;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What headers say to routes and logs, the same by every door. Callers write UTF-8, of which HTTP makes one
/// character of each byte.
public final class SentHeaders {
    /// HTTP/2 may send one header of cookies as several.
    private static final String COOKIE = "cookie";

    private static final String BETWEEN_COOKIES = "; ";
    private static final char ASCII_END = 0x80;
    private static final char BYTE_END = 0x100;

    private SentHeaders() {}

    /// The one value of a header that came several times: the first, but for cookies, which are all one.
    ///
    /// @param name lower case
    /// @return null if there is none
    public static @Nullable CharSequence one(String name, List<String> values) {
        if (values.isEmpty()) {
            return null;
        }
        return text(isCookie(name) ? String.join(BETWEEN_COOKIES, values) : values.getFirst());
    }

    /// The same for a value that was found before, and the next one; neither decoded yet.
    ///
    /// @param before null if there is none
    public static CharSequence more(CharSequence name, @Nullable CharSequence before, CharSequence value) {
        if (before == null) {
            return value;
        }
        return isCookie(name) ? before + BETWEEN_COOKIES + value : before;
    }

    public static boolean isCookie(CharSequence name) {
        return name.length() == COOKIE.length() && COOKIE.contentEquals(name);
    }

    /// Decodes what is UTF-8; what is not stays as it is. Allocates nothing for ASCII.
    ///
    /// @param sent one character for each byte
    public static CharSequence text(CharSequence sent) {
        char all = 0;
        for (int i = 0; i < sent.length(); i++) {
            all |= sent.charAt(i);
        }
        if (all < ASCII_END || all >= BYTE_END) {
            return sent;
        }
        try {
            byte[] bytes = sent.toString().getBytes(StandardCharsets.ISO_8859_1);
            CharBuffer text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            return text.toString();
        } catch (CharacterCodingException e) {
            return sent;
        }
    }
}
