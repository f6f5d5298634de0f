package dev.penstock.server.rest;

import dev.penstock.core.DataType;
import dev.penstock.core.Shape;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// One input as a request describes it. Reused; confined to one thread.
final class InferInput {
    final TextSpan name = new TextSpan();

    @Nullable
    DataType type;

    final long[] dims = new long[Shape.MAX_RANK];
    int rank;

    /// Whether its bytes follow the JSON.
    boolean isBinary;

    /// Where its bytes begin: counted from the first of all elements that JSON had, or from the end of the JSON.
    long offset;

    long bytes;

    DataType type() {
        DataType present = type;
        if (present == null) {
            throw new IllegalStateException("an input without a type (expected: completely read)");
        }
        return present;
    }

    Shape shape() {
        return Shape.of(Arrays.copyOf(dims, rank));
    }
}
