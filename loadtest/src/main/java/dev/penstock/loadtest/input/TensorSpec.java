package dev.penstock.loadtest.input;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/// One input or output of a model.
///
/// @param shape -1 where any size will do
public record TensorSpec(String name, String datatype, List<Long> shape) {
    public TensorSpec {
        shape = List.copyOf(shape);
    }

    /// Reads what a user declares.
    ///
    /// @param text a datatype and a shape: `FP32[-1,4]`
    /// @throws InputError if it is no such thing
    public static TensorSpec parse(String name, String text) {
        int open = text.indexOf('[');
        if (name.isEmpty() || open <= 0 || !text.endsWith("]")) {
            throw new InputError(
                    "input '" + name + "': '" + text + "' (expected: a datatype and a shape, such as FP32[-1,4])");
        }
        String datatype = text.substring(0, open).strip().toUpperCase(Locale.ROOT);
        Elements.bytesOf(datatype);
        return new TensorSpec(name, datatype, shape(text.substring(open + 1, text.length() - 1)));
    }

    /// Reads `1,-1,128`; of nothing the shape of a single value.
    ///
    /// @throws InputError if it is no such thing
    public static List<Long> shape(String text) {
        List<Long> dims = new ArrayList<>();
        try {
            for (String dim : text.isBlank() ? new String[0] : text.split(",", -1)) {
                long size = Long.parseLong(dim.strip());
                if (size < -1 || size > Distribution.MAX) {
                    throw new NumberFormatException();
                }
                dims.add(size);
            }
            return dims;
        } catch (NumberFormatException e) {
            throw new InputError("shape: '" + text + "' (expected: sizes such as 1,128; -1 for an open one)");
        }
    }

    /// One row of it: without its first dimension if that is open, all of it otherwise.
    TensorSpec row() {
        boolean hasRows = !shape.isEmpty() && shape.getFirst() < 0;
        return hasRows ? new TensorSpec(name, datatype, shape.subList(1, shape.size())) : this;
    }

    /// @param what `input` or `output`, for the message
    /// @throws InputError if there is none of that name
    static TensorSpec find(String what, String name, List<TensorSpec> specs) {
        return specs.stream()
                .filter(spec -> spec.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new InputError("the model has no %s '%s' (it has: %s)"
                        .formatted(
                                what, name, specs.stream().map(String::valueOf).collect(Collectors.joining("; ")))));
    }

    /// Whether a tensor may have this shape.
    public boolean takes(List<Long> actual) {
        if (actual.size() != shape.size()) {
            return false;
        }
        for (int i = 0; i < shape.size(); i++) {
            if (shape.get(i) >= 0 && !shape.get(i).equals(actual.get(i))) {
                return false;
            }
        }
        return true;
    }

    /// The shape of that many elements: the last open dimension takes what the others leave, the others become
    /// 1.
    ///
    /// @throws InputError if no shape has so many
    public List<Long> shapeOf(long elements) {
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

    public String shapeText() {
        return text(shape);
    }

    /// As the protocol has it: `[1,128]`.
    public static String text(List<Long> shape) {
        return shape.stream().map(String::valueOf).collect(Collectors.joining(",", "[", "]"));
    }

    @Override
    public String toString() {
        return name + " " + datatype + " " + shapeText();
    }
}
