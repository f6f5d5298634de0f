package dev.penstock.server.rest;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/// Bytes in JSON as TensorFlow Serving writes them: `{"b64":"..."}`, where a string could not have them. Pure.
final class Base64Value {
    private static final byte[] KEY = "b64".getBytes(StandardCharsets.US_ASCII);

    private Base64Value() {}

    /// Whether the object that is next has one key only, and that key is it. Passes nothing.
    static boolean isNext(JsonCursor json) {
        int start = json.at;
        boolean is = enter(json);
        if (is) {
            json.skipValue();
            is = json.take('}');
        }
        json.at = start;
        return is;
    }

    /// Passes the object that is next.
    ///
    /// @return what it stands for, in an array; null if it is none, then nothing was passed
    static @Nullable ByteBuffer tryRead(JsonCursor json) {
        int start = json.at;
        if (enter(json) && json.tryString()) {
            TextSpan text = json.string;
            ByteBuffer encoded = ByteBuffer.wrap(text.bytes, text.from, text.length());
            try {
                ByteBuffer decoded = Base64.getDecoder().decode(encoded);
                if (json.take('}')) {
                    return decoded;
                }
            } catch (IllegalArgumentException e) {
                // Whoever is told that there are no such bytes says so.
            }
        }
        json.at = start;
        return null;
    }

    private static boolean enter(JsonCursor json) {
        if (!json.take('{') || json.peek() != '"') {
            return false;
        }
        json.key();
        return json.string.is(KEY);
    }
}
