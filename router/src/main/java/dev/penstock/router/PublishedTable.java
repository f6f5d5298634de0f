package dev.penstock.router;

import com.google.errorprone.annotations.MustBeClosed;
import dev.penstock.core.VersionHandle;
import dev.penstock.router.split.BoundRoute;
import dev.penstock.router.split.Place;
import dev.penstock.router.split.RequestFacts;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// The table that is in force, and how a request finds who answers it there, whatever is published meanwhile.
/// Thread-safe, never blocks.
final class PublishedTable {
    /// Written by the control path, read once per request.
    private volatile RouteTable table = RouteTable.EMPTY;

    private final AtomicLong generation = new AtomicLong();

    /// The next request sees `next`.
    void publish(RouteTable next) {
        table = next;
        // After the table: who sees the new number sees the new table.
        generation.incrementAndGet();
    }

    /// Changes with every published table.
    long generation() {
        return generation.get();
    }

    RouteTable table() {
        return table;
    }

    /// Finds who answers, with a lease of the version if there is one to be had.
    ///
    /// @param facts null for a request that is past all routes
    /// @throws dev.penstock.core.ServingException as [RouteTable#resolve] does
    @MustBeClosed
    @SuppressWarnings("MustBeClosedChecker") // one without a lease has nothing to close
    Addressed find(String model, String version, @Nullable RequestFacts facts) {
        RouteTable seen = table;
        Addressed addressed = address(seen, model, version, facts);
        // A version may be retired between the look at the table and the lease; then the table has changed
        // already.
        while (!addressed.isLeased() && seen != table) {
            seen = table;
            addressed = address(seen, model, version, facts);
        }
        return addressed.canServe() ? addressed : standard(seen, addressed);
    }

    @MustBeClosed
    private static Addressed address(RouteTable seen, String model, String version, @Nullable RequestFacts facts) {
        @Nullable BoundRoute route = facts != null && version.isEmpty() ? seen.route(model) : null;
        if (route == null || facts == null) {
            return new Addressed(seen.resolve(model, version));
        }
        long place = route.placeReady(facts);
        @Nullable VersionHandle handle = route.arm(place).version();
        // Where nobody may stand in for the default arm, this says why.
        return new Addressed(handle == null ? seen.resolve(model, version) : handle, route, place);
    }

    /// The same request with its route's default arm, as the one that it has is not ready.
    @MustBeClosed
    private static Addressed standard(RouteTable seen, Addressed addressed) {
        @Nullable BoundRoute route = addressed.route();
        if (route == null || Place.arm(addressed.place()) == 0) {
            return addressed;
        }
        return new Addressed(seen.resolve(route.name(), ""), route, route.notReady(addressed.place()));
    }
}
