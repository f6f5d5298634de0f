package dev.penstock.router.shadow;

import dev.penstock.core.DataType;
import dev.penstock.core.Signature;
import dev.penstock.core.TensorSpec;
import dev.penstock.monitor.recording.RowClasses;
import dev.penstock.monitor.recording.TensorNumbers;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// Holds answers of two versions that are in one memory each, rows one after another, against each other, as an
/// [AnswerComparer] does, without making tensors of them. Confined to one thread.
public final class RowComparer {
    private final RowClasses primaryClasses;
    private final RowClasses shadowClasses;
    private final double tolerance;
    private final DataType[] types;
    private final String[] names;
    private final int[] rowElements;
    private final Differences numbers = new Differences();
    private final int[] ourLabels = new int[AnswerComparer.MOST_ROWS];
    private final int[] theirLabels = new int[AnswerComparer.MOST_ROWS];
    private double[] ours = new double[0];
    private double[] theirs = new double[0];

    /// Where one answer's outputs begin.
    @FunctionalInterface
    public interface Offsets {
        long of(int output);
    }

    /// @param signature of both, whose outputs have dimension 0 as their rows and all others known
    RowComparer(Signature signature, RowClasses primaryClasses, RowClasses shadowClasses, double tolerance) {
        this.primaryClasses = primaryClasses;
        this.shadowClasses = shadowClasses;
        this.tolerance = tolerance;
        List<TensorSpec> outputs = signature.outputs();
        this.types = new DataType[outputs.size()];
        this.names = new String[outputs.size()];
        this.rowElements = new int[outputs.size()];
        for (int i = 0; i < types.length; i++) {
            TensorSpec output = outputs.get(i);
            types[i] = output.type();
            names[i] = output.name();
            rowElements[i] = elements(output);
        }
    }

    private static int elements(TensorSpec output) {
        long elements = 1;
        for (int dim = 1; dim < output.shape().rank(); dim++) {
            elements = Math.multiplyExact(elements, output.shape().dim(dim));
        }
        return Math.toIntExact(elements);
    }

    /// Whether it is known what names classes. Until then, answers have to be compared as tensors.
    public boolean isReady() {
        return primaryClasses.isDecided() && shadowClasses.isDecided();
    }

    /// @param rows of both
    public Compared compare(
            int rows, MemorySegment primary, Offsets primaryOffsets, MemorySegment shadow, Offsets shadowOffsets) {
        numbers.clear();
        boolean sameBytes = true;
        for (int i = 0; i < types.length; i++) {
            int elements = rows * rowElements[i];
            if (AnswerComparer.isReal(types[i])) {
                add(i, elements, primary, primaryOffsets.of(i), shadow, shadowOffsets.of(i));
            } else {
                long bytes = (long) elements * types[i].byteSize();
                sameBytes &= same(primary, primaryOffsets.of(i), shadow, shadowOffsets.of(i), bytes);
            }
        }
        int most = Math.min(rows, AnswerComparer.MOST_ROWS);
        boolean named = read(primaryClasses, primary, primaryOffsets, most, ourLabels)
                && read(shadowClasses, shadow, shadowOffsets, most, theirLabels);
        List<Compared.Labels> labels = named ? labels(most) : List.of();
        boolean agree = labels.isEmpty() ? sameBytes && numbers.areWithin(tolerance) : agree(labels);
        return new Compared(
                agree ? Compared.Verdict.AGREE : Compared.Verdict.DISAGREE, labels, numbers.largest(), numbers.mean());
    }

    private void add(
            int output, int elements, MemorySegment primary, long primaryAt, MemorySegment shadow, long shadowAt) {
        if (ours.length < elements) {
            ours = new double[elements];
            theirs = new double[elements];
        }
        TensorNumbers.read(types[output], primary, primaryAt, elements, ours);
        TensorNumbers.read(types[output], shadow, shadowAt, elements, theirs);
        numbers.add(ours, theirs, elements);
    }

    private static boolean same(MemorySegment one, long oneAt, MemorySegment other, long otherAt, long bytes) {
        return MemorySegment.mismatch(one, oneAt, oneAt + bytes, other, otherAt, otherAt + bytes) < 0;
    }

    private boolean read(RowClasses classes, MemorySegment memory, Offsets offsets, int rows, int[] into) {
        String output = classes.output();
        for (int i = 0; i < names.length; i++) {
            if (names[i].equals(output)) {
                return classes.read(memory, offsets.of(i), rows, into);
            }
        }
        return false;
    }

    private List<Compared.Labels> labels(int rows) {
        if (rows == 1) {
            return ourLabels[0] < 0 || theirLabels[0] < 0
                    ? List.of()
                    : List.of(new Compared.Labels(ourLabels[0], theirLabels[0]));
        }
        List<Compared.Labels> labels = new ArrayList<>(rows);
        for (int i = 0; i < rows; i++) {
            // Of a row that only one can read, or neither, its label says nothing.
            if (ourLabels[i] >= 0 && theirLabels[i] >= 0) {
                labels.add(new Compared.Labels(ourLabels[i], theirLabels[i]));
            }
        }
        return labels;
    }

    private static boolean agree(List<Compared.Labels> labels) {
        for (Compared.Labels row : labels) {
            if (row.primary() != row.shadow()) {
                return false;
            }
        }
        return true;
    }
}
