package dev.penstock.server.feedback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.penstock.core.DataType;
import dev.penstock.core.Signature;
import dev.penstock.core.TensorSpec;
import dev.penstock.monitor.quality.BinnedLabels;
import dev.penstock.monitor.quality.LabelCounts;
import dev.penstock.monitor.quality.Metric;
import dev.penstock.monitor.quality.Task;
import dev.penstock.monitor.recording.Cumulative;
import dev.penstock.monitor.recording.Edges;
import dev.penstock.monitor.recording.Feature;
import dev.penstock.monitor.recording.Known;
import dev.penstock.monitor.recording.MonitorPlan;
import dev.penstock.monitor.recording.MonitorSettings;
import dev.penstock.monitor.recording.PlanCompiler;
import dev.penstock.monitor.recording.PlanVerdict;
import dev.penstock.monitor.recording.Window;
import dev.penstock.server.monitoring.Evaluation;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class EstimateTest {
    private static final List<TensorSpec> INPUT = List.of(TensorSpec.of("x", DataType.FP32, -1, 4));
    private static final int ROWS = 100_000;

    private final Random random = new Random(20_261_122);

    @Test
    void howOftenClassesAreRightFollowsFromTheirScores() {
        MonitorPlan learning = plan(TensorSpec.of("p", DataType.FP32, -1, 3));
        MonitorPlan plan =
                learning.with(new Known(Map.of("output:p:score", Edges.uniform(0, 1, 20)), Map.of(), Map.of()));
        QualityBaseline usual = baseline(Task.MULTICLASS);

        // Twice as sure as before would be right twice as often, if a score still means what it meant.
        Estimate estimate =
                Estimate.of(Task.MULTICLASS, usual, evaluation(plan, "output:p:score", 0.5), "p", Double.NaN);

        assertThat(estimate.rows()).isEqualTo(ROWS);
        assertThat(estimate.metrics()).extracting(Metric::name).containsExactly("accuracy");
        Metric accuracy = estimate.metrics().getFirst();
        // The mean of scores from 0.5 to 1, each of which is right with half its chance.
        assertThat(accuracy.value()).isCloseTo(0.375, within(0.02));
        assertThat(accuracy.lower()).isLessThan(accuracy.value());
        assertThat(accuracy.upper() - accuracy.lower()).isLessThan(0.01);
    }

    @Test
    void ofAChanceAllThatATableHasIsExpected() {
        MonitorPlan learning = plan(TensorSpec.of("p", DataType.FP32, -1, 1));
        MonitorPlan plan =
                learning.with(new Known(Map.of("output:p", Edges.of(0.1, 0.3, 0.5, 0.6, 0.8, 1)), Map.of(), Map.of()));
        QualityBaseline usual = baseline(Task.BINARY);

        assertThat(Estimate.of(Task.BINARY, usual, evaluation(learning, "output:p", 0), "p", 0.5))
                .isEqualTo(Estimate.NONE);
        Estimate estimate = Estimate.of(Task.BINARY, usual, evaluation(plan, "output:p", 0), "p", 0.5);

        assertThat(estimate.metrics())
                .extracting(Metric::name)
                .containsExactly("accuracy", "precision", "recall", "f1", "auroc");
        // Of chances that are true halves: positive with half the score's chance.
        assertThat(value(estimate, "precision")).isCloseTo(0.375, within(0.02));
        assertThat(value(estimate, "recall")).isCloseTo(0.75, within(0.02));
    }

    @Test
    void withoutEnoughLabelsOrRowsNothingIsExpected() {
        MonitorPlan plan = plan(TensorSpec.of("p", DataType.FP32, -1, 3));
        QualityBaseline few = new QualityBaseline(10, 9, new BinnedLabels(), new BinnedLabels(), "");
        Evaluation scores = evaluation(plan, "output:p:score", 0);

        assertThat(Estimate.of(Task.MULTICLASS, few, scores, "p", 0.5)).isEqualTo(Estimate.NONE);
        assertThat(Estimate.of(Task.REGRESSION, baseline(Task.BINARY), scores, "p", 0.5))
                .isEqualTo(Estimate.NONE);
        Evaluation nothing = new Evaluation(Duration.ofHours(1), null, null);
        assertThat(Estimate.of(Task.MULTICLASS, baseline(Task.MULTICLASS), nothing, "p", 0.5))
                .isEqualTo(Estimate.NONE);
        assertThat(QualityBaseline.read(few.json()).json()).isEqualTo(few.json());
    }

    @Test
    void whatIsKeptHasTheFineBinsAndWhatWasKeptBeforeThemIsReadToo() {
        QualityBaseline usual = baseline(Task.BINARY);
        String before = usual.json().replaceAll(",\"fine\":\\{[^}]*}", "");
        MonitorPlan plan = plan(TensorSpec.of("p", DataType.FP32, -1, 1))
                .with(new Known(Map.of("output:p", Edges.uniform(0, 1, 20)), Map.of(), Map.of()));
        Evaluation scores = evaluation(plan, "output:p", 0);

        assertThat(usual.json()).contains("\"places\"");
        assertThat(QualityBaseline.read(usual.json()).json()).isEqualTo(usual.json());
        assertThat(before).doesNotContain("fine");
        assertThat(QualityBaseline.read(before).json()).isEqualTo(before);
        double now = value(Estimate.of(Task.BINARY, usual, scores, "p", 0.5), "auroc");
        assertThat(value(Estimate.of(Task.BINARY, QualityBaseline.read(before), scores, "p", 0.5), "auroc"))
                .isCloseTo(now, within(0.01));
    }

    private static double value(Estimate estimate, String name) {
        return estimate.metrics().stream()
                .filter(metric -> metric.name().equals(name))
                .findFirst()
                .orElseThrow()
                .value();
    }

    /// Of scores that come true half as often as they say.
    private QualityBaseline baseline(Task task) {
        LabelCounts counts = new LabelCounts();
        for (int i = 0; i < 50_000; i++) {
            double score = random.nextDouble();
            boolean hit = random.nextDouble() < score / 2;
            int predicted = task == Task.MULTICLASS ? 2 : score >= 0.5 ? 1 : 0;
            counts.label(task, predicted, score, task == Task.MULTICLASS ? (hit ? 2 : 0) : (hit ? 1 : 0));
        }
        return QualityBaseline.of(counts, "");
    }

    private static MonitorPlan plan(TensorSpec output) {
        PlanVerdict verdict =
                PlanCompiler.compile(new Signature(INPUT, List.of(output), 0), MonitorSettings.STANDARD, 1);
        return switch (verdict) {
            case PlanVerdict.Planned planned -> planned.plan();
            case PlanVerdict.Refused refused -> throw new AssertionError(refused.reason());
        };
    }

    /// Of scores that are evenly spread from there to 1.
    private Evaluation evaluation(MonitorPlan plan, String name, double least) {
        if (!(plan.feature(name) instanceof Feature.Numeric feature)) {
            throw new AssertionError(name + " is none of " + plan.features());
        }
        long[] counts = new long[plan.slots()];
        double[] sums = new double[plan.sums()];
        for (int i = 0; i < ROWS; i++) {
            double score = least + (1 - least) * random.nextDouble();
            int slot = feature.firstSlot()
                    + Feature.Numeric.FIRST_BIN
                    + feature.edges().bin(score);
            counts[slot]++;
            sums[slot] += score;
        }
        return new Evaluation(Duration.ofHours(1), new Window(Cumulative.of(plan, counts, sums), 0, 1), null);
    }
}
