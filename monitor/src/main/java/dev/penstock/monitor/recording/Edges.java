package dev.penstock.monitor.recording;

import dev.penstock.core.Check;
import java.util.Arrays;

/// Where the bins of a numeric value end. Immutable.
///
/// Bins are closed at the right, as Prometheus' `le`: with edges e0 < ... < ek, bin 0 has what is at most e0,
/// bin i what is above e(i-1) and at most ei, and bin k+1 what is above ek. Of a range e0..ek the first and
/// last bin thus have what is below and above it.
public final class Edges {
    /// Room for five halvings without a branch.
    static final int PADDED = 32;

    public static final int MOST = PADDED - 1;

    /// From here on a finite number is counted in its bin, but no part of any sum: squares of smaller ones, and
    /// as many as there ever are, add up to something finite.
    static final double LARGEST = 1e140;

    private static final int FEW = 4;
    private static final double FAR = 10;
    private static final double AS_LONG = 2;

    /// Of a sample, one in so many on each side is none of its middle; and at most one in so many is left out.
    private static final int TAIL = 20;

    private static final int FEW_OF = 100;

    /// One bin for all.
    public static final Edges NONE = new Edges(new double[0]);

    /// The range from 0 to 1: twenty bins of equal width, of which the first has 0 itself.
    public static final Edges UNIT = uniform(0, 1, 20);

    /// The range from -1 to 1.
    public static final Edges SIGNED_UNIT = uniform(-1, 1, 20);

    private final double[] edges;

    private Edges(double[] edges) {
        this.edges = edges;
    }

    /// @param edges finite, ascending, each once, at most [#MOST]
    public static Edges of(double... edges) {
        Check.argument(edges.length <= MOST, "%d edges (expected: <= %d)", edges.length, MOST);
        for (int i = 0; i < edges.length; i++) {
            Check.argument(Double.isFinite(edges[i]), "edge %d: %s (expected: finite)", i, edges[i]);
            Check.argument(
                    i == 0 || edges[i - 1] < edges[i], "edge %d: %s (expected: more than the last)", i, edges[i]);
        }
        return new Edges(edges.clone());
    }

    /// Bins of equal width over a range, both of whose ends belong to it.
    ///
    /// @param bins from 1 to 30
    public static Edges uniform(double from, double to, int bins) {
        double[] edges = new double[bins + 1];
        edges[0] = Math.nextDown(from);
        for (int i = 1; i <= bins; i++) {
            edges[i] = i == bins ? to : from + (to - from) * i / bins;
        }
        return of(edges);
    }

    /// Bins that hold about as many values of a sample each: e0 lies just below the smallest, and ei is the
    /// type-1 quantile of i / `bins`, an observed value; what would be there twice is there once. Where there
    /// are no more distinct values than `bins`, each has a bin of its own. Where there are more, values that
    /// are few and far from all others do not count: they lie beyond the edges.
    ///
    /// @param sorted finite, ascending, at least one
    /// @param bins from 1 to 30
    public static Edges ofSample(double[] sorted, int bins) {
        Check.argument(sorted.length > 0, "an empty sample has no quantiles");
        Check.argument(bins > 0 && bins < MOST, "bins: %d (expected: 1..%d)", bins, MOST - 1);
        double[] distinct = distinct(sorted, bins);
        if (distinct.length <= bins) {
            return ofQuantiles(distinct, distinct.length);
        }
        double[] near = near(sorted);
        double[] left = distinct(near, bins);
        return left.length <= bins ? ofQuantiles(left, left.length) : ofQuantiles(near, bins);
    }

    private static double[] distinct(double[] sorted, int bins) {
        return Arrays.stream(sorted).distinct().limit(bins + 1L).toArray();
    }

    private static Edges ofQuantiles(double[] sorted, int bins) {
        double[] edges = new double[MOST];
        edges[0] = Math.nextDown(sorted[0]);
        int count = 1;
        for (int i = 1; i <= bins; i++) {
            double edge = sorted[(int) (((long) i * sorted.length + bins - 1) / bins) - 1];
            if (edge > edges[count - 1]) {
                edges[count++] = edge;
            }
        }
        return of(Arrays.copyOf(edges, count));
    }

    /// Without those that are further away from nine tenths of the sample than ten times their range, if they
    /// are at most one in a hundred on each side: of more, that is how the values are.
    private static double[] near(double[] sorted) {
        int tail = sorted.length / TAIL;
        double low = sorted[tail];
        double high = sorted[sorted.length - 1 - tail];
        double reach = FAR * (high - low);
        int most = Math.max(1, sorted.length / FEW_OF);
        int from = 0;
        int to = sorted.length;
        while (reach > 0 && from < tail && sorted[from] < low - reach) {
            from++;
        }
        while (reach > 0 && to > sorted.length - tail && sorted[to - 1] > high + reach) {
            to--;
        }
        return Arrays.copyOfRange(sorted, from > most ? 0 : from, sorted.length - to > most ? sorted.length : to);
    }

    public int count() {
        return edges.length;
    }

    public double edge(int index) {
        return edges[index];
    }

    public double[] toArray() {
        return edges.clone();
    }

    public int bins() {
        return edges.length + 1;
    }

    /// The bin of a finite value.
    public int bin(double value) {
        int bin = 0;
        while (bin < edges.length && edges[bin] < value) {
            bin++;
        }
        return bin;
    }

    /// What a value beyond the edges is in sums at least: one that is ten times as far away as they reach,
    /// however far it is. A single number would take the precision of all that are added after it, and a mean
    /// would be that number's.
    double least() {
        return edges.length == 0 ? -LARGEST : Math.clamp(edges[0] - reach(), -LARGEST, LARGEST);
    }

    /// The same at most.
    double most() {
        return edges.length == 0 ? LARGEST : Math.clamp(edges[edges.length - 1] + reach(), -LARGEST, LARGEST);
    }

    /// How long a vector is at most that is none too long to be summed. Lengths may be nearly all alike, and
    /// one that is a little longer than those is no outlier: up to twice as long none is.
    double longest() {
        return edges.length == 0 ? LARGEST : Math.max(most(), AS_LONG * edges[edges.length - 1]);
    }

    // Of a few values the distance says little.
    private double reach() {
        double first = edges[0];
        double last = edges[edges.length - 1];
        double range = last - first;
        boolean few = edges.length < FEW;
        double reach = few ? Math.max(range, Math.max(Math.abs(first), Math.abs(last))) : range;
        return reach == 0 ? LARGEST : FAR * reach;
    }

    /// What a finite value is in sums.
    public double summed(double value) {
        return Math.abs(value) < LARGEST ? Math.clamp(value, least(), most()) : 0;
    }

    /// How many bins there are to 1 if they are about equally wide: each edge lies within a quarter of a bin of
    /// where it would be if they were; else 0.
    double perUnit() {
        if (edges.length < 2) {
            return 0;
        }
        int bins = edges.length - 1;
        double width = (edges[bins] - edges[0]) / bins;
        for (int i = 0; i <= bins; i++) {
            if (!(Math.abs(edges[i] - (edges[0] + i * width)) < width / 4)) {
                return 0;
            }
        }
        return 1 / width;
    }

    /// [#PADDED] numbers for [#bin(double[],int,double)].
    void pad(double[] into, int at) {
        Arrays.fill(into, at, at + PADDED, Double.POSITIVE_INFINITY);
        System.arraycopy(edges, 0, into, at, edges.length);
    }

    /// How many of the padded edges from `at` on are below a finite value: a lower bound without a branch to
    /// guess.
    static int bin(double[] padded, int at, double value) {
        int i = at;
        i += padded[i + 15] < value ? 16 : 0;
        i += padded[i + 7] < value ? 8 : 0;
        i += padded[i + 3] < value ? 4 : 0;
        i += padded[i + 1] < value ? 2 : 0;
        i += padded[i] < value ? 1 : 0;
        return i - at;
    }

    /// The same where bins are about equally wide, which is faster: the guess is at most one bin off.
    ///
    /// @param perUnit as [#perUnit] says, more than 0
    /// @param last index of the last edge
    static int bin(double[] padded, int at, double value, double perUnit, int last) {
        int guess = Math.min(Math.max((int) ((value - padded[at]) * perUnit), 0), last - 1) + 1;
        int low = at + guess;
        return guess + (padded[low] < value ? 1 : 0) - (padded[low - 1] < value ? 0 : 1);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Edges that && Arrays.equals(edges, that.edges);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(edges);
    }

    @Override
    public String toString() {
        return Arrays.toString(edges);
    }
}
