package dev.penstock.monitor.recording;

import dev.penstock.core.DataType;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Lays features out, one part after another, and gives each its slots in the end.
final class PlanBuilder {
    /// Class, probability, margin and entropy.
    private static final int OF_SCORES = 4;

    private final List<Feature> features = new ArrayList<>();
    private final List<Part> parts = new ArrayList<>();
    private int vectorElements;

    /// How many features there are.
    int size() {
        return features.size();
    }

    /// Elements `from` and on, each a feature.
    ///
    /// @param names one for each
    void numbers(int tensor, DataType type, int elements, int from, List<String> names) {
        parts.add(new Part.Numbers(tensor, type, elements, from, names.size(), features.size()));
        names.forEach(name -> numeric(name, Measure.VALUE, Edges.NONE));
    }

    /// The same as categories.
    void keys(int tensor, DataType type, int elements, int from, List<String> names) {
        parts.add(new Part.Keys(tensor, type, elements, from, names.size(), features.size()));
        // Of two values both are known.
        Categories known = type == DataType.BOOL ? Categories.numbers(2) : Categories.NONE;
        names.forEach(name -> features.add(new Feature.Categorical(name, Measure.CATEGORY, known, 0)));
    }

    /// @param perClass whether each class' probability is a feature
    void scores(int tensor, DataType type, int elements, ScoreForm form, boolean perClass, String name) {
        int first = features.size();
        parts.add(new Part.Scores(tensor, type, elements, form, first, perClass ? first + OF_SCORES : Part.NONE));
        // Of more classes the frequent ones are learnt.
        Categories classes = elements <= Categories.MOST ? Categories.numbers(elements) : Categories.NONE;
        features.add(new Feature.Categorical(name + ":class", Measure.CLASS, classes, 0));
        // Where scores lie within 0..1 is learnt: of a confident model's all are in one bin of equal ones.
        numeric(name + ":score", Measure.SCORE, Edges.NONE);
        numeric(name + ":margin", Measure.MARGIN, Edges.NONE);
        numeric(name + ":entropy", Measure.ENTROPY, Edges.NONE);
        for (int i = 0; perClass && i < elements; i++) {
            numeric(name + ":class:" + i, Measure.CLASS_SCORE, Edges.NONE);
        }
    }

    void vector(int tensor, DataType type, int elements, @Nullable VectorReference reference, String name) {
        parts.add(new Part.Vector(tensor, type, elements, features.size(), vectorElements, reference));
        // And how many vectors were summed, and what random features have.
        vectorElements += elements + 1 + (reference == null ? 0 : reference.featureSums());
        numeric(name + ":norm", Measure.NORM, Edges.NONE);
        if (reference != null) {
            numeric(name + ":cosine", Measure.COSINE, Edges.NONE);
            for (int i = 0; i < reference.projections(); i++) {
                numeric(name + ":projection:" + i, Measure.PROJECTION, Edges.NONE);
            }
        }
    }

    private void numeric(String name, Measure measure, Edges edges) {
        features.add(new Feature.Numeric(name, measure, edges, 0));
    }

    /// The same part, as far as nothing else is known of it now.
    void copy(MonitorPlan plan, Part part, Known known) {
        int first = features.size();
        switch (part) {
            case Part.Numbers p ->
                numbers(p.tensor(), p.type(), p.elements(), p.from(), names(plan, p.firstFeature(), p.count()));
            case Part.Keys p ->
                keys(p.tensor(), p.type(), p.elements(), p.from(), names(plan, p.firstFeature(), p.count()));
            case Part.Scores p -> {
                String name = stem(plan, p.classFeature());
                scores(p.tensor(), p.type(), p.elements(), p.form(), p.firstClass() != Part.NONE, name);
            }
            case Part.Vector p -> {
                String norm = plan.features().get(p.norm()).name();
                VectorReference reference = known.references().getOrDefault(norm, p.reference());
                vector(p.tensor(), p.type(), p.elements(), reference, stem(plan, p.norm()));
            }
        }
        for (int i = first; i < features.size(); i++) {
            features.set(i, known(plan, features.get(i), known));
        }
    }

    private static List<String> names(MonitorPlan plan, int from, int count) {
        return plan.features().subList(from, from + count).stream()
                .map(Feature::name)
                .toList();
    }

    private static String stem(MonitorPlan plan, int feature) {
        String name = plan.features().get(feature).name();
        return name.substring(0, name.lastIndexOf(':'));
    }

    private static Feature known(MonitorPlan plan, Feature made, Known known) {
        Feature before = plan.feature(made.name());
        return switch (made) {
            case Feature.Numeric f -> {
                Edges old = before instanceof Feature.Numeric b ? b.edges() : f.edges();
                yield new Feature.Numeric(f.name(), f.measure(), known.edges().getOrDefault(f.name(), old), 0);
            }
            case Feature.Categorical f -> {
                Categories old = before instanceof Feature.Categorical b ? b.categories() : f.categories();
                yield new Feature.Categorical(
                        f.name(), f.measure(), known.categories().getOrDefault(f.name(), old), 0);
            }
        };
    }

    MonitorPlan build() {
        int slots = MonitorPlan.FIRST_SLOT;
        List<Feature> placed = new ArrayList<>();
        for (Feature feature : features) {
            int at = slots;
            placed.add(
                    switch (feature) {
                        case Feature.Numeric f -> new Feature.Numeric(f.name(), f.measure(), f.edges(), at);
                        case Feature.Categorical f ->
                            new Feature.Categorical(f.name(), f.measure(), f.categories(), at);
                    });
            slots += feature.slots();
        }
        List<Part> summed = new ArrayList<>();
        for (Part part : parts) {
            summed.add(part instanceof Part.Vector v ? v.withSumsAfter(slots) : part);
        }
        return new MonitorPlan(placed, summed, slots, slots + vectorElements);
    }
}
