package dev.penstock.core.batching;

import dev.penstock.core.Check;

/// How many bytes one row of each input and output takes. Immutable.
public final class RowLayout {
    private final long[] inputRowBytes;
    private final long[] outputRowBytes;

    private RowLayout(long[] inputRowBytes, long[] outputRowBytes) {
        this.inputRowBytes = inputRowBytes;
        this.outputRowBytes = outputRowBytes;
    }

    /// In the order of the signature.
    public static RowLayout of(long[] inputRowBytes, long[] outputRowBytes) {
        Check.argument(inputRowBytes.length > 0, "a model without inputs has no rows");
        return new RowLayout(inputRowBytes.clone(), outputRowBytes.clone());
    }

    public int inputs() {
        return inputRowBytes.length;
    }

    public long inputRowBytes(int input) {
        return inputRowBytes[input];
    }

    public int outputs() {
        return outputRowBytes.length;
    }

    public long outputRowBytes(int output) {
        return outputRowBytes[output];
    }

    /// One row of all inputs together.
    public long inputBytes() {
        return sum(inputRowBytes);
    }

    /// One row of all outputs together.
    public long outputBytes() {
        return sum(outputRowBytes);
    }

    private static long sum(long[] rowBytes) {
        long sum = 0;
        for (long bytes : rowBytes) {
            sum += bytes;
        }
        return sum;
    }
}
