package dev.penstock.monitor.recording;

import dev.penstock.core.DataType;
import dev.penstock.core.Signature;
import dev.penstock.core.Tensor;
import dev.penstock.core.TensorSpec;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What one answer tells that a signature leaves open. For one thread.
final class AnsweredRows implements PlanCompiler.RowLook {
    /// Rows that are looked at.
    private static final int LOOKED_AT = 8;

    private final Signature signature;
    private final List<Tensor> outputs;

    AnsweredRows(Signature signature, List<Tensor> outputs) {
        this.signature = signature;
        this.outputs = outputs;
    }

    private @Nullable Tensor answered(int tensor) {
        int output = tensor - signature.inputs().size();
        if (output < 0) {
            return null;
        }
        String name = signature.outputs().get(output).name();
        for (Tensor one : outputs) {
            if (one.name().equals(name)) {
                return one;
            }
        }
        return null;
    }

    private boolean isInput(int tensor) {
        return tensor < signature.inputs().size();
    }

    @Override
    public boolean seen(int tensor) {
        if (isInput(tensor) || answered(tensor) != null) {
            return true;
        }
        TensorSpec spec = signature.outputs().get(tensor - signature.inputs().size());
        for (int i = 1; i < spec.shape().rank(); i++) {
            if (spec.shape().dim(i) < 0) {
                return false;
            }
        }
        return true;
    }

    @Override
    public long elements(int tensor) {
        Tensor answer = answered(tensor);
        if (answer == null) {
            return UNKNOWN;
        }
        long elements = 1;
        for (int i = 1; i < answer.shape().rank(); i++) {
            elements *= answer.shape().dim(i);
        }
        return elements;
    }

    @Override
    public ScoreForm form(int tensor) {
        ScoreForm form = seenForm(tensor);
        return form == null ? ScoreForm.SOFTMAX : form;
    }

    /// Whether the answer has that tensor, and a row of numbers if it has numbers.
    boolean tells(int tensor) {
        Tensor answer = answered(tensor);
        boolean floats = answer != null && TensorLooks.FLOATS.contains(answer.type());
        return answer != null && answer.byteCount() > 0 && (!floats || seenForm(tensor) != null);
    }

    /// As rows look like that are numbers; null if none is.
    private @Nullable ScoreForm seenForm(int tensor) {
        Tensor answer = answered(tensor);
        long elements = elements(tensor);
        boolean fits = answer != null && TensorLooks.FLOATS.contains(answer.type());
        if (answer == null || !fits || elements < 1 || elements > TensorLooks.MOST_VECTOR) {
            return null;
        }
        DataType type = answer.type();
        int size = (int) elements;
        long rowBytes = elements * type.byteSize();
        double[] row = new double[size];
        MemorySegment memory = MemorySegment.ofBuffer(answer.data());
        ScoreForm form = null;
        for (int i = 0; i < Math.min(LOOKED_AT, answer.byteCount() / rowBytes); i++) {
            Elements.numbers(type, memory, i * rowBytes, type.byteSize(), size, row);
            if (isNumbers(row)) {
                ScoreForm seen = ScoreForm.of(row, size);
                form = form == ScoreForm.SOFTMAX ? form : seen;
            }
        }
        return form;
    }

    private static boolean isNumbers(double[] row) {
        for (double value : row) {
            if (Double.isNaN(value)) {
                return false;
            }
        }
        return true;
    }
}
