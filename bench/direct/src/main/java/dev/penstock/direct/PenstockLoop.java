package dev.penstock.direct;

import ai.onnxruntime.OnnxJavaType;
import dev.penstock.core.DataType;
import dev.penstock.core.Signature;
import dev.penstock.core.TensorSpec;
import dev.penstock.core.batching.BatchOutputs;
import dev.penstock.core.batching.BatchRunner;
import dev.penstock.core.batching.Native;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Arrays;

/// A batch, as Penstock's workers run it.
final class PenstockLoop implements Loop {
    private final BatchRunner runner;
    private final int rows;

    private PenstockLoop(BatchRunner runner, int rows) {
        this.runner = runner;
        this.rows = rows;
    }

    /// @param dims of every input, the rows first
    static PenstockLoop of(BatchRunner runner, Signature signature, long[] dims) {
        int elements = Math.toIntExact(Arrays.stream(dims).reduce(1, Math::multiplyExact));
        for (int i = 0; i < signature.inputs().size(); i++) {
            TensorSpec input = signature.inputs().get(i);
            gather(runner.inputAddress(i), SampleInputs.values(input.name(), type(input), elements));
        }
        return new PenstockLoop(runner, Math.toIntExact(dims[0]));
    }

    private static OnnxJavaType type(TensorSpec input) {
        if (input.type() != DataType.FP32 && input.type() != DataType.INT64) {
            throw new IllegalArgumentException("input '" + input.name() + "' is of type " + input.type());
        }
        return input.type() == DataType.FP32 ? OnnxJavaType.FLOAT : OnnxJavaType.INT64;
    }

    private static void gather(long address, ByteBuffer values) {
        Native.ALL.asSlice(address, values.remaining()).copyFrom(MemorySegment.ofBuffer(values));
    }

    @Override
    public void run() {
        BatchOutputs outputs = runner.run(rows, 1);
        outputs.release();
    }

    /// The runner belongs to its model.
    @Override
    public void close() {}
}
