package dev.penstock.server;

import dev.penstock.server.wire.HeaderText;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The field or the element of a list that a message begins with, which may be missing there.
///
/// @param outer the field or element that this one is in; null of the whole
/// @param owner the object or list with it; null of the whole
/// @param field its name; "" of an element
/// @param index of an element as its list is now; else 0
/// @param path as it was written
/// @param rest of the message, behind that
record MistakeSpot(
        @Nullable MistakeSpot outer, @Nullable JsonNode owner, String field, int index, String path, String rest) {
    private static final Pattern MISSING = Pattern.compile("(\\.(\\w+))(?: is|:) missing.*", Pattern.DOTALL);

    private static final Pattern ELEMENT = Pattern.compile("(\\[([0-9]{1,9})]).*", Pattern.DOTALL);

    /// A check of all elements of a list together, of a name that must be another field's, or beside a weight.
    private static final Pattern AMONG_FIELDS = Pattern.compile(
            "(?:\\.\\w+:|: \\w+:).*|.*\\(expected: (?:one of \\[|.*, as the weight is ).*", Pattern.DOTALL);

    /// @param whole that was written, less what was left out
    /// @param where it is, as messages begin
    static MistakeSpot of(JsonNode whole, String where, String message, LeftOut leftOut) {
        boolean isOfIt = message.startsWith(where);
        MistakeSpot spot =
                new MistakeSpot(null, null, "", 0, where, isOfIt ? message.substring(where.length()) : ": " + message);
        JsonNode node = whole;
        for (@Nullable MistakeSpot next = spot; next != null; next = spot.inner(node, leftOut)) {
            spot = next;
            node = spot.in(node);
        }
        return spot;
    }

    /// @param around the whole of the whole, else the owner
    private JsonNode in(JsonNode around) {
        return owner == null ? around : field.isEmpty() ? around.path(index) : around.path(field);
    }

    /// @param node that is here
    /// @return what is in that and the message is about; null if there is nothing
    private @Nullable MistakeSpot inner(JsonNode node, LeftOut leftOut) {
        if (node instanceof ArrayNode list) {
            return element(list, leftOut);
        }
        return node instanceof ObjectNode object ? field(object) : null;
    }

    private @Nullable MistakeSpot element(ArrayNode list, LeftOut leftOut) {
        Matcher named = ELEMENT.matcher(rest);
        if (!named.matches() || Integer.parseInt(named.group(2)) >= list.size()) {
            return null;
        }
        int at = Integer.parseInt(named.group(2));
        String itsPath = "%s[%d]".formatted(path, leftOut.place(list, at));
        return new MistakeSpot(this, list, "", at, itsPath, rest.substring(named.end(1)));
    }

    private @Nullable MistakeSpot field(ObjectNode object) {
        for (String name : object.propertyNames()) {
            if (begins(rest, "." + HeaderText.quote(name))) {
                return field(object, name, HeaderText.quote(name));
            }
        }
        Matcher named = MISSING.matcher(rest);
        return named.matches() ? field(object, named.group(2), named.group(2)) : null;
    }

    private MistakeSpot field(ObjectNode object, String name, String shown) {
        return new MistakeSpot(this, object, name, 0, path + "." + shown, rest.substring(1 + shown.length()));
    }

    /// Whether a text begins with that name, and not with a longer one.
    private static boolean begins(String text, String name) {
        return text.startsWith(name)
                && (text.length() == name.length() || ".[: ".indexOf(text.charAt(name.length())) >= 0);
    }

    /// All of it, as what was written has it.
    String message() {
        return path + rest;
    }

    /// Whether it is no field and no element.
    boolean isWhole() {
        return owner == null;
    }

    /// Whether it is about how fields go together.
    boolean isAmongFields() {
        return AMONG_FIELDS.matcher(rest).matches();
    }

    /// Whether that is in it, or is it, or is the same in another form, as `candidates` of `candidate`.
    boolean holds(String other) {
        return other.startsWith(path);
    }

    void put(String value) {
        if (owner instanceof ObjectNode object) {
            object.put(field, value);
        }
    }

    /// A list with nothing else is left to its owner: an empty one may be wrong.
    ///
    /// @return whether it was there
    boolean remove(LeftOut leftOut) {
        if (owner instanceof ArrayNode list && list.size() > 1) {
            leftOut.remove(list, index);
            return true;
        }
        return owner instanceof ObjectNode object && object.remove(field) != null;
    }
}
