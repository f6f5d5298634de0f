package dev.penstock.monitor.recording;

import dev.penstock.core.RunRows;
import java.lang.foreign.MemorySegment;

/// Class scores: the class, its probability, by how much it leads, how undecided the model is, and each class'
/// probability where that is asked for.
///
/// Of logits x the probabilities are exp(x - max) / z with z their sum, and their entropy ln z - sum(exp(x -
/// max) (x - max)) / z: one logarithm. Of equal scores the first class wins. A row with a score that is not a
/// number, or without a finite one, has no class, and its numbers are NaN.
final class ScoreKernel implements Kernel {
    /// How far rounding may take a probability out of 0..1.
    private static final double ROUNDING = 1e-3;

    /// What minus infinity is as an ordered number.
    private static final long LEAST = flip(Double.doubleToRawLongBits(Double.NEGATIVE_INFINITY));

    /// Scores that are read at once, unless one row has more.
    private static final int AT_ONCE = 256;

    private final Part.Scores part;
    private final Counters counters;
    private final int size;
    private final long elementBytes;
    private final long rowBytes;
    private final double perLnSize;
    private final int rowsAtOnce;

    /// Of some rows, one after another.
    private final double[] read;

    /// How many classes' probabilities are asked for.
    private final int perClass;

    // Of the row at hand.
    private double top;
    private double second;
    private double sum;

    ScoreKernel(Part.Scores part, Counters counters) {
        this.part = part;
        this.counters = counters;
        this.size = part.elements();
        this.elementBytes = part.type().byteSize();
        this.rowBytes = size * elementBytes;
        this.perLnSize = 1 / Math.log(size);
        this.rowsAtOnce = Math.max(1, AT_ONCE / size);
        this.read = new double[rowsAtOnce * size];
        this.perClass = part.firstClass() == Part.NONE ? 0 : size;
    }

    @Override
    public void record(RunRows run, int from, int count) {
        long bytes = run.rowBytes(part.tensor());
        if (bytes != rowBytes) {
            counters.without(bytes, part.classFeature(), 4 + perClass, count);
            return;
        }
        MemorySegment memory = run.memory(part.tensor());
        long at = run.offset(part.tensor()) + from * rowBytes;
        for (int done = 0; done < count; done += rowsAtOnce) {
            int rows = Math.min(rowsAtOnce, count - done);
            Elements.numbers(part.type(), memory, at + done * rowBytes, elementBytes, rows * size, read);
            for (int i = 0; i < rows; i++) {
                count(i * size);
            }
        }
    }

    private void count(int row) {
        int best = best(row);
        double score;
        double margin;
        double entropy;
        if (best < 0) {
            score = Double.NaN;
            margin = Double.NaN;
            entropy = Double.NaN;
        } else if (part.form() == ScoreForm.PROBABILITIES) {
            score = unit(top);
            margin = unit(top - second);
            entropy = unit(entropyOfProbabilities(row) * perLnSize);
        } else {
            entropy = unit(entropyOfScores(row) * perLnSize);
            double share = 1 / sum;
            score = unit(share);
            margin = unit((1 - second) * share);
        }
        int feature = part.classFeature();
        counters.found(feature, best);
        counters.number(feature + 1, score);
        counters.number(feature + 2, margin);
        counters.number(feature + 3, entropy);
        for (int c = 0; c < perClass; c++) {
            counters.number(part.firstClass() + c, best < 0 ? Double.NaN : probability(read[row + c]));
        }
    }

    /// The index of the highest score; negative if there is none.
    ///
    /// Which class wins cannot be predicted, so nothing here branches on it: scores are compared as whole
    /// numbers of the same order.
    private int best(int row) {
        long most = LEAST;
        long next = LEAST;
        int best = -1;
        double all = 0;
        for (int c = 0; c < size; c++) {
            // There is one zero only.
            double score = read[row + c] + 0.0;
            all += score;
            long order = flip(Double.doubleToRawLongBits(score));
            best = order > most ? c : best;
            next = Math.max(next, Math.min(order, most));
            most = Math.max(order, most);
        }
        top = Double.longBitsToDouble(flip(most));
        second = Double.longBitsToDouble(flip(next));
        return best >= 0 && !Double.isNaN(all) && top < Double.POSITIVE_INFINITY ? best : -1;
    }

    /// Between a double's bits and a number that is larger if the double is. Its own inverse.
    private static long flip(long bits) {
        return bits ^ ((bits >> (Long.SIZE - 1)) >>> 1);
    }

    private double entropyOfProbabilities(int row) {
        double entropy = 0;
        for (int c = 0; c < size; c++) {
            double p = read[row + c];
            // What is less adds nothing that a bin could tell.
            if (p >= Double.MIN_NORMAL) {
                entropy -= p * FastMath.ln(p);
            }
        }
        return entropy;
    }

    /// Leaves the next one's weight in `second`, that of the best being 1.
    private double entropyOfScores(int row) {
        double z = 0;
        double weighted = 0;
        for (int c = 0; c < size; c++) {
            double below = read[row + c] - top;
            double weight = FastMath.exp(below);
            z += weight;
            // Of minus infinity the weight is 0, and must stay so.
            weighted += weight == 0 ? 0 : weight * below;
        }
        sum = z;
        second = FastMath.exp(second - top);
        return FastMath.ln(z) - weighted / z;
    }

    private double probability(double score) {
        return part.form() == ScoreForm.PROBABILITIES ? unit(score) : unit(FastMath.exp(score - top) / sum);
    }

    private static double unit(double value) {
        if (value > 1 && value < 1 + ROUNDING) {
            return 1;
        }
        return value < 0 && value > -ROUNDING ? 0 : value;
    }
}
