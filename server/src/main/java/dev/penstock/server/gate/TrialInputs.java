package dev.penstock.server.gate;

import dev.penstock.core.BytesElements;
import dev.penstock.core.Check;
import dev.penstock.core.DataType;
import dev.penstock.core.Shape;
import dev.penstock.core.Signature;
import dev.penstock.core.Tensor;
import dev.penstock.core.TensorSpec;
import dev.penstock.core.batching.SampleValues;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// Makes requests of a given number of rows. Pure: equal arguments make equal requests.
final class TrialInputs {
    private static final long SEED = 0x5EED;
    private static final long MAX_BYTES = 256L << 20;

    private TrialInputs() {}

    /// Made-up values, one for each dimension that takes any size but the first.
    ///
    /// @throws IllegalArgumentException if that cannot be
    static List<Tensor> madeUp(Signature signature, int rows, SampleValues values) {
        checkRows(signature, rows);
        SplittableRandom random = new SplittableRandom(SEED);
        List<Tensor> inputs = new ArrayList<>();
        for (TensorSpec spec : signature.inputs()) {
            if (!spec.optional()) {
                inputs.add(madeUp(spec, rows, values, random));
            }
        }
        return inputs;
    }

    private static Tensor madeUp(TensorSpec spec, int rows, SampleValues values, SplittableRandom random) {
        long[] dims = spec.shape().toArray();
        for (int i = 0; i < dims.length; i++) {
            dims[i] = dims[i] >= 0 ? dims[i] : i == 0 ? rows : 1;
        }
        Shape shape = Shape.of(dims);
        boolean text = spec.type() == DataType.BYTES;
        int size = text ? BytesElements.LENGTH_BYTES : spec.type().byteSize();
        ByteBuffer data = room(Math.multiplyExact(shape.elementCount(), (long) size));
        if (!text) {
            values.fill(spec.type(), MemorySegment.ofBuffer(data), 1, random);
        }
        // Of strings, zeros are the lengths of empty ones.
        return new Tensor(spec.name(), spec.type(), shape, data);
    }

    /// The rows of a request over and over, until there are as many.
    ///
    /// @throws IllegalArgumentException if that cannot be
    static List<Tensor> repeated(Signature signature, List<Tensor> request, int rows) {
        checkRows(signature, rows);
        List<Tensor> inputs = new ArrayList<>();
        for (Tensor input : request) {
            TensorSpec spec = signature.input(input.name());
            boolean hasRows = spec != null && anyRows(spec) && input.shape().rank() > 0;
            inputs.add(hasRows ? repeated(input, rows) : input);
        }
        return inputs;
    }

    private static Tensor repeated(Tensor input, int rows) {
        Check.argument(input.shape().dim(0) > 0, "input '%s' has no rows to repeat", input.name());
        List<ByteBuffer> parts = rowsOf(input);
        long bytes = 0;
        for (int i = 0; i < rows; i++) {
            bytes += parts.get(i % parts.size()).remaining();
        }
        ByteBuffer data = room(bytes);
        for (int i = 0; i < rows; i++) {
            data.put(parts.get(i % parts.size()).duplicate());
        }
        long[] dims = input.shape().toArray();
        dims[0] = rows;
        return new Tensor(input.name(), input.type(), Shape.of(dims), data.flip());
    }

    private static List<ByteBuffer> rowsOf(Tensor input) {
        int count = Math.toIntExact(input.shape().dim(0));
        long elements = input.shape().elementCount() / count;
        List<ByteBuffer> rows = new ArrayList<>();
        int at = input.data().position();
        for (int i = 0; i < count; i++) {
            int end = at;
            for (long element = 0; element < elements; element++) {
                end += input.type() == DataType.BYTES
                        ? BytesElements.LENGTH_BYTES + input.data().getInt(end)
                        : input.type().byteSize();
            }
            rows.add(input.data().slice(at, end - at));
            at = end;
        }
        return rows;
    }

    private static void checkRows(Signature signature, int rows) {
        Check.argument(
                rows == 1 || signature.inputs().stream().anyMatch(TrialInputs::anyRows),
                "%s: %d, but no input takes any number of rows",
                GateSettings.LATENCY_ROWS,
                rows);
    }

    private static boolean anyRows(TensorSpec spec) {
        return spec.shape().rank() > 0 && spec.shape().dim(0) < 0;
    }

    private static ByteBuffer room(long bytes) {
        Check.argument(bytes <= MAX_BYTES, "an input would take %d bytes (expected: <= %d)", bytes, MAX_BYTES);
        return ByteBuffer.allocate((int) bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
