package dev.penstock.server.config;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// How values of one kind are written and read.
///
/// @param label what help shows in place of a value
/// @param expected what a value must be, for messages
/// @param many whether it is a list
/// @param reader the value, or null if the texts are none; gets exactly one text unless `many`
/// @param writer the way back
public record ValueKind<T>(
        String label,
        String expected,
        boolean many,
        Function<List<String>, @Nullable T> reader,
        Function<T, String> writer) {

    static <T> ValueKind<T> one(
            String label, String expected, Function<String, @Nullable T> reader, Function<T, String> writer) {
        return new ValueKind<>(label, expected, false, texts -> reader.apply(texts.getFirst()), writer);
    }

    /// A list of what `element` reads.
    static <E> ValueKind<List<E>> listOf(ValueKind<E> element) {
        return new ValueKind<>(
                element.label + "…",
                "a list, each " + element.expected,
                true,
                texts -> readAll(element, texts),
                values -> String.join(",", values.stream().map(element.writer).toList()));
    }

    private static <E> @Nullable List<E> readAll(ValueKind<E> element, List<String> texts) {
        List<E> values = new ArrayList<>();
        for (String text : texts) {
            E value = element.reader.apply(List.of(text));
            if (value == null) {
                return null;
            }
            values.add(value);
        }
        return List.copyOf(values);
    }
}
