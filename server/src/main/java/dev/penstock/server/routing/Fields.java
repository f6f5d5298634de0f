package dev.penstock.server.routing;

import dev.penstock.core.FieldPath;
import dev.penstock.core.Mistake;
import dev.penstock.core.ServingException;
import dev.penstock.server.config.Nearest;
import dev.penstock.server.wire.HeaderText;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// An object that somebody wrote, of which every field is known: one that would be ignored would leave its
/// writer with something else than was asked for. Refusals carry a [Mistake], seen from the object. Pure.
public record Fields(JsonNode node) {
    /// @param known all that mean something
    /// @throws ServingException if it is no object, or has other fields
    public static Fields of(JsonNode node, List<String> known) {
        Fields fields = of(node);
        for (String name : node.propertyNames()) {
            if (!known.contains(name)) {
                throw ServingException.of(
                        Mistake.unknown(FieldPath.of(name), String.join(", ", known), Nearest.hint(name, known)));
            }
        }
        return fields;
    }

    /// Before it is known which of its fields mean something.
    ///
    /// @throws ServingException if it is no object
    public static Fields of(JsonNode node) {
        if (!node.isObject()) {
            throw invalid(FieldPath.HERE, shown(node), "an object");
        }
        return new Fields(node);
    }

    public boolean has(String name) {
        return node.hasNonNull(name);
    }

    /// What is there, or null.
    public @Nullable JsonNode get(String name) {
        return has(name) ? node.get(name) : null;
    }

    public String text(String name, String fallback) {
        return has(name) ? text(node.get(name), FieldPath.of(name)) : fallback;
    }

    /// @throws ServingException if it is missing
    public String text(String name) {
        if (!has(name)) {
            throw missing(name, "a text");
        }
        return text(node.get(name), FieldPath.of(name));
    }

    /// Numbers and truth values count as they are written: YAML takes an unquoted one for such.
    public static String text(JsonNode value, FieldPath where) {
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
            throw invalid(FieldPath.of(name), shown(value), "a number");
        }
        return value.asDouble();
    }

    /// A share in basis points.
    public int share(String name, int fallback) {
        return has(name) ? Share.parse(FieldPath.of(name), text(name)) : fallback;
    }

    /// The elements of a list; one that is not there is empty.
    ///
    /// @param read whose refusals are seen from the element
    public <T> List<T> list(String name, Function<JsonNode, T> read) {
        JsonNode value = get(name);
        if (value == null) {
            return List.of();
        }
        if (!value.isArray()) {
            throw invalid(FieldPath.of(name), shown(value), "a list");
        }
        List<T> all = new ArrayList<>();
        for (JsonNode element : value) {
            all.add(within(FieldPath.of(name).element(all.size()), () -> read.apply(element)));
        }
        return all;
    }

    /// What is read of a part, whose refusals are seen from that part.
    ///
    /// @param where it is
    public static <T> T within(FieldPath where, Supplier<T> read) {
        try {
            return read.get();
        } catch (ServingException e) {
            throw e.in(where);
        }
    }

    /// One of an enum's values, in lower case with dashes for underscores.
    public static <E extends Enum<E>> E word(FieldPath where, String text, List<E> values, Function<E, String> word) {
        return values.stream()
                .filter(value -> word.apply(value).equals(text))
                .findFirst()
                .orElseThrow(() -> invalid(
                        where, text, String.join(", ", values.stream().map(word).toList())));
    }

    public static ServingException invalid(FieldPath where, String value, String expected) {
        return ServingException.of(Mistake.wrong(where, "'" + HeaderText.quote(value) + "'", expected));
    }

    public static ServingException missing(String name, String expected) {
        return ServingException.of(Mistake.missing(FieldPath.of(name), expected));
    }

    static String shown(JsonNode node) {
        return node.isValueNode() ? node.asString("null") : node.toString();
    }
}
