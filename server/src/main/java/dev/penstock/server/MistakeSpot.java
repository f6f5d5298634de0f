package dev.penstock.server;

import dev.penstock.core.FieldPath;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The field or the element of a list that a mistake is about, which may be missing there.
///
/// @param outer the field or element that this one is in; null of the whole
/// @param owner the object or list with it, as it is now; null of the whole
/// @param step from there to it, as that is now; null of the whole
/// @param path as it was written
record MistakeSpot(
        @Nullable MistakeSpot outer, @Nullable JsonNode owner, FieldPath.@Nullable Step step, FieldPath path) {
    /// @param whole that was written, less what was left out
    /// @param now where it is in that
    static MistakeSpot of(JsonNode whole, FieldPath now, LeftOut leftOut) {
        MistakeSpot spot = new MistakeSpot(null, null, null, FieldPath.HERE);
        JsonNode node = whole;
        for (FieldPath.Step step : now.steps()) {
            switch (step) {
                case FieldPath.Step.Field(String name) -> {
                    spot = new MistakeSpot(spot, node, step, spot.path.field(name));
                    node = node.path(name);
                }
                case FieldPath.Step.Element(int index) -> {
                    int place = node instanceof ArrayNode list ? leftOut.place(list, index) : index;
                    spot = new MistakeSpot(spot, node, step, spot.path.element(place));
                    node = node.path(index);
                }
            }
        }
        return spot;
    }

    /// Its name; "" of an element, and of the whole.
    String field() {
        return step instanceof FieldPath.Step.Field(String name) ? name : "";
    }

    /// Where there may be something in its place.
    ///
    /// @param names of such fields, by those in whose place they may be
    /// @return where it is itself, if it is no such field
    FieldPath instead(Map<String, String> names) {
        @Nullable String other = names.get(field());
        return outer == null || other == null ? path : outer.path.field(other);
    }

    /// Whether it is no field and no element.
    boolean isWhole() {
        return owner == null;
    }

    void put(String value) {
        if (owner instanceof ObjectNode object) {
            object.put(field(), value);
        }
    }

    /// A list with nothing else is left to its owner: an empty one may be wrong.
    ///
    /// @return whether it was there
    boolean remove(LeftOut leftOut) {
        if (owner instanceof ArrayNode list && step instanceof FieldPath.Step.Element(int index)) {
            boolean more = list.size() > 1 && index < list.size();
            if (more) {
                leftOut.remove(list, index);
            }
            return more;
        }
        return owner instanceof ObjectNode object && object.remove(field()) != null;
    }
}
