package dev.penstock.server.monitoring;

import dev.penstock.monitor.recording.Categories;
import dev.penstock.monitor.recording.Category;
import dev.penstock.monitor.recording.Edges;
import dev.penstock.monitor.recording.Feature;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Counts values that somebody brings as recorders would count them. Pure.
final class FeatureSamples {
    static final int BINS = 20;
    static final int TOP_CATEGORIES = 64;

    private FeatureSamples() {}

    /// In bins that hold about as many of them each.
    ///
    /// @param values of which at least one is finite
    /// @param missing how many more have no value
    static BaselineFeature numbers(String name, double[] values, long missing) {
        double[] finite =
                Arrays.stream(values).filter(Double::isFinite).sorted().toArray();
        if (finite.length == 0) {
            throw new IllegalArgumentException("feature '%s': no finite value (expected: some)".formatted(name));
        }
        Edges edges = Edges.ofSample(finite, BINS);
        long[] counts = new long[Feature.Numeric.FIRST_BIN + edges.bins()];
        double[] sums = new double[counts.length];
        counts[Feature.Numeric.MISSING] = missing;
        for (double value : values) {
            if (Double.isFinite(value)) {
                int slot = Feature.Numeric.FIRST_BIN + edges.bin(value);
                counts[slot]++;
                double summed = edges.summed(value);
                sums[slot] += summed;
                sums[0] += summed * summed;
            } else if (Double.isNaN(value)) {
                counts[Feature.Numeric.NAN]++;
            } else {
                counts[value > 0 ? Feature.Numeric.POSITIVE_INFINITY : Feature.Numeric.NEGATIVE_INFINITY]++;
            }
        }
        return new BaselineFeature.Numbers(name, edges, FeatureCounts.of(counts, sums));
    }

    /// A histogram that was made elsewhere. What its values were is not known: each is taken for the middle of
    /// its bin, which only the distance in standard deviations depends on.
    ///
    /// @param perBin one for each bin between two edges, or two more, below the first edge and above the
    ///     last
    static BaselineFeature histogram(String name, double[] ends, long[] perBin) {
        Edges edges = Edges.of(ends);
        boolean outside = perBin.length == ends.length + 1;
        if (ends.length < 2 || (!outside && perBin.length != ends.length - 1)) {
            throw new IllegalArgumentException("feature '%s': %d counts for %d edges (expected: %d, or %d with those"
                            .formatted(name, perBin.length, ends.length, ends.length - 1, ends.length + 1)
                    + " below and above)");
        }
        long[] counts = new long[Feature.Numeric.FIRST_BIN + edges.bins()];
        double[] sums = new double[counts.length];
        for (int i = 0; i < perBin.length; i++) {
            int bin = outside ? i : i + 1;
            double from = ends[Math.max(0, bin - 1)];
            double middle = from + (ends[Math.min(ends.length - 1, bin)] - from) / 2;
            counts[Feature.Numeric.FIRST_BIN + bin] = perBin[i];
            sums[Feature.Numeric.FIRST_BIN + bin] = middle * (double) perBin[i];
            sums[0] += middle * middle * (double) perBin[i];
        }
        return new BaselineFeature.Numbers(name, edges, FeatureCounts.of(counts, sums));
    }

    /// The most frequent for themselves.
    static BaselineFeature keys(String name, Iterable<Category> values, long missing) {
        Map<Category, Long> seen = new HashMap<>();
        for (Category value : values) {
            seen.merge(value, 1L, Long::sum);
        }
        return keys(name, seen, missing);
    }

    /// @param seen how often each was seen
    static BaselineFeature keys(String name, Map<Category, Long> seen, long missing) {
        List<Category> all = new ArrayList<>(seen.keySet());
        all.sort(Comparator.comparingLong((Category c) -> -seen.getOrDefault(c, 0L))
                .thenComparing(Category::name)
                .thenComparingLong(Category::key));
        int kept = Math.min(TOP_CATEGORIES, all.size());
        int known = Math.min(Categories.MOST_KNOWN, all.size());
        Categories categories = Categories.of(all.subList(0, kept), all.subList(kept, known));
        long[] counts = new long[Feature.Categorical.FIRST + kept];
        counts[Feature.Categorical.MISSING] = missing;
        for (int i = 0; i < all.size(); i++) {
            int beyond = i < known ? Feature.Categorical.OTHER : Feature.Categorical.UNSEEN;
            counts[i < kept ? Feature.Categorical.FIRST + i : beyond] += seen.getOrDefault(all.get(i), 0L);
        }
        return new BaselineFeature.Keys(name, categories, FeatureCounts.of(counts, new double[counts.length]));
    }
}
