package dev.penstock.router;

import dev.penstock.core.ModelKey;
import dev.penstock.core.Signature;
import dev.penstock.core.VersionHandle;
import dev.penstock.router.split.BoundRoute;
import dev.penstock.router.waiting.OnDemandVersion;
import org.jspecify.annotations.Nullable;

/// Who answers a request, found out before the request can be read: what it is depends on the version's
/// types. The version stays loaded until this is closed, or until the request has its outcome if it was
/// handed to [Router#infer]. Confined to one thread.
public final class Addressed implements AutoCloseable {
    private final VersionHandle version;
    private final @Nullable BoundRoute route;

    /// On the route, if there is one.
    private final long place;

    private VersionHandle.@Nullable Lease lease;

    Addressed(VersionHandle version) {
        this(version, null, BoundRoute.NOWHERE);
    }

    @SuppressWarnings("MustBeClosedChecker") // closed with this, or by whoever takes it
    Addressed(VersionHandle version, @Nullable BoundRoute route, long place) {
        this.version = version;
        this.route = route;
        this.place = place;
        this.lease = version.tryLease();
    }

    /// The route that led here, or null.
    @Nullable
    BoundRoute route() {
        return route;
    }

    long place() {
        return place;
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

    /// Whether it is in memory, or can be brought there.
    boolean canServe() {
        return lease != null || version instanceof OnDemandVersion;
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
