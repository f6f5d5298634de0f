package dev.penstock.monitor.recording;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Learns the edges and categories of a plan's features that have none from the values that recorders keep for
/// it. Confined to one thread, which is none of the recorders'.
final class Learner {
    /// Values kept of each numeric feature.
    static final int SAMPLE = 10_000;

    private static final long SEED = 0x1EA2;

    private final MonitorPlan plan;
    private final Map<Integer, Reservoir> samples = new HashMap<>();
    private final Map<Integer, Occurrences> occurrences = new HashMap<>();

    Learner(MonitorPlan plan) {
        this.plan = plan;
        List<Feature> features = plan.features();
        for (int i = 0; i < features.size(); i++) {
            if (features.get(i).learning()) {
                switch (features.get(i)) {
                    case Feature.Numeric _ -> samples.put(i, new Reservoir(SAMPLE, SEED + i));
                    case Feature.Categorical _ -> occurrences.put(i, new Occurrences());
                }
            }
        }
    }

    /// How often each category was seen. Those that come when there is no more room are not told apart.
    private static final class Occurrences {
        private final Map<Category, Long> counts = new HashMap<>();
        private long seen;

        void add(Category category) {
            seen++;
            if (counts.size() < Categories.MOST_KNOWN || counts.containsKey(category)) {
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
