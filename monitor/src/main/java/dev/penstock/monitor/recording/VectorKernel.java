package dev.penstock.monitor.recording;

import dev.penstock.core.RunRows;
import dev.penstock.monitor.statistics.RandomFourierFeatures;
import dev.penstock.monitor.statistics.SparseProjections;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// Vectors: their length, and where there is something to hold them against the cosine to it and some
/// projections.
///
/// Of one row in eight the elements are summed, so that the middle of what was seen is known, and where there
/// is a kernel's width its random Fourier features and their products, which tell distributions apart and add
/// up. Vectors that are far longer than all that were learnt from are none of the sums, as a single one would
/// take the precision of all that come after it; their lengths are counted as above the range.
final class VectorKernel implements Kernel {
    /// Rows between two that are summed; a power of two.
    private static final int SUMMED_EVERY = 8;

    private final Part.Vector part;
    private final Counters counters;
    private final int size;
    private final long elementBytes;
    private final long rowBytes;
    private final double[] row;
    private final double[] norms = new double[BLOCK];

    /// Divided by its norm; of no elements if there is none.
    private final double[] direction;

    private final double[] cosines = new double[BLOCK];

    private final SparseProjections directions;
    private final double[][] projections;
    private final @Nullable RandomFourierFeatures features;
    private final float[] floats;
    private final double[] phi;
    private long rows;

    VectorKernel(Part.Vector part, Counters counters) {
        this.part = part;
        this.counters = counters;
        this.size = part.elements();
        this.elementBytes = part.type().byteSize();
        this.rowBytes = size * elementBytes;
        this.row = new double[size];
        VectorReference reference = part.reference();
        this.direction = reference == null ? new double[0] : normalised(reference.centroid());
        this.directions = reference == null
                ? new SparseProjections(size, 0, 0)
                : new SparseProjections(size, reference.projections(), reference.seed());
        this.projections = new double[directions.count()][BLOCK];
        this.features = reference == null ? null : reference.features();
        this.floats = new float[features == null ? 0 : size];
        this.phi = new double[features == null ? 0 : features.features()];
    }

    private static double[] normalised(double[] vector) {
        double squares = 0;
        for (double x : vector) {
            squares += x * x;
        }
        double norm = Math.sqrt(squares);
        for (int i = 0; i < vector.length; i++) {
            vector[i] /= norm;
        }
        return vector;
    }

    @Override
    public void record(RunRows run, int from, int count) {
        long bytes = run.rowBytes(part.tensor());
        int features = 1 + (direction.length == 0 ? 0 : 1) + projections.length;
        if (bytes != rowBytes) {
            counters.without(bytes, part.norm(), features, count);
            return;
        }
        MemorySegment memory = run.memory(part.tensor());
        long at = run.offset(part.tensor()) + from * rowBytes;
        for (int i = 0; i < count; i++) {
            Elements.numbers(part.type(), memory, at + i * rowBytes, elementBytes, size, row);
            look(i);
        }
        counters.numbers(part.norm(), norms, count);
        if (direction.length > 0) {
            counters.numbers(part.norm() + 1, cosines, count);
        }
        for (int i = 0; i < projections.length; i++) {
            counters.numbers(part.norm() + 2 + i, projections[i], count);
        }
    }

    private void look(int i) {
        double norm = Math.sqrt(dot(row, row, size));
        norms[i] = norm;
        if (direction.length > 0) {
            cosines[i] = Math.clamp(dot(row, direction, size) / norm, -1, 1);
        }
        for (int p = 0; p < projections.length; p++) {
            projections[p][i] = directions.project(row, p);
        }
        if ((rows++ & (SUMMED_EVERY - 1)) == 0 && norm <= counters.longest(part.norm())) {
            add();
        }
    }

    // Four sums at a time, so that no addition waits for the one before it.
    private static double dot(double[] one, double[] other, int size) {
        double a = 0;
        double b = 0;
        double c = 0;
        double d = 0;
        int i = 0;
        for (; i + 3 < size; i += 4) {
            a += one[i] * other[i];
            b += one[i + 1] * other[i + 1];
            c += one[i + 2] * other[i + 2];
            d += one[i + 3] * other[i + 3];
        }
        for (; i < size; i++) {
            a += one[i] * other[i];
        }
        return a + b + (c + d);
    }

    private void add() {
        if (!mapped()) {
            return;
        }
        for (int i = 0; i < size; i++) {
            counters.sums[part.firstSum() + i] += row[i];
        }
        counters.sums[part.firstSum() + size]++;
        int at = part.firstSum() + size + 1;
        int products = at + phi.length;
        for (int i = 0; i < phi.length; i++) {
            counters.sums[at + i] += phi[i];
            for (int j = 0; j <= i; j++) {
                counters.sums[products++] += phi[i] * phi[j];
            }
        }
    }

    /// @return false if a feature is no number, which would spoil all sums
    private boolean mapped() {
        if (features == null) {
            return true;
        }
        for (int i = 0; i < size; i++) {
            floats[i] = (float) row[i];
        }
        features.map(floats, 0, phi);
        double sum = 0;
        for (double one : phi) {
            sum += one;
        }
        return !Double.isNaN(sum);
    }
}
