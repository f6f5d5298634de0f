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

    private final Part.Scores part;
    private final Counters counters;
    private final int size;
    private final long elementBytes;
    private final long rowBytes;
    private final double lnSize;
    private final double[] row;
    private final int[] classes = new int[BLOCK];
    private final double[] scores = new double[BLOCK];
    private final double[] margins = new double[BLOCK];
    private final double[] entropies = new double[BLOCK];

    /// By class, one after another; none if they are not asked for.
    private final double[][] perClass;

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
        this.lnSize = Math.log(size);
        this.row = new double[size];
        this.perClass = new double[part.firstClass() == Part.NONE ? 0 : size][BLOCK];
    }

    @Override
    public void record(RunRows run, int from, int count) {
        long bytes = run.rowBytes(part.tensor());
        if (bytes != rowBytes) {
            counters.without(bytes, part.classFeature(), 4 + perClass.length, count);
            return;
        }
        MemorySegment memory = run.memory(part.tensor());
        long at = run.offset(part.tensor()) + from * rowBytes;
        for (int i = 0; i < count; i++) {
            Elements.numbers(part.type(), memory, at + i * rowBytes, elementBytes, size, row);
            look(i);
        }
        counters.classes(part.classFeature(), classes, count);
        counters.numbers(part.classFeature() + 1, scores, count);
        counters.numbers(part.classFeature() + 2, margins, count);
        counters.numbers(part.classFeature() + 3, entropies, count);
        for (int i = 0; i < perClass.length; i++) {
            counters.numbers(part.firstClass() + i, perClass[i], count);
        }
    }

    private void look(int i) {
        int best = best();
        classes[i] = best;
        if (best < 0) {
            scores[i] = Double.NaN;
            margins[i] = Double.NaN;
            entropies[i] = Double.NaN;
        } else if (part.form() == ScoreForm.PROBABILITIES) {
            scores[i] = unit(top);
            margins[i] = unit(top - second);
            entropies[i] = unit(entropyOfProbabilities() / lnSize);
        } else {
            entropies[i] = unit(entropyOfScores(best) / lnSize);
            double share = 1 / sum;
            scores[i] = unit(share);
            margins[i] = unit((1 - second) * share);
        }
        for (int c = 0; c < perClass.length; c++) {
            perClass[c][i] = best < 0 ? Double.NaN : probability(row[c]);
        }
    }

    /// The index of the highest score; negative if there is none.
    private int best() {
        double most = Double.NEGATIVE_INFINITY;
        double next = Double.NEGATIVE_INFINITY;
        int best = -1;
        boolean numbers = true;
        for (int c = 0; c < size; c++) {
            double score = row[c];
            numbers &= !Double.isNaN(score);
            next = Math.max(next, Math.min(score, most));
            if (score > most) {
                most = score;
                best = c;
            }
        }
        top = most;
        second = next;
        return numbers && most < Double.POSITIVE_INFINITY ? best : -1;
    }

    private double entropyOfProbabilities() {
        double entropy = 0;
        for (int c = 0; c < size; c++) {
            double p = row[c];
            // What is less adds nothing that a bin could tell.
            if (p >= Double.MIN_NORMAL) {
                entropy -= p * FastMath.ln(p);
            }
        }
        return entropy;
    }

    /// Leaves the next one's weight in `second`, that of the best being 1.
    private double entropyOfScores(int best) {
        double z = 1;
        double weighted = 0;
        double next = 0;
        for (int c = 0; c < size; c++) {
            if (c != best) {
                double below = row[c] - top;
                double weight = FastMath.exp(below);
                z += weight;
                next = Math.max(next, weight);
                // Of minus infinity the weight is 0, and must stay so.
                weighted += weight == 0 ? 0 : weight * below;
            }
        }
        sum = z;
        second = next;
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
