package dev.penstock.loadtest.engine;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/// Writes HPACK header blocks of requests. Fields that all requests share may be put into the server's table
/// by the first request of a connection, and named by their number in all others, as gRPC clients do.
final class HeaderBlock {
    private static final int POST = 0x83;
    private static final int HTTP = 0x86;
    private static final int STATIC_ENTRIES = 61;
    private static final int ENTRY_OVERHEAD = 32;
    private static final Map<String, Integer> STATIC_NAMES =
            Map.of(":authority", 1, ":path", 4, "content-type", 31, "user-agent", 58);

    /// A header field.
    record Field(String name, String value) {
        int tableBytes() {
            return name.length() + value.length() + ENTRY_OVERHEAD;
        }
    }

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    /// Begins a POST over plain text.
    HeaderBlock() {
        out.write(POST);
        out.write(HTTP);
    }

    /// As it is.
    HeaderBlock plain(Field field) {
        return literal(field, 0, 0x0f);
    }

    /// To be remembered by the server.
    HeaderBlock remembered(Field field) {
        return literal(field, 0x40, 0x3f);
    }

    /// Names a field that was remembered.
    ///
    /// @param remembered all that were, the oldest first
    HeaderBlock known(Field field, List<Field> remembered) {
        number(0x80, 0x7f, STATIC_ENTRIES + remembered.size() - remembered.indexOf(field));
        return this;
    }

    private HeaderBlock literal(Field field, int kind, int mask) {
        int name = STATIC_NAMES.getOrDefault(field.name(), 0);
        number(kind, mask, name);
        if (name == 0) {
            string(field.name());
        }
        string(field.value());
        return this;
    }

    private void string(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        number(0, 0x7f, bytes.length);
        out.writeBytes(bytes);
    }

    private void number(int kind, int mask, int number) {
        if (number < mask) {
            out.write(kind | number);
            return;
        }
        out.write(kind | mask);
        int left = number - mask;
        for (; left >= 0x80; left >>>= 7) {
            out.write((left & 0x7f) | 0x80);
        }
        out.write(left);
    }

    int size() {
        return out.size();
    }

    byte[] bytes() {
        return out.toByteArray();
    }
}
