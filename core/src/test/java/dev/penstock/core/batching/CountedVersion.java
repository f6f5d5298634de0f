package dev.penstock.core.batching;

import dev.penstock.core.LoadedModel;
import dev.penstock.core.ModelKey;
import dev.penstock.core.Signature;
import dev.penstock.core.VersionHandle;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// A version that closes its model when it was retired and the last lease is back.
final class CountedVersion implements VersionHandle {
    final CompletableFuture<Void> idle = new CompletableFuture<>();

    private final BatchModel model;
    private volatile boolean retired;

    /// One of its own until it is retired, and one for each lease.
    private final AtomicInteger holds = new AtomicInteger(1);

    CountedVersion(BatchModel model) {
        this.model = model;
    }

    @Override
    public ModelKey key() {
        return model.key();
    }

    @Override
    public Signature signature() {
        return model.signature();
    }

    int leases() {
        return Math.max(0, holds.get() - (retired ? 0 : 1));
    }

    void retire() {
        retired = true;
        release();
    }

    private void release() {
        int left = holds.decrementAndGet();
        if (left < 0) {
            throw new AssertionError("a lease was given back twice");
        }
        if (left == 0) {
            idle.complete(null);
        }
    }

    @Override
    @SuppressWarnings("MustBeClosedChecker")
    public @Nullable Lease tryLease() {
        int held = holds.get();
        while (held > 0) {
            if (holds.compareAndSet(held, held + 1)) {
                return new Held();
            }
            held = holds.get();
        }
        return null;
    }

    private final class Held implements Lease {
        @Override
        public LoadedModel model() {
            throw new UnsupportedOperationException();
        }

        @Override
        public void close() {
            release();
        }
    }
}
