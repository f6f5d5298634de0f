package dev.penstock.runtime;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.LoadedModel;
import dev.penstock.core.Shape;
import dev.penstock.core.batching.BatchModel;
import dev.penstock.core.batching.BatchOutputs;
import dev.penstock.core.batching.BatchRunner;
import dev.penstock.core.batching.Batchability;
import dev.penstock.core.batching.Batchability.Batchable;
import dev.penstock.core.batching.Batchability.Refused;
import dev.penstock.core.batching.Native;
import dev.penstock.core.batching.ShapeGroup;
import java.lang.foreign.MemorySegment;
import java.util.List;

/// Writes and reads rows in native memory.
final class Rows {
    private Rows() {}

    static ShapeGroup group(Shape... inputRows) {
        return ShapeGroup.of(List.of(inputRows));
    }

    static BatchModel batchable(LoadedModel model, int maxRows, Shape... inputRows) {
        Batchability found = Batchability.of(model, group(inputRows), maxRows);
        assertThat(found).isInstanceOf(Batchable.class);
        return ((Batchable) found).model();
    }

    static String refusal(LoadedModel model, Shape... inputRows) {
        Batchability found = Batchability.of(model, group(inputRows), 8);
        assertThat(found).isInstanceOf(Refused.class);
        return ((Refused) found).reason();
    }

    static void put(BatchRunner runner, int input, int row, float... values) {
        long to = runner.inputAddress(input) + (long) row * values.length * Float.BYTES;
        for (int i = 0; i < values.length; i++) {
            Native.ALL.set(JAVA_FLOAT_UNALIGNED, to + (long) i * Float.BYTES, values[i]);
        }
    }

    static void put(BatchRunner runner, int input, int row, long... values) {
        long to = runner.inputAddress(input) + (long) row * values.length * Long.BYTES;
        for (int i = 0; i < values.length; i++) {
            Native.ALL.set(JAVA_LONG_UNALIGNED, to + (long) i * Long.BYTES, values[i]);
        }
    }

    static float[] floats(BatchOutputs outputs, int output, int row) {
        float[] values = new float[(int) outputs.rowBytes(output) / Float.BYTES];
        MemorySegment.copy(bytes(outputs, output, row), JAVA_FLOAT_UNALIGNED, 0, values, 0, values.length);
        return values;
    }

    static MemorySegment bytes(BatchOutputs outputs, int output, int row) {
        long rowBytes = outputs.rowBytes(output);
        return Native.ALL.asSlice(outputs.address(output) + row * rowBytes, rowBytes);
    }
}
