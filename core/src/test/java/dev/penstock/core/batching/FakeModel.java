package dev.penstock.core.batching;

import dev.penstock.core.BatchingOrder;
import dev.penstock.core.DataType;
import dev.penstock.core.Device;
import dev.penstock.core.LoadedModel;
import dev.penstock.core.ModelKey;
import dev.penstock.core.ModelLoader;
import dev.penstock.core.QueueLevels;
import dev.penstock.core.Runner;
import dev.penstock.core.Signature;
import dev.penstock.core.Tensor;
import dev.penstock.core.TensorSpec;
import dev.penstock.core.VersionHandle;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// A model whose answer a test decides; leases on it are counted.
final class FakeModel implements LoadedModel {
    final AtomicInteger leases = new AtomicInteger();
    final AtomicInteger runs = new AtomicInteger();
    private final UnaryOperator<List<Tensor>> answer;

    FakeModel(UnaryOperator<List<Tensor>> answer) {
        this.answer = answer;
    }

    private @Nullable LoadedModel prepared;

    /// What goes in.
    TensorSpec input = TensorSpec.of("x", DataType.FP32, -1);

    /// How its requests wait.
    QueueLevels levels = QueueLevels.ONE;

    /// A lease on this model as that engine prepared it.
    VersionHandle.Lease leaseOn(Batching engine) {
        if (prepared == null) {
            BatchingOrder batching = new BatchingOrder(0, 0, 0, levels, false, true);
            prepared = engine.preparing(order -> this)
                    .load(new ModelLoader.Order(key(), Path.of("fake"), Device.CPU, 1, batching, 1));
        }
        return lease(prepared);
    }

    /// A lease on this model as it is.
    VersionHandle.Lease lease() {
        return lease(this);
    }

    private VersionHandle.Lease lease(LoadedModel leased) {
        leases.incrementAndGet();
        return new VersionHandle.Lease() {
            @Override
            public LoadedModel model() {
                return leased;
            }

            @Override
            public void close() {
                leases.decrementAndGet();
            }
        };
    }

    @Override
    public ModelKey key() {
        return new ModelKey("fake", 1);
    }

    @Override
    public Signature signature() {
        return new Signature(List.of(input), List.of(), 0);
    }

    @Override
    public Runner runner(int index) {
        return (inputs, outputs) -> {
            runs.incrementAndGet();
            return answer.apply(inputs);
        };
    }

    @Override
    public void close() {}
}
