package dev.penstock.monitor.recording;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.penstock.core.Murmur3;

/// A value that is counted as itself: a number, or a text, which is told by its hash and its length.
///
/// @param name for people; of a long text the beginning
/// @param key the number, or the first half of the text's MurmurHash3_x64_128
/// @param length bytes of the text in UTF-8; 0 of a number
public record Category(String name, long key, int length) {
    public static Category of(long number) {
        return new Category(Long.toString(number), number, 0);
    }

    public static Category of(String text) {
        byte[] bytes = text.getBytes(UTF_8);
        return new Category(text, Murmur3.hash(bytes), bytes.length);
    }
}
