package dev.penstock.server.config;

import java.util.Arrays;
import java.util.List;

/// Lists where a source has room for one text only: comma-separated.
public final class ListText {
    private ListText() {}

    /// The text itself unless the key is a list; an empty text is an empty list.
    public static List<String> split(Key<?> key, String text) {
        if (!key.kind().many()) {
            return List.of(text);
        }
        return Arrays.stream(text.split(",", -1))
                .map(String::strip)
                .filter(part -> !part.isEmpty())
                .toList();
    }
}
