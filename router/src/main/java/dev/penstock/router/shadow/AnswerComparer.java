package dev.penstock.router.shadow;

import dev.penstock.core.InferenceReply;
import dev.penstock.core.Signature;
import dev.penstock.core.Tensor;
import dev.penstock.monitor.feedback.Prediction;
import dev.penstock.monitor.recording.AnswerReader;
import dev.penstock.monitor.recording.TensorNumbers;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Holds the answers of one version against those of another to the same requests. Thread-safe.
public final class AnswerComparer {
    /// Rows of one answer whose labels are looked at.
    private static final int MOST_ROWS = Prediction.MOST_ROWS;

    private final AnswerReader primaryReader;
    private final AnswerReader shadowReader;
    private final double tolerance;

    /// @param primary signature of the version whose answers callers get
    /// @param shadow signature of the other
    /// @param tolerance how far numbers may be apart and still agree, where no labels say it
    public AnswerComparer(Signature primary, Signature shadow, double tolerance) {
        this.primaryReader = new AnswerReader(primary, AnswerReader.Wish.NONE);
        this.shadowReader = new AnswerReader(shadow, AnswerReader.Wish.NONE);
        this.tolerance = tolerance;
    }

    public Compared compare(InferenceReply primary, InferenceReply shadow) {
        Differences numbers = new Differences();
        boolean sameBytes = true;
        for (Tensor output : primary.outputs()) {
            Tensor other = named(shadow.outputs(), output.name());
            if (other == null || other.type() != output.type() || !other.shape().equals(output.shape())) {
                return Compared.UNLIKE;
            }
            if (isReal(output)) {
                numbers.add(TensorNumbers.of(output), TensorNumbers.of(other));
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

    private static boolean isReal(Tensor tensor) {
        return switch (tensor.type()) {
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

    /// Of all numbers of two answers.
    private static final class Differences {
        private long count;
        private double sum;
        private double largest;
        private boolean oneIsNone;

        void add(double[] ours, double[] theirs) {
            for (int i = 0; i < ours.length; i++) {
                // Two that are the same, infinite or no numbers, are no different.
                double difference = Double.compare(ours[i], theirs[i]) == 0 ? 0 : theirs[i] - ours[i];
                count++;
                if (Double.isFinite(difference)) {
                    sum += difference;
                    largest = Math.max(largest, Math.abs(difference));
                } else {
                    oneIsNone = true;
                }
            }
        }

        boolean areWithin(double tolerance) {
            return !oneIsNone && largest <= tolerance;
        }

        double largest() {
            return count == 0 ? Double.NaN : oneIsNone ? Double.POSITIVE_INFINITY : largest;
        }

        double mean() {
            return count == 0 || oneIsNone ? Double.NaN : sum / (double) count;
        }
    }
}
