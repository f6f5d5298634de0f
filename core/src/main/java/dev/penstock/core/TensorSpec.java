package dev.penstock.core;

import java.util.Collections;
import java.util.List;

/// What a model says of one of its inputs or outputs.
///
/// @param shape the full shape; -1 where any size will do
/// @param dimNames one name per dimension, "" where it has none; dimensions of equal name have equal size
/// @param optional whether a request may leave it out
public record TensorSpec(String name, DataType type, Shape shape, List<String> dimNames, boolean optional) {
    public TensorSpec {
        dimNames = List.copyOf(dimNames);
        Check.argument(
                dimNames.size() == shape.rank(),
                "%s: %d names (expected: one per dimension of %s)",
                name,
                dimNames.size(),
                shape);
    }

    /// A required tensor whose dimensions have no names.
    public static TensorSpec of(String name, DataType type, long... dims) {
        return new TensorSpec(name, type, Shape.of(dims), Collections.nCopies(dims.length, ""), false);
    }

    /// The shape with the names of its variable dimensions, for messages: `[batch,64]`.
    public String describeShape() {
        StringBuilder text = new StringBuilder("[");
        for (int i = 0; i < shape.rank(); i++) {
            boolean named = shape.dim(i) < 0 && !dimNames.get(i).isEmpty();
            text.append(i == 0 ? "" : ",").append(named ? dimNames.get(i) : Long.toString(shape.dim(i)));
        }
        return text.append(']').toString();
    }
}
