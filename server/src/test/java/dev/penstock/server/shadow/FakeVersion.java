package dev.penstock.server.shadow;

import com.google.errorprone.annotations.MustBeClosed;
import dev.penstock.core.DataType;
import dev.penstock.core.LoadedModel;
import dev.penstock.core.ModelKey;
import dev.penstock.core.Runner;
import dev.penstock.core.Signature;
import dev.penstock.core.TensorSpec;
import dev.penstock.core.VersionHandle;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// A version of `m` that answers with what its test says.
final class FakeVersion implements VersionHandle {
    private static final Signature SIGNATURE = new Signature(
            List.of(TensorSpec.of("x", DataType.FP32, -1, 2)), List.of(TensorSpec.of("y", DataType.FP32, -1, 1)), 8);

    private final long number;
    private final Runner runner;
    final AtomicInteger leases = new AtomicInteger();
    volatile boolean closed;

    FakeVersion(long number, Runner runner) {
        this.number = number;
        this.runner = runner;
    }

    @Override
    public ModelKey key() {
        return new ModelKey("m", number);
    }

    @Override
    public Signature signature() {
        return SIGNATURE;
    }

    @Override
    @MustBeClosed
    public @Nullable Lease tryLease() {
        if (closed) {
            return null;
        }
        leases.incrementAndGet();
        return new Lease() {
            @Override
            public LoadedModel model() {
                return new Loaded();
            }

            @Override
            public void close() {
                leases.decrementAndGet();
            }
        };
    }

    private final class Loaded implements LoadedModel {
        @Override
        public ModelKey key() {
            return FakeVersion.this.key();
        }

        @Override
        public Signature signature() {
            return SIGNATURE;
        }

        @Override
        public Runner runner(int index) {
            return runner;
        }

        @Override
        public void close() {}
    }
}
