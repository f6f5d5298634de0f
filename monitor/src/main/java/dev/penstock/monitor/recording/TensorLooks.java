package dev.penstock.monitor.recording;

import dev.penstock.core.DataType;
import dev.penstock.core.Shape;
import dev.penstock.core.TensorSpec;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// What tensors are that nobody said anything of. Pure.
final class TensorLooks {
    static final Set<DataType> FLOATS = Set.of(DataType.FP16, DataType.BF16, DataType.FP32, DataType.FP64);
    static final int MOST_CLASSES = 1024;
    static final int MOST_VECTOR = 8192;

    /// Elements of an input that are looked at one by one.
    private static final int MOST_COLUMNS = 256;

    private static final List<String> VECTOR_NAMES =
            List.of("embed", "feature", "hidden", "pool", "vector", "representation");

    private TensorLooks() {}

    /// @param elements of one row
    static FeatureOrder.Kind input(TensorSpec spec, long elements) {
        if (!FLOATS.contains(spec.type())) {
            return elements <= MOST_COLUMNS ? FeatureOrder.Kind.CATEGORICAL : FeatureOrder.Kind.NONE;
        }
        if (elements <= MOST_COLUMNS) {
            return elements == 0 ? FeatureOrder.Kind.NONE : FeatureOrder.Kind.NUMERIC;
        }
        return elements <= MOST_VECTOR ? FeatureOrder.Kind.EMBEDDING : FeatureOrder.Kind.NONE;
    }

    /// @param elements of one row
    static FeatureOrder.Kind output(TensorSpec spec, long elements) {
        if (elements == 1) {
            return FLOATS.contains(spec.type()) ? FeatureOrder.Kind.NUMERIC : FeatureOrder.Kind.CATEGORICAL;
        }
        if (!FLOATS.contains(spec.type()) || elements == 0 || longDimensions(spec.shape()) > 1) {
            return FeatureOrder.Kind.NONE;
        }
        String name = spec.name().toLowerCase(Locale.ROOT);
        boolean vector = elements > MOST_CLASSES || VECTOR_NAMES.stream().anyMatch(name::contains);
        if (vector) {
            return elements <= MOST_VECTOR ? FeatureOrder.Kind.EMBEDDING : FeatureOrder.Kind.NONE;
        }
        return FeatureOrder.Kind.SCORE;
    }

    /// Dimensions of a row that may be longer than 1.
    private static int longDimensions(Shape shape) {
        int count = 0;
        for (int i = 1; i < shape.rank(); i++) {
            count += shape.dim(i) == 1 ? 0 : 1;
        }
        return count;
    }
}
