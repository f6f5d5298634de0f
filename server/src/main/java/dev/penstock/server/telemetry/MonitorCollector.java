package dev.penstock.server.telemetry;

import dev.penstock.monitor.drift.DriftRules;
import dev.penstock.monitor.recording.Cumulative;
import dev.penstock.monitor.recording.Feature;
import dev.penstock.monitor.recording.Measure;
import dev.penstock.server.monitoring.Watched;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Turns what is counted of versions into Prometheus series at each scrape, for a bounded number of features
/// of each. A version's series end when it is unloaded.
final class MonitorCollector implements MultiCollector {
    /// Of a version, outputs first.
    private static final int MOST_FEATURES = 64;

    /// Of a feature; the others are shown as one.
    private static final int MOST_CLASSES = 32;

    /// Of a version whose bins are shown because somebody pinned them.
    private static final int MOST_PINNED = 16;

    private static final String OTHERS = "__other__";
    private static final String UNSEEN = "__unseen__";

    private final Supplier<List<Watched>> versions;

    MonitorCollector(Supplier<List<Watched>> versions) {
        this.versions = versions;
    }

    /// Those that are shown of a version: outputs first, in their order.
    static <T> List<T> first(List<T> all, Function<T, Feature> feature) {
        List<T> shown = new ArrayList<>();
        for (boolean outputs : new boolean[] {true, false}) {
            for (T one : all) {
                if (feature.apply(one).output() == outputs && shown.size() < MOST_FEATURES) {
                    shown.add(one);
                }
            }
        }
        return shown;
    }

    /// Those whose bins are shown: classes and scores of answers, and what is pinned.
    static List<Feature> binned(List<Feature> all, DriftRules rules) {
        List<Feature> binned = new ArrayList<>();
        for (Feature feature : first(all, one -> one)) {
            if (feature.measure() == Measure.CLASS || feature.measure() == Measure.SCORE) {
                binned.add(feature);
            }
        }
        all.stream()
                .filter(feature -> rules.isPinned(feature.name()) && !binned.contains(feature))
                .limit(MOST_PINNED)
                .forEach(binned::add);
        return binned;
    }

    @Override
    public MetricSnapshots collect() {
        Families families = new Families();
        for (Watched version : versions.get()) {
            families.add(version);
        }
        return families.built();
    }

    private static final class Families {
        private final CounterSnapshot.Builder values = Points.counter(
                "penstock_monitored_values", "Values of features that were recorded, by what they were.");
        private final CounterSnapshot.Builder classes =
                Points.counter("penstock_prediction_class", "Recorded answers by their class.");
        private final CounterSnapshot.Builder bins = Points.counter(
                "penstock_feature_bin", "Recorded values by bin, of classes, scores, and what is pinned.");
        private final GaugeSnapshot.Builder usual =
                Points.gauge("penstock_baseline_bin_ratio", "What is usual of the same bins.");
        private final GaugeSnapshot.Builder sampling =
                Points.gauge("penstock_monitor_sampling_ratio", "Part of the rows that is recorded.");
        private final GaugeSnapshot.Builder memory =
                Points.gauge("penstock_monitor_memory_bytes", "Memory that is reserved for recording.");

        void add(Watched version) {
            Labels labels = Points.of(version.key());
            sampling.dataPoint(Points.value(labels, version.samplingShare()));
            memory.dataPoint(Points.value(labels, (double) version.bytes()));
            Cumulative total = version.total();
            if (total == null) {
                return;
            }
            for (Feature feature : first(total.plan().features(), one -> one)) {
                Labels own = labels.add("feature", feature.name());
                switch (feature) {
                    case Feature.Numeric f -> addValues(own, total, f);
                    case Feature.Categorical f -> addValues(own, total, f);
                }
                if (feature.measure() == Measure.CLASS && feature instanceof Feature.Categorical f) {
                    addClasses(labels, total, f);
                }
            }
            for (Feature feature : binned(total.plan().features(), version.rules())) {
                if (!feature.learning()) {
                    Labels own = labels.add("feature", feature.name()).add("baseline", version.baselineId());
                    addBins(own, total, version.baseline(), feature);
                }
            }
        }

        private void addValues(Labels labels, Cumulative total, Feature.Numeric feature) {
            long[] all = total.bins(feature);
            long inside = 0;
            for (int i = 1; i < all.length - 1; i++) {
                inside += all[i];
            }
            add(labels, "finite", feature.learning() ? all[0] : inside);
            add(labels, "below", feature.learning() ? 0 : all[0]);
            add(labels, "above", feature.learning() ? 0 : all[all.length - 1]);
            add(labels, "missing", total.count(feature, Feature.Numeric.MISSING));
            add(labels, "nan", total.count(feature, Feature.Numeric.NAN));
            add(labels, "pos_inf", total.count(feature, Feature.Numeric.POSITIVE_INFINITY));
            add(labels, "neg_inf", total.count(feature, Feature.Numeric.NEGATIVE_INFINITY));
        }

        private void addValues(Labels labels, Cumulative total, Feature.Categorical feature) {
            long missing = total.count(feature, Feature.Categorical.MISSING);
            long unseen = total.count(feature, Feature.Categorical.UNSEEN);
            add(labels, "known", total.total(feature) - missing - unseen);
            add(labels, "unseen", unseen);
            add(labels, "missing", missing);
        }

        private void add(Labels labels, String what, long count) {
            values.dataPoint(Points.count(labels.add("class", what), (double) count));
        }

        private void addClasses(Labels labels, Cumulative total, Feature.Categorical feature) {
            long[] counts = total.categories(feature);
            long others = total.count(feature, Feature.Categorical.OTHER);
            Labels own = labels.add("feature", feature.name());
            for (int i = 0; i < counts.length; i++) {
                if (i < MOST_CLASSES) {
                    String name = shown(feature.categories().kept().get(i).name());
                    classes.dataPoint(Points.count(own.add("class", name), (double) counts[i]));
                } else {
                    others += counts[i];
                }
            }
            classes.dataPoint(Points.count(own.add("class", OTHERS), (double) others));
        }

        /// A category that has the name of what it is not would be the same series twice, and no page is
        /// shown then.
        private static String shown(String name) {
            return name.equals(OTHERS) || name.equals(UNSEEN) ? name + "'" : name;
        }

        /// Of both alike, so that a query can hold them together.
        private void addBins(Labels labels, Cumulative total, @Nullable Cumulative baseline, Feature feature) {
            List<String> names = names(feature);
            long[] counted = bins(total, feature);
            long[] before = baseline == null ? new long[0] : bins(baseline, feature);
            long all = 0;
            for (long count : before) {
                all += count;
            }
            for (int i = 0; i < counted.length; i++) {
                Labels own = labels.add("bin", names.get(i));
                bins.dataPoint(Points.count(own, (double) counted[i]));
                if (all > 0) {
                    // As if there had been half a value more in each: a query takes logarithms of it.
                    double ratio = ((double) before[i] + 0.5) / ((double) all + 0.5 * (double) before.length);
                    usual.dataPoint(Points.value(own, ratio));
                }
            }
        }

        /// Of categories no more than classes are shown, then all others together, and those that are not
        /// known.
        private static long[] bins(Cumulative counts, Feature feature) {
            return switch (feature) {
                case Feature.Numeric f -> counts.bins(f);
                case Feature.Categorical f -> categories(counts, f);
            };
        }

        private static long[] categories(Cumulative counts, Feature.Categorical feature) {
            long[] all = counts.categories(feature);
            int shown = Math.min(MOST_CLASSES, all.length);
            long[] bins = Arrays.copyOf(all, shown + 2);
            bins[shown] = counts.count(feature, Feature.Categorical.OTHER);
            for (int i = shown; i < all.length; i++) {
                bins[shown] += all[i];
            }
            bins[shown + 1] = counts.count(feature, Feature.Categorical.UNSEEN);
            return bins;
        }

        private static List<String> names(Feature feature) {
            List<String> names = new ArrayList<>();
            switch (feature) {
                case Feature.Numeric f -> {
                    for (int i = 0; i < f.edges().count(); i++) {
                        names.add(Double.toString(f.edges().edge(i)));
                    }
                    names.add("+Inf");
                }
                case Feature.Categorical f -> {
                    f.categories().kept().stream().limit(MOST_CLASSES).forEach(one -> names.add(shown(one.name())));
                    names.addAll(List.of(OTHERS, UNSEEN));
                }
            }
            return names;
        }

        MetricSnapshots built() {
            return new MetricSnapshots(List.of(
                    values.build(), classes.build(), bins.build(), usual.build(), sampling.build(), memory.build()));
        }
    }
}
