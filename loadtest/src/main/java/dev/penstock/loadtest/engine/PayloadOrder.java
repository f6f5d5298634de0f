package dev.penstock.loadtest.engine;

import java.util.Map;

/// In which order a plan's payloads are sent. Every thread of the engine follows it by itself.
public sealed interface PayloadOrder {
    /// One after the other, beginning anew after the last.
    record InTurn() implements PayloadOrder {}

    /// By groups, see [Payload#inGroup]: each group gets its share, as evenly spread as can be and the same
    /// in every run. Within a group payloads take turns.
    ///
    /// @param weights of all groups, by name; positive, only their ratios count
    record Weighted(Map<String, Double> weights) implements PayloadOrder {
        public Weighted {
            weights = Map.copyOf(weights);
            weights.forEach((group, weight) -> {
                if (!(weight > 0 && Double.isFinite(weight))) {
                    throw new IllegalArgumentException(
                            "weight of '" + group + "': " + weight + " (expected: positive and finite)");
                }
            });
        }
    }
}
