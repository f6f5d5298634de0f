package dev.penstock.server.monitoring;

import dev.penstock.core.Check;
import dev.penstock.monitor.recording.Categories;
import dev.penstock.monitor.recording.Cumulative;
import dev.penstock.monitor.recording.Edges;
import dev.penstock.monitor.recording.Feature;
import dev.penstock.monitor.recording.Known;
import dev.penstock.monitor.recording.MonitorPlan;
import dev.penstock.monitor.recording.PlannedVector;
import dev.penstock.monitor.recording.VectorReference;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What was usual of a model, feature by feature. Immutable, and known by an id that its content decides.
///
/// @param origin where it comes from
/// @param rows of which it was made; of features that were given apart, those of the one with most
/// @param createdMillis when, since 1970
/// @param vectors as wholes; none of those that were uploaded
public record Baseline(
        String model,
        Origin origin,
        long rows,
        long createdMillis,
        List<BaselineFeature> features,
        List<BaselineVector> vectors) {
    /// Where a baseline comes from.
    public enum Origin {
        /// The first rows that were answered.
        LEARNED,
        UPLOADED,
        /// What was counted when somebody asked for it.
        CAPTURED
    }

    public Baseline {
        features = List.copyOf(features);
        vectors = List.copyOf(vectors);
        Check.argument(!features.isEmpty(), "a baseline of %s without features (expected: at least one)", model);
        Set<String> names = new HashSet<>();
        for (BaselineFeature feature : features) {
            Check.argument(names.add(feature.name()), "feature '%s' twice (expected: each name once)", feature.name());
        }
    }

    /// Without vectors.
    public Baseline(String model, Origin origin, long rows, long createdMillis, List<BaselineFeature> features) {
        this(model, origin, rows, createdMillis, features, List.of());
    }

    /// Of what was counted, as far as its plan knows how.
    static Baseline of(String model, Origin origin, Cumulative counts, long createdMillis) {
        List<BaselineFeature> features = new ArrayList<>();
        for (Feature feature : counts.plan().features()) {
            if (!feature.learning()) {
                features.add(BaselineFeature.of(counts, feature));
            }
        }
        List<BaselineVector> vectors = new ArrayList<>();
        for (PlannedVector vector : counts.plan().vectors()) {
            VectorReference reference = vector.reference();
            if (reference != null) {
                vectors.add(BaselineVector.of(counts, vector, reference));
            }
        }
        return new Baseline(model, origin, counts.recorded(), createdMillis, features, vectors);
    }

    /// The same wherever and whenever the same was counted.
    public String id() {
        return BaselineJson.id(this);
    }

    /// Of the features.
    public List<String> names() {
        return features.stream().map(BaselineFeature::name).toList();
    }

    /// What it takes in memory, about.
    long bytes() {
        return features.stream().mapToLong(BaselineFeature::bytes).sum()
                + vectors.stream().mapToLong(BaselineVector::bytes).sum();
    }

    /// All of it, with every count.
    public String json() {
        return BaselineJson.write(this);
    }

    /// What plans have to know to count alike.
    Known known() {
        Map<String, Edges> edges = new HashMap<>();
        Map<String, Categories> categories = new HashMap<>();
        for (BaselineFeature feature : features) {
            switch (feature) {
                case BaselineFeature.Numbers f -> edges.put(f.name(), f.edges());
                case BaselineFeature.Keys f -> categories.put(f.name(), f.categories());
            }
        }
        Map<String, VectorReference> references = new HashMap<>();
        vectors.forEach(vector -> references.put(vector.norm(), vector.reference()));
        return new Known(edges, categories, references);
    }

    /// Whether it has that feature by the same edges or categories.
    boolean has(Feature planned) {
        return features.stream().anyMatch(feature -> feature.name().equals(planned.name()) && feature.fits(planned));
    }

    /// Whether it has those vectors as wholes, held against the same.
    boolean has(PlannedVector planned) {
        return vectors.stream().anyMatch(vector -> vector.fits(planned));
    }

    /// Features that are here and that the plan counts by other edges or categories: of those nothing can be
    /// compared.
    List<String> misfits(MonitorPlan plan) {
        return features.stream()
                .filter(feature -> {
                    Feature planned = plan.feature(feature.name());
                    return planned != null && !feature.fits(planned);
                })
                .map(BaselineFeature::name)
                .toList();
    }

    /// Whether any feature that is here is one of the plan's.
    boolean knowsAny(MonitorPlan plan) {
        return features.stream().anyMatch(feature -> plan.feature(feature.name()) != null);
    }

    /// The same by the slots of a plan; nothing of features that the baseline does not have, or counts
    /// otherwise.
    Cumulative by(MonitorPlan plan) {
        long[] counts = new long[plan.slots()];
        double[] sums = new double[plan.sums()];
        counts[MonitorPlan.SEEN] = rows;
        counts[MonitorPlan.RECORDED] = rows;
        for (BaselineFeature feature : features) {
            Feature planned = plan.feature(feature.name());
            if (planned != null && feature.fits(planned)) {
                feature.counts().copy(planned, counts, sums);
            }
        }
        for (PlannedVector planned : plan.vectors()) {
            vectors.forEach(vector -> vector.copy(planned, sums));
        }
        return Cumulative.of(plan, counts, sums);
    }
}
