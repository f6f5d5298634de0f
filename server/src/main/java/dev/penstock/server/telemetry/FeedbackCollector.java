package dev.penstock.server.telemetry;

import dev.penstock.core.EnumCounters;
import dev.penstock.monitor.feedback.FeedbackResult;
import dev.penstock.monitor.quality.Metric;
import dev.penstock.server.feedback.Feedback;
import dev.penstock.server.feedback.LabelDelays;
import dev.penstock.server.feedback.Quality;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.List;
import java.util.Locale;

/// Turns what was said of answers, and what that says of versions, into Prometheus series at each scrape;
/// nothing is computed for that. What cannot be said has no series. A version's series end with it.
final class FeedbackCollector implements MultiCollector {
    private final Feedback feedback;

    FeedbackCollector(Feedback feedback) {
        this.feedback = feedback;
    }

    @Override
    public MetricSnapshots collect() {
        Families families = new Families();
        for (Feedback.Shown version : feedback.shown()) {
            families.add(version);
        }
        families.results(Labels.of("model", ServingCollector.UNRESOLVED, "version", ""), feedback.unresolved());
        return families.built();
    }

    private static final class Families {
        private final CounterSnapshot.Builder results =
                Points.counter("penstock_feedback", "What callers said of answers, by what became of it.");
        private final CounterSnapshot.Builder rows =
                Points.counter("penstock_feedback_rows", "Rows that were answered with tokens.");
        private final HistogramSnapshot.Builder delays = Points.histogram(
                "penstock_label_delay_seconds", "How long after an answer it was known what was true.");
        private final GaugeSnapshot.Builder quality =
                Points.gauge("penstock_quality", "How good answers of a window are, as labels say or as is expected.");
        private final GaugeSnapshot.Builder target =
                Points.gauge("penstock_quality_target", "What a measure of quality should be.");
        private final GaugeSnapshot.Builder coverage =
                Points.gauge("penstock_label_coverage_ratio", "Labels of a window for each row with a token.");

        void add(Feedback.Shown version) {
            Labels labels = Points.of(version.key());
            results(labels, version.results());
            rows.dataPoint(Points.count(labels, (double) version.rows()));
            if (version.delays().total() > 0) {
                delays.dataPoint(delays(labels, version.delays()));
            }
            add(target, labels.add("metric", "accuracy"), version.target());
            for (Quality window : version.windows()) {
                Labels own = Labels.of("window", window.window());
                add(coverage, labels.merge(own), window.coverage());
                add(labels.add("kind", "realised").merge(own), window.realised());
                add(labels.add("kind", "estimated").merge(own), window.estimated());
            }
        }

        void results(Labels labels, EnumCounters<FeedbackResult> counts) {
            for (FeedbackResult result : FeedbackResult.values()) {
                long count = counts.count(result);
                if (count > 0) {
                    String name = result.name().toLowerCase(Locale.ROOT);
                    results.dataPoint(Points.count(labels.add("result", name), (double) count));
                }
            }
        }

        private void add(Labels labels, List<Metric> metrics) {
            for (Metric metric : metrics) {
                Labels own = labels.add("metric", metric.name());
                add(quality, own.add("bound", "point"), metric.value());
                add(quality, own.add("bound", "lower"), metric.lower());
                add(quality, own.add("bound", "upper"), metric.upper());
            }
        }

        private static void add(GaugeSnapshot.Builder family, Labels labels, double value) {
            if (Double.isFinite(value)) {
                family.dataPoint(Points.value(labels, value));
            }
        }

        private static HistogramDataPointSnapshot delays(Labels labels, LabelDelays delays) {
            ClassicHistogramBuckets.Builder buckets = ClassicHistogramBuckets.builder();
            for (int i = 0; i < delays.classes(); i++) {
                buckets.bucket(delays.boundSeconds(i), delays.count(i));
            }
            return HistogramDataPointSnapshot.builder()
                    .labels(labels)
                    .classicHistogramBuckets(buckets.build())
                    .sum(delays.sumSeconds())
                    .build();
        }

        MetricSnapshots built() {
            return new MetricSnapshots(List.of(
                    results.build(), rows.build(), delays.build(), quality.build(), target.build(), coverage.build()));
        }
    }
}
