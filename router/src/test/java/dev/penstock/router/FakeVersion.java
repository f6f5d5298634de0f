package dev.penstock.router;

import dev.penstock.core.DataType;
import dev.penstock.core.LoadedModel;
import dev.penstock.core.ModelKey;
import dev.penstock.core.Signature;
import dev.penstock.core.TensorSpec;
import dev.penstock.core.VersionHandle;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Version `number` of `m`, which nobody runs.
final class FakeVersion implements VersionHandle {
    int leases;

    /// Whether it cannot be leased any more.
    boolean gone;

    /// Called before each lease.
    Runnable onLease = () -> {};

    private final long number;
    private final String input;

    FakeVersion(long number) {
        this(number, "x");
    }

    FakeVersion(long number, String input) {
        this.number = number;
        this.input = input;
    }

    @Override
    public ModelKey key() {
        return new ModelKey("m", number);
    }

    @Override
    public Signature signature() {
        return new Signature(List.of(TensorSpec.of(input, DataType.UINT8, -1)), List.of(), 0);
    }

    @Override
    @SuppressWarnings("MustBeClosedChecker")
    public @Nullable Lease tryLease() {
        onLease.run();
        if (gone) {
            return null;
        }
        leases++;
        return new Lease() {
            @Override
            public LoadedModel model() {
                throw new AssertionError("nobody runs it here");
            }

            @Override
            public void close() {
                leases--;
            }
        };
    }
}
