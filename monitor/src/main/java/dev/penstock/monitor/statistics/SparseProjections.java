package dev.penstock.monitor.statistics;

import dev.penstock.core.Check;
import java.util.Random;

/// A few random directions along which vectors are looked at as if they were numbers.
///
/// Each is the sum of ceil(sqrt(d)) of the d components with random signs, divided by the root of their number.
/// Source: Li, Hastie and Church, Very sparse random projections (2006). The same dimension, number and seed
/// give the same directions on any machine. Immutable; any thread may project.
public final class SparseProjections {
    private final int dimension;
    private final int nonZeros;
    private final double scale;

    /// Of each direction in turn, which components it has.
    private final int[] components;

    /// Of each of those, whether it is subtracted.
    private final boolean[] negative;

    /// @param dimension of the vectors, positive
    /// @param count of directions, not negative
    /// @param seed of their choice
    public SparseProjections(int dimension, int count, long seed) {
        Check.argument(dimension > 0, "dimension: %d (expected: > 0)", dimension);
        Check.argument(count >= 0, "count: %d (expected: >= 0)", count);
        this.dimension = dimension;
        nonZeros = (int) Math.ceil(Math.sqrt(dimension));
        scale = 1 / Math.sqrt(nonZeros);
        components = new int[Math.multiplyExact(count, nonZeros)];
        negative = new boolean[components.length];
        Random random = new Random(seed);
        for (int i = 0; i < count; i++) {
            choose(random, i * nonZeros);
        }
    }

    /// The first steps of a Fisher-Yates shuffle.
    private void choose(Random random, int first) {
        int[] all = new int[dimension];
        for (int i = 0; i < dimension; i++) {
            all[i] = i;
        }
        for (int i = 0; i < nonZeros; i++) {
            int other = i + random.nextInt(dimension - i);
            components[first + i] = all[other];
            all[other] = all[i];
            negative[first + i] = random.nextBoolean();
        }
    }

    /// How many directions there are.
    public int count() {
        return components.length / nonZeros;
    }

    /// One vector along one direction. Allocates nothing.
    ///
    /// @param vector of the dimension
    /// @param direction 0 to count - 1
    public double project(double[] vector, int direction) {
        double sum = 0;
        int first = direction * nonZeros;
        for (int i = first; i < first + nonZeros; i++) {
            double component = vector[components[i]];
            sum += negative[i] ? -component : component;
        }
        return sum * scale;
    }
}
