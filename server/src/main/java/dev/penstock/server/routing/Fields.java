package dev.penstock.server.routing;

import dev.penstock.core.ServingException;
import dev.penstock.server.config.Nearest;
import dev.penstock.server.wire.HeaderText;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// An object that somebody wrote, of which every field is known: one that would be ignored would leave its
/// writer with something else than was asked for. Refusals say where, and what was expected. Pure.
///
/// @param path of the object for messages, "" for the whole
public record Fields(JsonNode node, String path) {
    /// @param known all that mean something
    /// @throws ServingException if it is no object, or has other fields
    public static Fields of(JsonNode node, String path, List<String> known) {
        Fields fields = of(node, path);
        for (String name : node.propertyNames()) {
            if (!known.contains(name)) {
                throw ServingException.invalid("%s is unknown (expected: %s)%s"
                        .formatted(fields.at(name), String.join(", ", known), Nearest.hint(name, known)));
            }
        }
        return fields;
    }

    /// Before it is known which of its fields mean something.
    ///
    /// @throws ServingException if it is no object
    public static Fields of(JsonNode node, String path) {
        if (!node.isObject()) {
            throw invalid(path.isEmpty() ? "it" : path, shown(node), "an object");
        }
        return new Fields(node, path);
    }

    /// Where a field is, for messages.
    public String at(String name) {
        return path.isEmpty() ? HeaderText.quote(name) : path + "." + HeaderText.quote(name);
    }

    public boolean has(String name) {
        return node.hasNonNull(name);
    }

    /// What is there, or null.
    public @Nullable JsonNode get(String name) {
        return has(name) ? node.get(name) : null;
    }

    public String text(String name, String fallback) {
        return has(name) ? text(node.get(name), at(name)) : fallback;
    }

    /// @throws ServingException if it is missing
    public String text(String name) {
        if (!has(name)) {
            throw ServingException.invalid("%s is missing (expected: a text)".formatted(at(name)));
        }
        return text(node.get(name), at(name));
    }

    /// Numbers and truth values count as they are written: YAML takes an unquoted one for such.
    public static String text(JsonNode value, String where) {
        if (!value.isValueNode() || value.isNull()) {
            throw invalid(where, shown(value), "a text");
        }
        return value.asString();
    }

    public double number(String name, double fallback) {
        JsonNode value = get(name);
        if (value == null) {
            return fallback;
        }
        if (!value.isNumber()) {
            throw invalid(at(name), shown(value), "a number");
        }
        return value.asDouble();
    }

    /// A share in basis points.
    public int share(String name, int fallback) {
        return has(name) ? Share.parse(at(name), text(name)) : fallback;
    }

    /// The elements of a list; one that is not there is empty.
    ///
    /// @param read is told each element and where it is
    public <T> List<T> list(String name, Element<T> read) {
        JsonNode value = get(name);
        if (value == null) {
            return List.of();
        }
        if (!value.isArray()) {
            throw invalid(at(name), shown(value), "a list");
        }
        List<T> all = new ArrayList<>();
        for (JsonNode element : value) {
            all.add(read.read(element, "%s[%d]".formatted(at(name), all.size())));
        }
        return all;
    }

    /// Reads one element.
    public interface Element<T> {
        T read(JsonNode element, String where);
    }

    /// One of an enum's values, in lower case with dashes for underscores.
    public static <E extends Enum<E>> E word(String where, String text, List<E> values, Function<E, String> word) {
        return values.stream()
                .filter(value -> word.apply(value).equals(text))
                .findFirst()
                .orElseThrow(() -> invalid(
                        where, text, String.join(", ", values.stream().map(word).toList())));
    }

    static ServingException invalid(String where, String value, String expected) {
        return ServingException.invalid("%s: '%s' (expected: %s)".formatted(where, HeaderText.quote(value), expected));
    }

    static String shown(JsonNode node) {
        return node.isValueNode() ? node.asString("null") : node.toString();
    }
}
