package dev.penstock.router;

import dev.penstock.core.ModelKey;
import dev.penstock.core.Signature;
import dev.penstock.core.VersionHandle;
import org.jspecify.annotations.Nullable;

/// Who answers a request, found out before the request can be read: what it is depends on the version's types.
/// The
/// version stays loaded until this is closed, or until the request has its outcome if it was handed to
/// [Router#infer].
/// Confined to one thread.
public final class Addressed implements AutoCloseable {
    private final VersionHandle version;
    private VersionHandle.@Nullable Lease lease;

    @SuppressWarnings("MustBeClosedChecker") // closed with this, or by whoever takes it
    Addressed(VersionHandle version) {
        this.version = version;
        this.lease = version.tryLease();
    }

    public ModelKey key() {
        return version.key();
    }

    /// @throws dev.penstock.core.ServingException if the version has to be loaded before anybody knows it
    public Signature signature() {
        return version.signature();
    }

    VersionHandle version() {
        return version;
    }

    boolean isLeased() {
        return lease != null;
    }

    /// @return the caller's to close; null if it is not in memory
    VersionHandle.@Nullable Lease take() {
        VersionHandle.@Nullable Lease taken = lease;
        lease = null;
        return taken;
    }

    @Override
    public void close() {
        VersionHandle.@Nullable Lease left = take();
        if (left != null) {
            left.close();
        }
    }
}
