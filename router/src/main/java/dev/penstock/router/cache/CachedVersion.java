package dev.penstock.router.cache;

import com.google.errorprone.annotations.CheckReturnValue;
import com.google.errorprone.annotations.MustBeClosed;
import dev.penstock.core.ModelKey;
import dev.penstock.core.Signature;
import dev.penstock.core.VersionHandle;
import dev.penstock.core.batching.Batcher;
import dev.penstock.core.batching.Offer;
import dev.penstock.core.batching.Pending;
import org.jspecify.annotations.Nullable;

/// A version whose answers are kept, in the place of the version itself. Thread-safe.
public final class CachedVersion implements VersionHandle, AutoCloseable {
    private final VersionHandle version;
    private final VersionCache cache;
    private final ResponseCaches owner;
    private final long wishedBytes;

    CachedVersion(VersionHandle version, VersionCache cache, ResponseCaches owner, long wishedBytes) {
        this.version = version;
        this.cache = cache;
        this.owner = owner;
        this.wishedBytes = wishedBytes;
    }

    /// Answers a checked request if its answer is known, else has `batcher` or an identical request under way
    /// answer it.
    ///
    /// @return as [Batcher#offer] does
    @CheckReturnValue
    public Offer offer(Pending pending, Batcher batcher) {
        return cache.offer(pending, batcher);
    }

    @Override
    public ModelKey key() {
        return version.key();
    }

    @Override
    public Signature signature() {
        return version.signature();
    }

    @Override
    public @Nullable Signature knownSignature() {
        return version.knownSignature();
    }

    @Override
    @MustBeClosed
    public @Nullable Lease tryLease() {
        return version.tryLease();
    }

    VersionCache cache() {
        return cache;
    }

    long wishedBytes() {
        return wishedBytes;
    }

    /// Forgets all answers. When the version is gone, so that nobody waits for one any more; again it does
    /// nothing.
    @Override
    public void close() {
        owner.remove(this);
    }
}
