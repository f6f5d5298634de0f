package dev.penstock.router.shadow;

import dev.penstock.core.DataType;
import dev.penstock.core.InferenceReply;
import dev.penstock.core.Signature;
import dev.penstock.core.Tensor;
import dev.penstock.monitor.feedback.Prediction;
import dev.penstock.monitor.recording.AnswerReader;
import dev.penstock.monitor.recording.RowClasses;
import dev.penstock.monitor.recording.TensorNumbers;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Holds the answers of one version against those of another to the same requests. Thread-safe.
public final class AnswerComparer {
    /// Rows of one answer whose labels are looked at.
    static final int MOST_ROWS = Prediction.MOST_ROWS;

    private final AnswerReader primaryReader;
    private final AnswerReader shadowReader;
    private final double tolerance;

    /// @param primary signature of the version whose answers callers get
    /// @param shadow signature of the other
    /// @param tolerance how far numbers may be apart and still agree, where no labels say it; of numbers
    ///     beyond 1 it is a part of them
    public AnswerComparer(Signature primary, Signature shadow, double tolerance) {
        this.primaryReader = new AnswerReader(primary, AnswerReader.Wish.NONE);
        this.shadowReader = new AnswerReader(shadow, AnswerReader.Wish.NONE);
        this.tolerance = tolerance;
    }

    /// The same of answers whose rows lie one after another, for one thread: it reads them as this does.
    ///
    /// @param signature of both
    public RowComparer ofRows(Signature signature) {
        return new RowComparer(signature, new RowClasses(primaryReader), new RowClasses(shadowReader), tolerance);
    }

    public Compared compare(InferenceReply primary, InferenceReply shadow) {
        Differences numbers = new Differences();
        boolean sameBytes = true;
        for (Tensor output : primary.outputs()) {
            Tensor other = named(shadow.outputs(), output.name());
            if (other == null || other.type() != output.type() || !other.shape().equals(output.shape())) {
                return Compared.UNLIKE;
            }
            if (isReal(output.type())) {
                double[] ours = TensorNumbers.of(output);
                numbers.add(ours, TensorNumbers.of(other), ours.length);
            } else {
                sameBytes &= output.data().equals(other.data());
            }
        }
        List<Compared.Labels> labels = labels(primary, shadow);
        boolean agree = labels.isEmpty()
                ? sameBytes && numbers.areWithin(tolerance)
                : labels.stream().allMatch(row -> row.primary() == row.shadow());
        return new Compared(
                agree ? Compared.Verdict.AGREE : Compared.Verdict.DISAGREE, labels, numbers.largest(), numbers.mean());
    }

    private List<Compared.Labels> labels(InferenceReply primary, InferenceReply shadow) {
        List<Prediction.Row> ours = primaryReader.read(primary, MOST_ROWS).rows();
        List<Prediction.Row> theirs = shadowReader.read(shadow, MOST_ROWS).rows();
        List<Compared.Labels> labels = new ArrayList<>();
        for (int i = 0; i < Math.min(ours.size(), theirs.size()); i++) {
            int one = ours.get(i).predicted();
            int other = theirs.get(i).predicted();
            // Of a row that only one can read, or neither, its label says nothing.
            if (one >= 0 && other >= 0) {
                labels.add(new Compared.Labels(one, other));
            }
        }
        return labels;
    }

    /// Whether elements are held against each other as numbers.
    static boolean isReal(DataType type) {
        return switch (type) {
            case FP16, BF16, FP32, FP64 -> true;
            case BOOL, UINT8, INT8, UINT16, INT16, UINT32, INT32, UINT64, INT64, BYTES -> false;
        };
    }

    private static @Nullable Tensor named(List<Tensor> outputs, String name) {
        for (Tensor output : outputs) {
            if (output.name().equals(name)) {
                return output;
            }
        }
        return null;
    }
}
