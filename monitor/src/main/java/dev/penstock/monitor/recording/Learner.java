package dev.penstock.monitor.recording;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Learns the edges and categories of a plan's features that have none from the values that recorders keep for
/// it. Confined to one thread, which is none of the recorders'.
final class Learner {
    /// Values kept of a numeric feature if there are few, and if there are many; of all together no more than
    /// `SAMPLES` or as many as is the least of each.
    private static final int MOST_SAMPLE = 1_024;

    private static final int LEAST_SAMPLE = 500;
    private static final int SAMPLES = 1 << 19;

    /// The same of the categories that are told apart.
    private static final int LEAST_KNOWN = 256;

    private static final int KNOWN = 1 << 14;

    /// Of a category with its name and its count, about.
    private static final long CATEGORY_BYTES = 240;

    private static final long SEED = 0x1EA2;

    private final MonitorPlan plan;
    private final Map<Integer, Reservoir> samples = new HashMap<>();
    private final Map<Integer, Occurrences> occurrences = new HashMap<>();

    Learner(MonitorPlan plan) {
        this.plan = plan;
        List<Feature> features = plan.features();
        int sample = sample(features);
        int known = known(features);
        for (int i = 0; i < features.size(); i++) {
            if (features.get(i).learning()) {
                switch (features.get(i)) {
                    case Feature.Numeric _ -> samples.put(i, new Reservoir(sample, SEED + i));
                    case Feature.Categorical _ -> occurrences.put(i, new Occurrences(known));
                }
            }
        }
    }

    private static int sample(List<Feature> features) {
        int numbers = count(features, Feature.Numeric.class);
        return Math.clamp(SAMPLES / Math.max(1, numbers), LEAST_SAMPLE, MOST_SAMPLE);
    }

    private static int known(List<Feature> features) {
        int keys = count(features, Feature.Categorical.class);
        return Math.clamp(KNOWN / Math.max(1, keys), LEAST_KNOWN, Categories.MOST_KNOWN);
    }

    private static int count(List<Feature> features, Class<? extends Feature> kind) {
        int count = 0;
        for (Feature feature : features) {
            count += feature.learning() && kind.isInstance(feature) ? 1 : 0;
        }
        return count;
    }

    /// What learning those features takes at most.
    static long bytes(List<Feature> features) {
        return 8L * count(features, Feature.Numeric.class) * sample(features)
                + CATEGORY_BYTES * count(features, Feature.Categorical.class) * known(features);
    }

    /// How often each category was seen. Those that come when there is no more room are not told apart.
    private static final class Occurrences {
        private final Map<Category, Long> counts = new HashMap<>();
        private final int room;
        private long seen;

        Occurrences(int room) {
            this.room = room;
        }

        void add(Category category) {
            seen++;
            if (counts.size() < room || counts.containsKey(category)) {
                counts.merge(category, 1L, Long::sum);
            }
        }

        /// The most frequent ones for themselves, the others together. Of equally frequent ones the smaller
        /// key.
        Categories categories(int most) {
            List<Category> known = new ArrayList<>(counts.keySet());
            known.sort(Comparator.comparingLong((Category c) -> -counts.getOrDefault(c, 0L))
                    .thenComparingLong(Category::key)
                    .thenComparingInt(Category::length));
            int kept = Math.min(most, known.size());
            return Categories.of(known.subList(0, kept), known.subList(kept, known.size()));
        }
    }

    void drain(Recorder recorder) {
        samples.forEach((feature, sample) -> {
            LearningRing ring = recorder.ring(feature);
            if (ring != null) {
                ring.drainNumbers(sample::add);
            }
        });
        occurrences.forEach((feature, seen) -> {
            LearningRing ring = recorder.ring(feature);
            if (ring != null) {
                ring.drainCategories(seen::add);
            }
        });
    }

    /// How many values were seen of the feature of which fewest were; the largest number if nothing is to be
    /// learnt.
    long fewest() {
        long fewest = Long.MAX_VALUE;
        for (Reservoir sample : samples.values()) {
            fewest = Math.min(fewest, sample.seen());
        }
        for (Occurrences seen : occurrences.values()) {
            fewest = Math.min(fewest, seen.seen);
        }
        return fewest;
    }

    /// What was learnt; nothing of a feature that no value was seen of.
    ///
    /// @param bins of numeric features, from 1 to 30
    /// @param topK how many categories are counted for themselves, up to [Categories#MOST]
    Known learnt(int bins, int topK) {
        Map<String, Edges> edges = new HashMap<>();
        samples.forEach((feature, sample) -> {
            if (sample.seen() > 0) {
                edges.put(plan.features().get(feature).name(), Edges.ofSample(sample.sorted(), bins));
            }
        });
        Map<String, Categories> categories = new HashMap<>();
        occurrences.forEach((feature, seen) -> {
            if (seen.seen > 0) {
                categories.put(plan.features().get(feature).name(), seen.categories(topK));
            }
        });
        return new Known(edges, categories, Map.of());
    }
}
