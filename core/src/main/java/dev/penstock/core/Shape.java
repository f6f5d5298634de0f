package dev.penstock.core;

import java.util.Arrays;

/// The dimensions of a tensor, outermost first. Immutable.
///
/// A request's shape has only dimensions >= 0; a specification's may have -1 where any size will do.
public final class Shape {
    /// ONNX allows more, but no model in use does and every further dimension is a way to overflow something.
    public static final int MAX_RANK = 8;

    private final long[] dims;

    private Shape(long[] dims) {
        this.dims = dims;
    }

    public static Shape of(long... dims) {
        return new Shape(dims.clone());
    }

    public int rank() {
        return dims.length;
    }

    public long dim(int index) {
        return dims[index];
    }

    public long[] toArray() {
        return dims.clone();
    }

    /// The number of elements.
    ///
    /// @throws ArithmeticException if it does not fit in a long
    public long elementCount() {
        long count = 1;
        boolean zero = false;
        for (long dim : dims) {
            zero |= dim == 0;
            count = Math.multiplyExact(count, Math.max(dim, 1));
        }
        return zero ? 0 : count;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Shape that && Arrays.equals(dims, that.dims);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(dims);
    }

    /// As the protocol's clients print it: `[1,64]`.
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("[");
        for (int i = 0; i < dims.length; i++) {
            text.append(i == 0 ? "" : ",").append(dims[i]);
        }
        return text.append(']').toString();
    }
}
