package dev.penstock.monitor.recording;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.DataType;
import dev.penstock.core.Signature;
import dev.penstock.core.TensorSpec;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PlanCompilerTest {
    private static final TensorSpec PIXELS = TensorSpec.of("pixels", DataType.FP32, -1, 64);

    private static PlanVerdict compile(MonitorSettings settings, TensorSpec... outputs) {
        return PlanCompiler.compile(new Signature(List.of(PIXELS), List.of(outputs), 0), settings, 4);
    }

    private static MonitorPlan plan(MonitorSettings settings, TensorSpec... outputs) {
        PlanVerdict verdict = compile(settings, outputs);
        assertThat(verdict).isInstanceOf(PlanVerdict.Planned.class);
        return ((PlanVerdict.Planned) verdict).plan();
    }

    private static List<String> names(MonitorPlan plan) {
        return plan.features().stream().map(Feature::name).toList();
    }

    @Test
    void outputsAreSeenAsTheyLook() {
        MonitorPlan plan = plan(
                MonitorSettings.STANDARD,
                TensorSpec.of("scores", DataType.FP32, -1, 3),
                TensorSpec.of("label", DataType.INT64, -1),
                TensorSpec.of("name", DataType.BYTES, -1, 1),
                TensorSpec.of("price", DataType.FP64, -1, 1),
                TensorSpec.of("embedding", DataType.FP16, -1, 384),
                TensorSpec.of("wide", DataType.FP32, -1, 2048),
                TensorSpec.of("boxes", DataType.FP32, -1, 100, 4),
                TensorSpec.of("ids", DataType.INT32, -1, 7));

        assertThat(names(plan))
                .containsExactly(
                        "output:scores:class",
                        "output:scores:score",
                        "output:scores:margin",
                        "output:scores:entropy",
                        "output:label",
                        "output:name",
                        "output:price",
                        "output:embedding:norm",
                        "output:wide:norm");
        assertThat(plan.features().stream().filter(Feature::learning).map(Feature::name))
                .containsExactly(
                        "output:scores:score",
                        "output:scores:margin",
                        "output:scores:entropy",
                        "output:label",
                        "output:name",
                        "output:price",
                        "output:embedding:norm",
                        "output:wide:norm");
    }

    @Test
    void whatIsNotMonitoredIsSaid() {
        PlanVerdict verdict = compile(MonitorSettings.STANDARD, TensorSpec.of("boxes", DataType.FP32, -1, 100, 4));

        assertThat(((PlanVerdict.Planned) verdict).notes())
                .containsExactly("output 'boxes' is not monitored: rows of 400 elements of FP32, [-1,100,4], are no"
                        + " value, scores or vector");
    }

    @Test
    void inputsAreMonitoredByIndexWhereThatIsAskedFor() {
        MonitorSettings settings = MonitorSettings.OFF.withInputs(List.of(
                new FeatureOrder("pixels", FeatureOrder.Kind.NUMERIC, 0, 0, "first", false),
                new FeatureOrder("pixels", FeatureOrder.Kind.NUMERIC, 62, FeatureOrder.LAST, "p", false)));

        assertThat(names(plan(settings))).containsExactly("first", "p[62]", "p[63]");
    }

    @Test
    void anOutputMayBeLeftOut() {
        MonitorSettings settings =
                MonitorSettings.STANDARD.withOutputs(List.of(FeatureOrder.of("y", FeatureOrder.Kind.NONE)));

        assertThat(plan(settings, TensorSpec.of("y", DataType.FP32, -1, 3)).features())
                .isEmpty();
    }

    @Test
    void whatCannotBeIsToldWithWhatIsExpected() {
        TensorSpec y = TensorSpec.of("y", DataType.FP32, -1, 3);

        assertThat(told(FeatureOrder.of("z", FeatureOrder.Kind.SCORE), y))
                .isEqualTo("output 'z' is none of the model's (expected: of [y, other])");
        assertThat(told(new FeatureOrder("y", FeatureOrder.Kind.NUMERIC, 2, 3, "", false), y))
                .isEqualTo("tensor 'y': elements 2 to 3 (expected: within 0..2)");
        assertThat(told(FeatureOrder.of("y", FeatureOrder.Kind.CATEGORICAL), y))
                .isEqualTo("tensor 'y': categories of FP32 (expected: integers or texts)");
        assertThat(told(
                        new FeatureOrder("y", FeatureOrder.Kind.SCORE, 0, -1, "", true),
                        TensorSpec.of("y", DataType.FP32, -1, 17)))
                .isEqualTo("tensor 'y': each of 17 classes is asked for (expected: <= 16)");
    }

    private static String told(FeatureOrder order, TensorSpec output) {
        TensorSpec other = TensorSpec.of("other", DataType.FP32, -1);
        PlanVerdict verdict = compile(MonitorSettings.STANDARD.withOutputs(List.of(order)), output, other);
        PlanVerdict.Planned planned = (PlanVerdict.Planned) verdict;
        assertThat(planned.plan().feature("output:other")).isNotNull();
        assertThat(planned.notes()).hasSize(1);
        return planned.notes().getFirst();
    }

    @Test
    void inputsThatAreAskedForAsTheyLookAreColumnsVectorsOrCategories() {
        Signature signature = new Signature(
                List.of(
                        TensorSpec.of("features", DataType.FP32, -1, 3),
                        TensorSpec.of("country", DataType.BYTES, -1),
                        TensorSpec.of("emb", DataType.FP32, -1, 384),
                        TensorSpec.of("ids", DataType.INT64, -1, 512)),
                List.of(),
                0);
        MonitorSettings settings = MonitorSettings.STANDARD.withInputs(
                List.of(new FeatureOrder("features", FeatureOrder.Kind.AUTO, 0, 0, "amount", false)), true);

        PlanVerdict.Planned planned = (PlanVerdict.Planned) PlanCompiler.compile(signature, settings, 1);

        assertThat(names(planned.plan())).containsExactly("amount", "country", "emb:norm");
        assertThat(planned.notes())
                .containsExactly("input 'ids' is not monitored: rows of 512 elements of INT64, [-1,512], are no"
                        + " value, scores or vector");
    }

    @Test
    void aPlanThatTakesTooMuchIsRefusedWithTheNumbers() {
        TensorSpec y = TensorSpec.of("y", DataType.FP32, -1, 3);
        long bytes = plan(MonitorSettings.STANDARD, y).bytes(4);

        PlanVerdict verdict = compile(MonitorSettings.STANDARD.within(10, bytes - 1), y);

        assertThat(verdict)
                .isEqualTo(new PlanVerdict.Refused("monitoring 4 features by 4 threads takes %d bytes (expected: <= %d)"
                        .formatted(bytes, bytes - 1)));
        assertThat(compile(MonitorSettings.STANDARD.within(3, bytes), y))
                .isEqualTo(new PlanVerdict.Refused("4 features and more (expected: <= 3)"));
    }

    @Test
    void equalPlansAreKnownByTheirIdWhereverTheyAreMade() {
        TensorSpec y = TensorSpec.of("y", DataType.FP32, -1, 3);
        MonitorPlan plan = plan(MonitorSettings.STANDARD, y);
        Known known = new Known(Map.of("output:y:score", Edges.of(0.5)), Map.of(), Map.of());

        assertThat(plan(MonitorSettings.STANDARD, y).id()).isEqualTo(plan.id()).hasSize(16);
        assertThat(plan.with(Known.NOTHING).id()).isEqualTo(plan.id());
        assertThat(plan.with(known).id()).isNotEqualTo(plan.id());
        assertThat(plan.with(known).id()).isEqualTo(plan.with(known).id());
        assertThat(plan.with(known).slots()).isEqualTo(plan.slots() + 1);
    }
}
