package dev.penstock.runtime;

import dev.penstock.core.DataType;
import dev.penstock.core.Runner;
import dev.penstock.core.ServingException;
import dev.penstock.core.Shape;
import dev.penstock.core.Signature;
import dev.penstock.core.Tensor;
import dev.penstock.core.TensorSpec;
import dev.penstock.core.batching.SampleValues;
import dev.penstock.core.batching.ShapeGroup;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/// Tries whether a model has one row in each output for each row of its inputs.
final class RowProbe {
    /// Not a power of two, and enough to tell rows from a constant.
    static final int FEW_ROWS = 3;
    private static final long SEED = 1;
    /// Small, so that nothing overflows on the way.
    private static final double MAGNITUDE = 0.5;

    private static final List<SampleValues> ATTEMPTS = List.of(SampleValues.ONES, SampleValues.ZEROS);

    private final Signature signature;
    private final ShapeGroup group;
    private final Runner runner;

    /// What was found.
    sealed interface Finding {}

    /// @param outputRows the shape of one row of each output
    /// @param values which the model accepted
    record Rows(List<Shape> outputRows, SampleValues values) implements Finding {}

    record Refusal(String reason) implements Finding {}

    /// @param runner for the calling thread
    RowProbe(Signature signature, ShapeGroup group, Runner runner) {
        this.signature = signature;
        this.group = group;
        this.runner = runner;
    }

    /// Blocks for up to four runs.
    Finding look() {
        String reason = RowRules.refusal(signature, group);
        if (reason != null) {
            return new Refusal(reason);
        }
        Finding finding = new Refusal("");
        for (SampleValues values : ATTEMPTS) {
            try {
                finding = compare(runRows(1, values), runRows(FEW_ROWS, values), values);
                break;
            } catch (ServingException e) {
                finding = new Refusal("a trial run failed: " + e.reason());
            }
        }
        return finding;
    }

    private Finding compare(List<Tensor> one, List<Tensor> few, SampleValues values) {
        List<Shape> rows = new ArrayList<>();
        for (int i = 0; i < one.size(); i++) {
            String reason = compare(one.get(i), few.get(i));
            if (reason != null) {
                return new Refusal(reason);
            }
            rows.add(ShapeGroup.rowOf(one.get(i).shape()));
        }
        return new Rows(rows, values);
    }

    private static @Nullable String compare(Tensor one, Tensor few) {
        String output = "output '%s' has ".formatted(one.name());
        if (one.shape().rank() == 0 || few.shape().rank() == 0) {
            return output + "no dimension for rows";
        }
        if (one.shape().dim(0) != 1) {
            return output + rows(one.shape().dim(0)) + " for 1 input row";
        }
        if (few.shape().dim(0) != FEW_ROWS) {
            return output + rows(few.shape().dim(0)) + " for " + FEW_ROWS + " input rows";
        }
        Shape row = ShapeGroup.rowOf(one.shape());
        Shape fewRow = ShapeGroup.rowOf(few.shape());
        if (!row.equals(fewRow)) {
            return output + "rows of " + row + " in a run of 1 and of " + fewRow + " in a run of " + FEW_ROWS;
        }
        return row.elementCount() == 0 ? output + "empty rows" : null;
    }

    private static String rows(long count) {
        return count == 1 ? "1 row" : count + " rows";
    }

    private List<Tensor> runRows(int rows, SampleValues values) {
        SplittableRandom random = new SplittableRandom(SEED);
        List<Tensor> inputs = new ArrayList<>();
        for (int i = 0; i < signature.inputs().size(); i++) {
            TensorSpec spec = signature.inputs().get(i);
            Shape shape = ShapeGroup.shapeOf(rows, group.inputRowShapes().get(i));
            inputs.add(new Tensor(spec.name(), spec.type(), shape, data(spec.type(), shape, values, random)));
        }
        return runner.run(inputs, List.of());
    }

    private static ByteBuffer data(DataType type, Shape shape, SampleValues values, SplittableRandom random) {
        int bytes = Math.toIntExact(shape.elementCount() * type.byteSize());
        ByteBuffer data = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
        values.fill(type, MemorySegment.ofBuffer(data), MAGNITUDE, random);
        return data;
    }
}
