package dev.penstock.server.config;

import java.util.List;

/// A value that somebody gave to a key, as it was written and not yet looked at.
///
/// @param key a key's name, known or not
/// @param texts one text, or any number where a list was written
public record Assignment(String key, List<String> texts, Origin origin) {
    public Assignment {
        texts = List.copyOf(texts);
    }

    public static Assignment of(String key, String text, Origin origin) {
        return new Assignment(key, List.of(text), origin);
    }
}
