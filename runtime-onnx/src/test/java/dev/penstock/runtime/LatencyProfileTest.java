package dev.penstock.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.BatchingOrder;
import dev.penstock.core.Device;
import dev.penstock.core.LoadedModel;
import dev.penstock.core.ModelLoader.Order;
import dev.penstock.core.Shape;
import dev.penstock.core.Tensor;
import dev.penstock.core.batching.BatchModel;
import dev.penstock.core.batching.Batchability;
import dev.penstock.core.batching.BatchableModel;
import dev.penstock.core.batching.ShapeGroup;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class LatencyProfileTest extends RuntimeTest {
    @Test
    void threadsThatShareARunComputeTheSame() {
        Tensor x = Tensors.floats("x", Shape.of(1, 256), new float[256]);
        Path file = write(OnnxModels.slow(100));
        try (LoadedModel alone = load(file, Device.CPU);
                LoadedModel shared = load(file, 2)) {
            assertThat(runOne(shared, x).data()).isEqualTo(runOne(alone, x).data());
            assertThat(alone.threadsPerRun()).isOne();
            assertThat(shared.threadsPerRun()).isEqualTo(2);
        }
    }

    @Test
    void itsStatusSaysSo() {
        Path file = write(OnnxModels.tiny());
        try (LoadedModel alone = load(file, Device.CPU);
                LoadedModel shared = load(file, 2)) {
            assertThat(alone.remarks()).isEmpty();
            assertThat(shared.remarks())
                    .containsExactly("latency profile: 2 threads share a run and spin for 100 us between operators");
        }
    }

    @Test
    void allRunnersShareOneSessionHoweverFastTheModelIs() {
        try (LoadedModel model = load(write(OnnxModels.tiny()), 2)) {
            ShapeGroup rows = ShapeGroup.of(List.of(Shape.of(4)));
            assertThat(((BatchableModel) model).batchModel(rows, 8))
                    .isInstanceOfSatisfying(Batchability.Batchable.class, batchable -> {
                        BatchModel batches = batchable.model();
                        batches.batchRunner(0).run(1, 1).release();
                        batches.batchRunner(1).run(1, 1).release();
                        assertThat(batches.threadsPerRun()).isEqualTo(2);
                        assertThat(batches.computesInCaller()).isFalse();
                    });
            assertThat(handles.live()).containsEntry("session", 1L);
        }
    }

    private LoadedModel load(Path file, int threadsPerRun) {
        return loader.load(new Order(KEY, file, Device.CPU, 2, BatchingOrder.STANDARD, threadsPerRun));
    }
}
