package dev.penstock.server;

import dev.penstock.server.wire.HeaderText;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The field of something written that a message begins with, which may be missing there.
///
/// @param outer the field that has the object with this one, or its list; null of the whole
/// @param owner the object with the field; null of the whole
/// @param field its name
/// @param path as messages have it: of an element of a list, that
record MistakeSpot(@Nullable MistakeSpot outer, @Nullable ObjectNode owner, String field, String path) {
    private static final Pattern MISSING = Pattern.compile("\\.(\\w+)(?: is|:) missing.*", Pattern.DOTALL);

    /// @param whole that was written
    /// @param where it is, as messages begin
    static MistakeSpot of(JsonNode whole, String where, String message) {
        MistakeSpot spot = new MistakeSpot(null, null, "", where);
        JsonNode node = whole;
        String at = where;
        while (message.startsWith(at)) {
            String next = element(node, at, message);
            if (next != null) {
                node = node.path(Integer.parseInt(next));
                at = at + "[" + next + "]";
                continue;
            }
            String name = name(node, at, message);
            if (name == null || !(node instanceof ObjectNode owner)) {
                return missing(spot, node, message.substring(at.length()), at);
            }
            at = at + "." + HeaderText.quote(name);
            spot = new MistakeSpot(spot, owner, name, at);
            node = owner.path(name);
        }
        return spot;
    }

    private static MistakeSpot missing(MistakeSpot spot, JsonNode node, String rest, String at) {
        Matcher named = MISSING.matcher(rest);
        return named.matches() && node instanceof ObjectNode owner
                ? new MistakeSpot(spot, owner, named.group(1), at + "." + named.group(1))
                : new MistakeSpot(spot.outer, spot.owner, spot.field, at);
    }

    /// @return its number; null if the message goes on with none
    private static @Nullable String element(JsonNode node, String at, String message) {
        for (int i = 0; i < node.size() && node.isArray(); i++) {
            if (message.startsWith(at + "[" + i + "]")) {
                return Integer.toString(i);
            }
        }
        return null;
    }

    private static @Nullable String name(JsonNode node, String at, String message) {
        for (String name : node.propertyNames()) {
            String path = at + "." + HeaderText.quote(name);
            if (isIn(message, path)) {
                return name;
            }
        }
        return null;
    }

    /// Whether a text begins with that path, and not with a longer name.
    private static boolean isIn(String text, String path) {
        return text.startsWith(path)
                && (text.length() == path.length() || ".[: ".indexOf(text.charAt(path.length())) >= 0);
    }

    /// Whether it is no field.
    boolean isWhole() {
        return owner == null;
    }

    /// Whether that is in it, or is it.
    boolean holds(String other) {
        return isIn(other, path);
    }

    void put(String value) {
        if (owner != null) {
            owner.put(field, value);
        }
    }

    /// @return whether it was there
    boolean remove() {
        return owner != null && owner.remove(field) != null;
    }
}
