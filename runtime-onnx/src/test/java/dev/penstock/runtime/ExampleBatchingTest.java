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

/// That rows of real models may run together. What that gains is for the measured machine to say, not for a test.
class ExampleBatchingTest extends RuntimeTest {
    @Test
    void digitsAnswersAPictureAlikeInCompany() {
        assertBatchable("digits", 1, Shape.of(64));
        assertBatchable("digits", 2, Shape.of(64));
    }

    @Test
    void irisAnswersAFlowerAlikeInCompany() {
        assertBatchable("iris", 1, Shape.of(4));
    }

    @Test
    void minilmAnswersATextAlikeInCompany() {
        Shape tokens = Shape.of(32);

        assertBatchable("minilm", 1, tokens, tokens, tokens);
    }

    @Test
    void diabetesIsNotBatched() {
        try (LoadedModel model = example("diabetes", 1)) {
            Shape one = Shape.of(1);

            assertThat(Rows.refusal(model, one, one, one, one, Shape.of(6)))
                    .isEqualTo("input 'sex' is BYTES, whose rows have no fixed size");
        }
    }

    private void assertBatchable(String name, long version, Shape... inputRows) {
        try (LoadedModel model = example(name, version);
                BatchModel batch = Rows.batchable(model, 1, inputRows)) {
            BatchPlan fixed = ModelProbe.plan(batch, ProbeLimits.standard().withFixedRows(8), NanoClock.SYSTEM);
            BatchPlan found = ModelProbe.plan(batch, ProbeLimits.standard(), NanoClock.SYSTEM);

            assertThat(fixed.maxRows()).as("%s", fixed).isEqualTo(8);
            assertIndependent(fixed);
            assertIndependent(found);
        }
    }

    private static void assertIndependent(BatchPlan plan) {
        assertThat(plan.largestDifference()).as("%s", plan).isLessThanOrEqualTo(1e-4);
        assertThat(plan.reason()).doesNotContain("neighbours", "failed");
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
