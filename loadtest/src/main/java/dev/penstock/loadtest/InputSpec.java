package dev.penstock.loadtest;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/// One input of a model.
///
/// @param shape -1 where any size will do
record InputSpec(String name, String datatype, List<Long> shape) {
    InputSpec {
        shape = List.copyOf(shape);
    }

    /// The shape of that many elements: the last open dimension takes what the others leave, the others become 1.
    ///
    /// @throws InputError if no shape has so many
    List<Long> shapeOf(long elements) {
        int last = shape.lastIndexOf(-1L);
        long known = 1;
        List<Long> dims = new ArrayList<>();
        for (long dim : shape) {
            dims.add(dim < 0 ? 1 : dim);
            known *= dim < 0 ? 1 : dim;
        }
        if (last < 0 ? elements != known : known == 0 || elements % known != 0) {
            throw new InputError("input '%s' has %d values (expected: %s%d, its shape is %s)"
                    .formatted(name, elements, last < 0 ? "" : "a multiple of ", known, shapeText()));
        }
        if (last >= 0) {
            dims.set(last, elements / known);
        }
        return dims;
    }

    String shapeText() {
        return shape.stream().map(String::valueOf).collect(Collectors.joining(",", "[", "]"));
    }

    @Override
    public String toString() {
        return name + " " + datatype + " " + shapeText();
    }
}
