package dev.penstock.monitor.recording;

import dev.penstock.core.RunRows;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The counts and sums of one writer, and how values come into them. Confined to that writer, but for who
/// copies them as [Recorder] says.
final class Counters {
    final long[] counts;
    final double[] sums;

    /// Of numeric features, padded, one after another.
    private final double[] edges;

    /// By feature: where its edges begin, if it is numeric.
    private final int[] edgesAt;

    /// By feature: bins to 1 where they are about equally wide, else 0; and the index of the last edge.
    private final double[] perUnit;

    private final int[] lastEdges;

    private final int[] firstSlots;

    /// By feature: what numbers are in sums at least and at most.
    private final double[] least;

    private final double[] most;

    /// By feature, if it is numeric.
    private final double[] longest;

    /// By feature, if it is categorical.
    private final @Nullable Categories[] categories;

    /// By feature: how many of its categories are the numbers from 0 on, in that order.
    private final int[] leading;

    private final boolean[] outputs;

    /// By feature, if it is learning.
    private final @Nullable LearningRing[] rings;

    /// By feature, if it is categorical and something of it is known.
    private final @Nullable LearningRing[] unseen;

    Counters(MonitorPlan plan) {
        List<Feature> features = plan.features();
        counts = new long[plan.slots()];
        sums = new double[plan.sums()];
        edges = new double[features.size() * Edges.PADDED];
        edgesAt = new int[features.size()];
        perUnit = new double[features.size()];
        lastEdges = new int[features.size()];
        leading = new int[features.size()];
        firstSlots = new int[features.size()];
        least = new double[features.size()];
        most = new double[features.size()];
        longest = new double[features.size()];
        outputs = new boolean[features.size()];
        categories = new @Nullable Categories[features.size()];
        rings = new @Nullable LearningRing[features.size()];
        unseen = new @Nullable LearningRing[features.size()];
        for (int i = 0; i < features.size(); i++) {
            Feature feature = features.get(i);
            firstSlots[i] = feature.firstSlot();
            outputs[i] = feature.output();
            edgesAt[i] = i * Edges.PADDED;
            switch (feature) {
                case Feature.Numeric f -> {
                    f.edges().pad(edges, edgesAt[i]);
                    perUnit[i] = f.edges().perUnit();
                    lastEdges[i] = f.edges().count() - 1;
                    least[i] = f.least();
                    most[i] = f.most();
                    longest[i] = f.edges().longest();
                }
                case Feature.Categorical f -> {
                    categories[i] = f.categories();
                    leading[i] = f.categories().leadingNumbers();
                }
            }
            if (feature.learning()) {
                rings[i] = new LearningRing();
            } else if (feature instanceof Feature.Categorical) {
                unseen[i] = new LearningRing();
            }
        }
    }

    /// What of that feature is not known, if it is categorical and something is: hashes of texts, and no text.
    @Nullable
    LearningRing unseen(int feature) {
        return unseen[feature];
    }

    /// What that feature's values are learnt from, if they are.
    @Nullable
    LearningRing ring(int feature) {
        return rings[feature];
    }

    /// How long a vector is at most that is summed, of whose length that is the feature.
    double longest(int feature) {
        return longest[feature];
    }

    void numbers(int feature, double[] values, int count) {
        int first = firstSlots[feature];
        int bins = first + Feature.Numeric.FIRST_BIN;
        int at = edgesAt[feature];
        double low = least[feature];
        double high = most[feature];
        double squares = 0;
        for (int i = 0; i < count; i++) {
            double value = values[i];
            if (Math.abs(value) < Edges.LARGEST) {
                int slot = bins + Edges.bin(edges, at, value);
                double summed = Math.min(Math.max(value, low), high);
                counts[slot]++;
                sums[slot] += summed;
                squares += summed * summed;
            } else {
                counts[first + unsummed(feature, value)]++;
            }
        }
        sums[first] += squares;
        LearningRing ring = rings[feature];
        if (ring != null) {
            ring.numbers(values, count);
        }
    }

    /// One number of each of several features.
    void each(int firstFeature, double[] values) {
        for (int i = 0; i < values.length; i++) {
            number(firstFeature + i, values[i]);
        }
    }

    void number(int feature, double value) {
        int first = firstSlots[feature];
        if (Math.abs(value) < Edges.LARGEST) {
            int slot = first + Feature.Numeric.FIRST_BIN + bin(feature, value);
            double summed = Math.min(Math.max(value, least[feature]), most[feature]);
            counts[slot]++;
            sums[slot] += summed;
            sums[first] += summed * summed;
        } else {
            counts[first + unsummed(feature, value)]++;
        }
        LearningRing ring = rings[feature];
        if (ring != null) {
            ring.number(value);
        }
    }

    private int bin(int feature, double value) {
        double scale = perUnit[feature];
        return scale > 0
                ? Edges.bin(edges, edgesAt[feature], value, scale, lastEdges[feature])
                : Edges.bin(edges, edgesAt[feature], value);
    }

    private int unsummed(int feature, double value) {
        if (Double.isNaN(value)) {
            return Feature.Numeric.NAN;
        }
        if (Double.isFinite(value)) {
            return Feature.Numeric.FIRST_BIN + Edges.bin(edges, edgesAt[feature], value);
        }
        return value > 0 ? Feature.Numeric.POSITIVE_INFINITY : Feature.Numeric.NEGATIVE_INFINITY;
    }

    void keys(int feature, long[] keys, int count) {
        Categories known = known(feature);
        LearningRing ring = rings[feature];
        int first = firstSlots[feature];
        for (int i = 0; i < count; i++) {
            count(feature, first, known.slot(keys[i], 0), keys[i]);
            if (ring != null) {
                ring.key(keys[i]);
            }
        }
    }

    /// @param found the class; negative if there is none
    void found(int feature, int found) {
        int first = firstSlots[feature];
        LearningRing ring = rings[feature];
        if (found < 0) {
            counts[first + Feature.Categorical.MISSING]++;
        } else if (ring != null) {
            counts[first + Feature.Categorical.UNSEEN]++;
            ring.key(found);
        } else if (found < leading[feature]) {
            counts[first + Feature.Categorical.FIRST + found]++;
        } else {
            count(feature, first, known(feature).slot(found, 0), found);
        }
    }

    private void count(int feature, int first, int slot, long key) {
        counts[first + slot]++;
        LearningRing ring = slot == Feature.Categorical.UNSEEN ? unseen[feature] : null;
        if (ring != null) {
            ring.key(key);
        }
    }

    void text(int feature, long hash, int length) {
        count(feature, firstSlots[feature], known(feature).slot(hash, length), hash);
    }

    private Categories known(int feature) {
        Categories known = categories[feature];
        if (known == null) {
            throw new IllegalStateException("feature %d is numeric (expected: categorical)".formatted(feature));
        }
        return known;
    }

    /// A part's tensor is not as planned: it was left out, or its rows have another size. Of an output that was
    /// not asked for nothing is counted.
    ///
    /// @param rowBytes what the run says of it
    void without(long rowBytes, int firstFeature, int features, int rows) {
        if (rowBytes != RunRows.ABSENT) {
            counts[MonitorPlan.MISMATCHED] += rows;
            return;
        }
        for (int i = firstFeature; i < firstFeature + features; i++) {
            if (!outputs[i]) {
                int slot = categories[i] == null ? Feature.Numeric.MISSING : Feature.Categorical.MISSING;
                counts[firstSlots[i] + slot] += rows;
            }
        }
    }
}
