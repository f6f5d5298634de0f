package dev.penstock.server.grpc;

import dev.penstock.core.LoadedModel;
import dev.penstock.core.ModelKey;
import dev.penstock.core.Runner;
import dev.penstock.core.Signature;
import dev.penstock.core.VersionHandle;
import java.util.concurrent.atomic.AtomicInteger;

/// A version that can be leased and counts it, but has nothing to run.
final class FakeVersion implements VersionHandle, LoadedModel {
    final AtomicInteger leases = new AtomicInteger();
    private final ModelKey key;
    private final Signature signature;

    FakeVersion(String name, long version, Signature signature) {
        this.key = new ModelKey(name, version);
        this.signature = signature;
    }

    @Override
    public ModelKey key() {
        return key;
    }

    @Override
    public Signature signature() {
        return signature;
    }

    @Override
    @SuppressWarnings("MustBeClosedChecker") // That is what is handed out.
    public Lease tryLease() {
        leases.incrementAndGet();
        return new Lease() {
            @Override
            public LoadedModel model() {
                return FakeVersion.this;
            }

            @Override
            public void close() {
                leases.decrementAndGet();
            }
        };
    }

    @Override
    public Runner runner(int index) {
        throw new UnsupportedOperationException("there is nothing to run");
    }

    @Override
    public void close() {}
}
