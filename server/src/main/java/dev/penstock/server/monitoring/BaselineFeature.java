package dev.penstock.server.monitoring;

import dev.penstock.core.Check;
import dev.penstock.monitor.recording.Categories;
import dev.penstock.monitor.recording.Cumulative;
import dev.penstock.monitor.recording.Edges;
import dev.penstock.monitor.recording.Feature;

/// What was usual of one feature.
sealed interface BaselineFeature {
    /// Of the objects that one consists of.
    long OVERHEAD_BYTES = 200;

    String name();

    /// By slot, as [Feature] numbers them.
    FeatureCounts counts();

    /// Whether a feature of a plan is counted by the same edges or categories.
    boolean fits(Feature feature);

    /// What it takes in memory, about.
    default long bytes() {
        long known = switch (this) {
            case Numbers f -> 8L * f.edges().count();
            case Keys f -> f.categories().bytes();
        };
        return OVERHEAD_BYTES + 2L * name().length() + 16L * counts().slots() + known;
    }

    static BaselineFeature of(Cumulative cumulative, Feature feature) {
        FeatureCounts counts = FeatureCounts.of(cumulative, feature);
        return switch (feature) {
            case Feature.Numeric f -> new Numbers(f.name(), f.edges(), counts);
            case Feature.Categorical f -> new Keys(f.name(), f.categories(), counts);
        };
    }

    /// Numbers in bins.
    record Numbers(String name, Edges edges, FeatureCounts counts) implements BaselineFeature {
        public Numbers {
            int slots = Feature.Numeric.FIRST_BIN + edges.bins();
            Check.argument(counts.slots() == slots, "%s: %d counts (expected: %d)", name, counts.slots(), slots);
        }

        @Override
        public boolean fits(Feature feature) {
            return feature instanceof Feature.Numeric numeric && numeric.edges().equals(edges);
        }
    }

    /// Values that are counted as themselves.
    record Keys(String name, Categories categories, FeatureCounts counts) implements BaselineFeature {
        public Keys {
            int slots = Feature.Categorical.FIRST + categories.count();
            Check.argument(counts.slots() == slots, "%s: %d counts (expected: %d)", name, counts.slots(), slots);
        }

        @Override
        public boolean fits(Feature feature) {
            return feature instanceof Feature.Categorical keys
                    && keys.categories().equals(categories);
        }
    }
}
