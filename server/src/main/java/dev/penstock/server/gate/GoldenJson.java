package dev.penstock.server.gate;

import dev.penstock.core.Check;
import dev.penstock.core.DataType;
import dev.penstock.core.Shape;
import dev.penstock.core.Tensor;
import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// Reads values of a JSON tree, and says by an [IllegalArgumentException] where one is not what it must be.
/// Pure.
final class GoldenJson {
    private GoldenJson() {}

    static JsonNode field(JsonNode object, String name, String where) {
        @Nullable JsonNode value = object.get(name);
        if (value == null) {
            throw new IllegalArgumentException("%s has no '%s'".formatted(where, name));
        }
        return value;
    }

    static JsonNode array(JsonNode object, String name, String where) {
        JsonNode value = field(object, name, where);
        Check.argument(value.isArray(), "'%s' of %s is not an array", name, where);
        return value;
    }

    static String text(JsonNode object, String name, String where) {
        JsonNode value = field(object, name, where);
        Check.argument(value.isString(), "'%s' of %s is not a string", name, where);
        return value.stringValue();
    }

    static double number(JsonNode object, String name, String where) {
        JsonNode value = field(object, name, where);
        Check.argument(value.isNumber(), "'%s' of %s is not a number", name, where);
        return value.doubleValue();
    }

    /// One input or output, as the protocol's JSON has it: with its data in rows or flat.
    static Tensor tensor(JsonNode node, String place) {
        String name = text(node, "name", place);
        String where = "%s, '%s'".formatted(place, name);
        String typeName = text(node, "datatype", where);
        @Nullable DataType type = DataType.byName(typeName);
        if (type == null) {
            throw new IllegalArgumentException("'datatype' of %s is '%s' (expected: one of %s)"
                    .formatted(where, typeName, Arrays.toString(DataType.values())));
        }
        Shape shape = shape(array(node, "shape", where), where);
        ElementWriter elements = new ElementWriter(type, where);
        forEachElement(array(node, "data", where), elements::add);
        return new Tensor(name, type, shape, elements.finish(shape));
    }

    private static Shape shape(JsonNode array, String where) {
        Check.argument(array.size() <= Shape.MAX_RANK, "'shape' of %s has %d dimensions", where, array.size());
        long[] dims = new long[array.size()];
        for (int i = 0; i < dims.length; i++) {
            JsonNode dim = array.path(i);
            boolean size = dim.isIntegralNumber() && dim.canConvertToLong() && dim.longValue() >= 0;
            Check.argument(size, "'shape' of %s is %s (expected: sizes)", where, array);
            dims[i] = dim.longValue();
        }
        return Shape.of(dims);
    }

    private static void forEachElement(JsonNode array, Consumer<JsonNode> action) {
        for (JsonNode element : array) {
            if (element.isArray()) {
                forEachElement(element, action);
            } else {
                action.accept(element);
            }
        }
    }
}
