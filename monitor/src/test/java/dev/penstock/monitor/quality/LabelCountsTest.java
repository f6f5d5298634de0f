package dev.penstock.monitor.quality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class LabelCountsTest {
    private static final long SEED = 20_261_122;
    private static final List<Task> TASKS = List.of(Task.BINARY, Task.MULTICLASS, Task.REGRESSION);

    @Test
    void splittingFeedbackOverReplicasGivesTheSameCounts() {
        Random random = new Random(SEED);
        for (int round = 0; round < 200; round++) {
            Task task = TASKS.get(random.nextInt(TASKS.size()));
            int classes = task == Task.BINARY ? 2 : 2 + random.nextInt(40);
            List<Consumer<LabelCounts>> labels = labels(random, task, classes);
            LabelCounts whole = new LabelCounts();
            labels.forEach(label -> label.accept(whole));

            List<LabelCounts> replicas = new ArrayList<>();
            for (int i = 0; i < 1 + random.nextInt(5); i++) {
                replicas.add(new LabelCounts());
            }
            Collections.shuffle(labels, random);
            labels.forEach(label -> label.accept(replicas.get(random.nextInt(replicas.size()))));
            Collections.shuffle(replicas, random);
            LabelCounts merged = new LabelCounts();
            replicas.forEach(merged::add);

            String what = "round %d of seed %d: %s".formatted(round, SEED, task);
            assertThat(merged.labels()).as(what).isEqualTo(whole.labels());
            assertThat(merged.right()).as(what).isEqualTo(whole.right());
            assertThat(merged.rewards()).as(what).isEqualTo(whole.rewards());
            assertThat(merged.cells(2)).as(what).isEqualTo(whole.cells(2));
            assertThat(merged.scores().hits()).as(what).isEqualTo(whole.scores().hits());
            assertThat(merged.scores().totals())
                    .as(what)
                    .isEqualTo(whole.scores().totals());
            assertThat(merged.confidences().hits())
                    .as(what)
                    .isEqualTo(whole.confidences().hits());
            assertThat(merged.confidences().totals())
                    .as(what)
                    .isEqualTo(whole.confidences().totals());
            assertSame(what, RealisedQuality.of(task, merged, classes), RealisedQuality.of(task, whole, classes));
        }
    }

    @Test
    void scoresThatAreNoChancesAreNotTakenForSome() {
        LabelCounts logits = new LabelCounts();
        for (int i = 0; i < 200; i++) {
            double score = i % 40 / 10.0 - 2;
            logits.label(Task.BINARY, score >= 0 ? 1 : 0, score, score >= 0 ? 1 : 0);
        }

        assertThat(RealisedQuality.of(Task.BINARY, logits, 2))
                .extracting(Metric::name)
                .contains("accuracy", "f1")
                .doesNotContain("auroc", "log_loss", "brier", "ece");
        assertThat(logits.scores().total()).isZero();
        assertThat(logits.confidences().total()).isZero();

        LabelCounts chances = new LabelCounts();
        chances.label(Task.BINARY, 1, 0.9, 1);
        chances.label(Task.BINARY, 0, Double.NaN, 0);
        assertThat(RealisedQuality.of(Task.BINARY, chances, 2))
                .extracting(Metric::name)
                .contains("brier");
        chances.add(logits);
        assertThat(RealisedQuality.of(Task.BINARY, chances, 2))
                .extracting(Metric::name)
                .doesNotContain("brier");
    }

    @Test
    void aStrayLabelDoesNotDropTheTableOfTheOthers() {
        LabelCounts counts = new LabelCounts();
        for (int i = 0; i < 99; i++) {
            counts.label(Task.MULTICLASS, i % 3, Double.NaN, i % 2);
        }
        counts.label(Task.MULTICLASS, 0, Double.NaN, 999);

        long[] cells = counts.cells(4);
        assertThat(cells).hasSize(16);
        assertThat(Arrays.stream(cells).sum()).isEqualTo(99);
        assertThat(cells[2 * 4 + 1]).isEqualTo(16);
        counts.label(Task.MULTICLASS, 31, Double.NaN, 32);
        assertThat(counts.cells(4)).isEmpty();
        assertThat(new LabelCounts().cells(33)).isEmpty();
    }

    private static List<Consumer<LabelCounts>> labels(Random random, Task task, int classes) {
        List<Consumer<LabelCounts>> labels = new ArrayList<>();
        for (int i = 0; i < random.nextInt(400); i++) {
            double score = random.nextInt(20) == 0 ? Double.NaN : random.nextDouble();
            int predicted = task == Task.BINARY ? (score >= 0.5 ? 1 : 0) : random.nextInt(classes);
            int label = random.nextInt(classes);
            double value = random.nextGaussian();
            double reward = random.nextDouble();
            labels.add(
                    task == Task.REGRESSION
                            ? counts -> counts.value(score, value, Math.abs(score - value) < 0.1)
                            : counts -> counts.label(task, predicted, score, label));
            if (random.nextInt(3) == 0) {
                labels.add(counts -> counts.reward(reward));
            }
        }
        return labels;
    }

    private static void assertSame(String what, List<Metric> merged, List<Metric> whole) {
        Map<String, Metric> other = whole.stream().collect(Collectors.toMap(Metric::name, Function.identity()));
        assertThat(merged).as(what).extracting(Metric::name).containsExactlyInAnyOrderElementsOf(other.keySet());
        for (Metric metric : merged) {
            Metric same = metric(other, metric.name());
            assertThat(metric.value()).as("%s %s", what, metric).isCloseTo(same.value(), within(1e-9));
            assertThat(Double.isNaN(metric.lower())).as("%s %s", what, metric).isEqualTo(Double.isNaN(same.lower()));
        }
    }

    @Test
    void twoClassesAreMeasuredByEveryMeasure() {
        LabelCounts counts = new LabelCounts();
        Random random = new Random(SEED);
        for (int i = 0; i < 20_000; i++) {
            double chance = random.nextDouble();
            counts.label(Task.BINARY, chance >= 0.5 ? 1 : 0, chance, random.nextDouble() < chance ? 1 : 0);
        }
        Map<String, Metric> all = RealisedQuality.of(Task.BINARY, counts, 2).stream()
                .collect(Collectors.toMap(Metric::name, Function.identity()));

        // Of chances that are true and evenly spread, by integration.
        near(all, "accuracy", 0.75);
        near(all, "precision", 0.75);
        near(all, "recall", 0.75);
        near(all, "f1", 0.75);
        near(all, "auroc", 5.0 / 6);
        near(all, "brier", 1.0 / 6);
        near(all, "log_loss", 0.5);
        near(all, "ece", 0);
        for (String bounded : List.of("accuracy", "precision", "recall", "auroc", "brier", "log_loss")) {
            Metric metric = metric(all, bounded);
            assertThat(metric.lower()).as(bounded).isLessThan(metric.value());
            assertThat(metric.upper()).as(bounded).isBetween(metric.value(), metric.value() + 0.03);
        }
    }

    @Test
    void ofRarePositivesWithSmallScoresTheAreaIsTheirTrueOne() {
        Random random = new Random(SEED);
        LabelCounts counts = new LabelCounts();
        int rows = 50_000;
        double[] scores = new double[rows];
        boolean[] positives = new boolean[rows];
        for (int i = 0; i < rows; i++) {
            positives[i] = i % 100 == 0;
            scores[i] = (float) (positives[i] ? 0.03 + 0.019 * random.nextDouble() : 0.035 * random.nextDouble());
            counts.label(Task.BINARY, 0, scores[i], positives[i] ? 1 : 0);
        }

        Map<String, Metric> all = RealisedQuality.of(Task.BINARY, counts, 2).stream()
                .collect(Collectors.toMap(Metric::name, Function.identity()));

        double exact = exactArea(scores, positives);
        assertThat(exact).isBetween(0.9, 0.99);
        assertThat(metric(all, "auroc").value()).isCloseTo(exact, within(0.005));
    }

    /// Of the scores themselves: how many negatives each positive is above.
    private static double exactArea(double[] scores, boolean[] positives) {
        double above = 0;
        long pairs = 0;
        for (int i = 0; i < scores.length; i++) {
            for (int j = 0; positives[i] && j < scores.length; j++) {
                if (!positives[j]) {
                    pairs++;
                    above += scores[i] > scores[j] ? 1 : scores[i] == scores[j] ? 0.5 : 0;
                }
            }
        }
        return above / (double) pairs;
    }

    private static Metric metric(Map<String, Metric> all, String name) {
        Metric metric = all.get(name);
        if (metric == null) {
            throw new AssertionError("no " + name + " in " + all.keySet());
        }
        return metric;
    }

    private static void near(Map<String, Metric> all, String name, double expected) {
        assertThat(metric(all, name).value()).as(name).isCloseTo(expected, within(0.015));
    }

    @Test
    void numbersAreMeasuredByTheirErrors() {
        LabelCounts counts = new LabelCounts();
        for (int i = 0; i < 40; i++) {
            counts.value(i + 1, i, true);
        }
        counts.value(Double.NaN, 3, false);

        List<Metric> all = RealisedQuality.of(Task.REGRESSION, counts, 0);

        assertThat(counts.labels()).isEqualTo(41);
        assertThat(all).extracting(Metric::name).containsExactly("mae", "rmse", "bias", "r2");
        assertThat(all.getFirst()).isEqualTo(new Metric("mae", 1, 1, 1));
    }

    @Test
    void ofManyClassesNoTableIsKept() {
        LabelCounts counts = new LabelCounts();
        counts.label(Task.MULTICLASS, 3, 0.9, 3);
        counts.label(Task.MULTICLASS, 999, 0.4, 3);

        assertThat(counts.cells(1000)).isEmpty();
        assertThat(RealisedQuality.of(Task.MULTICLASS, counts, 1000))
                .extracting(Metric::name)
                .containsExactly("accuracy", "ece");
    }
}
