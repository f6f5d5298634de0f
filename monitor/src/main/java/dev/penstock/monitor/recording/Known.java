package dev.penstock.monitor.recording;

import java.util.HashMap;
import java.util.Map;

/// What is known of features beside the model's signature: where bins end, which categories there are, what
/// vectors are held against. From a baseline, or learnt.
///
/// @param edges by name of a numeric feature
/// @param categories by name of a categorical feature
/// @param references by name of vectors' [Measure#NORM]
public record Known(
        Map<String, Edges> edges, Map<String, Categories> categories, Map<String, VectorReference> references) {
    public static final Known NOTHING = new Known(Map.of(), Map.of(), Map.of());

    public Known {
        edges = Map.copyOf(edges);
        categories = Map.copyOf(categories);
        references = Map.copyOf(references);
    }

    /// Both; where both know of a feature, `newer`.
    public Known and(Known newer) {
        return new Known(
                merged(edges, newer.edges), merged(categories, newer.categories), merged(references, newer.references));
    }

    private static <T> Map<String, T> merged(Map<String, T> older, Map<String, T> newer) {
        Map<String, T> both = new HashMap<>(older);
        both.putAll(newer);
        return both;
    }
}
