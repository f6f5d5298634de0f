package dev.penstock.server.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.penstock.core.DataType;
import dev.penstock.core.ModelKey;
import dev.penstock.core.Signature;
import dev.penstock.core.TensorSpec;
import dev.penstock.monitor.drift.DriftRules;
import dev.penstock.monitor.drift.EvidenceReport;
import dev.penstock.monitor.recording.Categories;
import dev.penstock.monitor.recording.Category;
import dev.penstock.monitor.recording.Cumulative;
import dev.penstock.monitor.recording.Edges;
import dev.penstock.monitor.recording.Feature;
import dev.penstock.monitor.recording.Known;
import dev.penstock.monitor.recording.MonitorPlan;
import dev.penstock.monitor.recording.MonitorSettings;
import dev.penstock.monitor.recording.PlanCompiler;
import dev.penstock.monitor.recording.PlanVerdict;
import dev.penstock.server.monitoring.Watched;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/// Which bins a scrape shows.
class MonitorCollectorTest {
    private static final String BINS = "penstock_feature_bin";
    private static final String USUAL = "penstock_baseline_bin_ratio";
    private static final String KINDS = "x";
    private static final int KEPT = 40;

    /// Of an input that counts categories, 40 of them known by name, one with a name that is not its own.
    private final MonitorPlan plan = categories();

    private static MonitorPlan planned(List<TensorSpec> inputs) {
        Signature signature = new Signature(inputs, List.of(TensorSpec.of("y", DataType.FP32, -1, 4)), 0);
        PlanVerdict verdict = PlanCompiler.compile(signature, MonitorSettings.STANDARD.withInputs(List.of(), true), 1);
        return switch (verdict) {
            case PlanVerdict.Planned known -> known.plan();
            case PlanVerdict.Refused refused -> throw new AssertionError(refused.reason());
        };
    }

    private static MonitorPlan categories() {
        List<Category> kept = LongStream.range(0, KEPT)
                .mapToObj(i -> i == 0 ? Category.of("__other__") : Category.of("kind " + i))
                .toList();
        Categories known = Categories.of(kept, List.of(Category.of("seldom")));
        return planned(List.of(TensorSpec.of(KINDS, DataType.BYTES, -1, 1)))
                .with(new Known(Map.of(), Map.of(KINDS, known), Map.of()));
    }

    /// One of each slot of every feature.
    private static Cumulative ones(MonitorPlan plan) {
        long[] counts = new long[plan.slots()];
        for (Feature feature : plan.features()) {
            for (int i = 0; i < feature.slots(); i++) {
                counts[feature.firstSlot() + i] = 1;
            }
        }
        return Cumulative.of(plan, counts, new double[plan.sums()]);
    }

    private static Map<String, Double> bins(String family, MonitorPlan plan, String feature, String... pinned) {
        Map<String, Double> bins = new HashMap<>();
        for (MetricSnapshot metric : new MonitorCollector(() -> List.of(watched(plan, pinned))).collect()) {
            metric.getDataPoints().stream()
                    .filter(point -> metric.getMetadata().getName().equals(family))
                    .filter(point -> feature.equals(point.getLabels().get("feature")))
                    .forEach(point -> bins.put(
                            point.getLabels().get("bin"),
                            switch (point) {
                                case CounterDataPointSnapshot counter -> counter.getValue();
                                case GaugeDataPointSnapshot gauge -> gauge.getValue();
                                default -> Double.NaN;
                            }));
        }
        return bins;
    }

    private static Watched watched(MonitorPlan plan, String... pinned) {
        return new Watched(
                new ModelKey("m", 3),
                Watched.Phase.WATCHING,
                ones(plan),
                ones(plan),
                "b",
                10_000,
                DriftRules.STANDARD.withPinned(Set.of(pinned)),
                List.of(),
                EvidenceReport.NONE,
                Map.of(),
                1,
                0,
                "");
    }

    @Test
    void ofWhatIsPinnedTheBinsAreShownAlsoOfValuesThatHaveNoneOfTheirOwn() {
        assertThat(bins(BINS, plan, KINDS)).as("not pinned").isEmpty();

        Map<String, Double> shown = bins(BINS, plan, KINDS, KINDS);

        assertThat(shown).hasSize(32 + 2).containsEntry("kind 31", 1.0).doesNotContainKey("kind 32");
        assertThat(shown).containsEntry("__other__", 1.0 + KEPT - 32).containsEntry("__unseen__", 1.0);
        assertThat(shown).as("a category of that very name").containsEntry("__other__'", 1.0);
        assertThat(bins(USUAL, plan, KINDS, KINDS).values().stream().mapToDouble(ratio -> ratio))
                .as("%s", bins(USUAL, plan, KINDS, KINDS))
                .satisfies(ratios -> assertThat(
                                ratios.stream().mapToDouble(ratio -> ratio).sum())
                        .isCloseTo(1, within(1e-9)));
    }

    @Test
    void ofManyThatArePinnedSixteenHaveBins() {
        MonitorPlan learning = planned(List.of(TensorSpec.of("x", DataType.FP32, -1, 80)));
        MonitorPlan wide = learning.with(new Known(
                learning.features().stream()
                        .filter(feature -> feature instanceof Feature.Numeric)
                        .collect(Collectors.toMap(Feature::name, _ -> Edges.uniform(0, 1, 20))),
                Map.of(),
                Map.of()));

        long binned = wide.features().stream()
                .filter(feature -> !feature.output())
                .filter(feature -> !bins(BINS, wide, feature.name(), "x").isEmpty())
                .count();

        assertThat(binned).isEqualTo(16);
        assertThat(bins(BINS, wide, "x[79]", "x[79]"))
                .as("beyond those that have other series")
                .isNotEmpty();
    }
}
