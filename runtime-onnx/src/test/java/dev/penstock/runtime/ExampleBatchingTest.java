package dev.penstock.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.Device;
import dev.penstock.core.LoadedModel;
import dev.penstock.core.ModelKey;
import dev.penstock.core.ModelLoader.Order;
import dev.penstock.core.NanoClock;
import dev.penstock.core.Shape;
import dev.penstock.core.batching.BatchModel;
import dev.penstock.core.batching.BatchPlan;
import dev.penstock.core.batching.ModelProbe;
import dev.penstock.core.batching.ProbeLimits;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/// What the probe finds out about real models.
class ExampleBatchingTest extends RuntimeTest {
    private static final System.Logger LOG = System.getLogger(ExampleBatchingTest.class.getName());

    @Test
    void digitsIsBatched() {
        assertInvariant(plan("digits", 1, Shape.of(64)));
        assertInvariant(plan("digits", 2, Shape.of(64)));
    }

    @Test
    void irisIsBatched() {
        BatchPlan plan = plan("iris", 1, Shape.of(4));

        assertInvariant(plan);
        assertThat(plan.maxRows()).isGreaterThan(1);
    }

    @Test
    void minilmAnswersATextAlikeInCompany() {
        Shape tokens = Shape.of(32);

        assertInvariant(plan("minilm", 1, tokens, tokens, tokens));
    }

    @Test
    void diabetesIsNotBatched() {
        try (LoadedModel model = example("diabetes", 1)) {
            Shape one = Shape.of(1);

            assertThat(Rows.refusal(model, one, one, one, one, Shape.of(6)))
                    .isEqualTo("input 'sex' is BYTES, whose rows have no fixed size");
        }
    }

    private static void assertInvariant(BatchPlan plan) {
        assertThat(plan.largestDifference()).as("%s", plan).isLessThan(1e-4);
        assertThat(plan.reason()).doesNotContain("neighbours", "failed");
    }

    private BatchPlan plan(String name, long version, Shape... inputRows) {
        try (LoadedModel model = example(name, version);
                BatchModel batch = Rows.batchable(model, 1, inputRows)) {
            BatchPlan plan = ModelProbe.plan(batch, ProbeLimits.standard().withFixedRows(8), NanoClock.SYSTEM);
            BatchPlan found = ModelProbe.plan(batch, ProbeLimits.standard(), NanoClock.SYSTEM);
            LOG.log(System.Logger.Level.INFO, "{0}/{1}: {2}", name, version, found);
            assertInvariant(plan);
            return found;
        }
    }

    private LoadedModel example(String name, long version) {
        Path file = Path.of(System.getProperty("penstock.root", "."))
                .resolve("examples/models")
                .resolve(name)
                .resolve(Long.toString(version))
                .resolve("model.onnx");
        return loader.load(new Order(new ModelKey(name, version), file, Device.CPU, 1));
    }
}
