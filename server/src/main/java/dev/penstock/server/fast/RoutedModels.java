package dev.penstock.server.fast;

import dev.penstock.core.InferenceRequest;
import dev.penstock.core.NanoClock;
import dev.penstock.core.ReplySink;
import dev.penstock.core.ServingException;
import dev.penstock.core.ServingObserver;
import dev.penstock.core.VersionHandle;
import dev.penstock.core.batching.FixedLane;
import dev.penstock.core.batching.InlineLoop;
import dev.penstock.core.batching.Lanes;
import dev.penstock.router.MarkedVersion;
import dev.penstock.router.RouteTable;
import dev.penstock.router.Router;
import dev.penstock.router.cache.CachedVersion;
import dev.penstock.router.split.BoundRoute;
import dev.penstock.server.calls.CallWatch;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/// The router and the lanes as the fast door sees them. Thread-safe, never blocks.
public final class RoutedModels implements FastModels {
    private final Router router;
    private final Lanes lanes;
    private final ServingObserver observer;
    private final NanoClock clock;
    private final @Nullable CallWatch watch;
    private final FastTap.Source taps;
    private volatile Known known = new Known(Long.MIN_VALUE);

    /// The versions that were found in one generation of the routes: doors know a version by its object.
    private static final class Known {
        final long generation;
        final Map<VersionHandle, FastModel> models = new ConcurrentHashMap<>();

        /// By the object that the table has.
        final Map<BoundRoute, SplitFastRoute> routes = new ConcurrentHashMap<>();

        Known(long generation) {
            this.generation = generation;
        }
    }

    /// @param watch who wants to know of calls, or null
    public RoutedModels(
            Router router, Lanes lanes, ServingObserver observer, NanoClock clock, @Nullable CallWatch watch) {
        this(router, lanes, observer, clock, watch, FastTap.Source.NONE);
    }

    /// @param taps who wants to see requests
    public RoutedModels(
            Router router,
            Lanes lanes,
            ServingObserver observer,
            NanoClock clock,
            @Nullable CallWatch watch,
            FastTap.Source taps) {
        this.taps = taps;
        this.watch = watch;
        this.router = router;
        this.lanes = lanes;
        this.observer = observer;
        this.clock = clock;
    }

    @Override
    public @Nullable CallWatch watch() {
        return watch;
    }

    @Override
    public List<String> keptHeaders() {
        return taps.headers();
    }

    @Override
    public List<String> routedHeaders() {
        return router.table().headers();
    }

    @Override
    public long generation() {
        return router.generation();
    }

    @Override
    public @Nullable InlineLoop newLoop(Executor eventLoop) {
        return lanes.newLoop(eventLoop);
    }

    @Override
    public @Nullable FastRoute find(String model, String version) {
        RouteTable table = router.table();
        BoundRoute route = version.isEmpty() ? table.route(model) : null;
        return route == null ? plain(table, model, version) : split(route);
    }

    private @Nullable FastRoute split(BoundRoute route) {
        Map<BoundRoute, SplitFastRoute> routes = known().routes;
        SplitFastRoute found = routes.get(route);
        if (found == null) {
            FastTap tap = taps.of(route);
            found = SplitFastRoute.of(route, tap == null ? this::routed : handle -> tapped(handle, tap));
            SplitFastRoute first = found == null ? null : routes.putIfAbsent(route, found);
            return first == null ? found : first;
        }
        return found;
    }

    private @Nullable FastModel tapped(VersionHandle handle, FastTap tap) {
        FastModel routed = routed(handle);
        return routed == null ? null : new TappedModel(routed, tap);
    }

    private @Nullable FastRoute plain(RouteTable table, String model, String version) {
        try {
            VersionHandle handle = table.resolve(model, version);
            FastModel routed = routed(handle);
            return routed == null ? null : call -> routed;
        } catch (ServingException e) {
            // The general path says it to the caller.
            return null;
        }
    }

    private @Nullable FastModel routed(VersionHandle handle) {
        if (handle instanceof CachedVersion || handle instanceof MarkedVersion) {
            // Its answers may be known, or get tokens: the general path does either.
            return null;
        }
        Map<VersionHandle, FastModel> models = known().models;
        FastModel routed = models.get(handle);
        if (routed == null) {
            routed = made(handle);
            FastModel first = routed == null ? null : models.putIfAbsent(handle, routed);
            return first == null ? routed : first;
        }
        return routed;
    }

    // Two that begin a generation at once may each have one; then the later counts.
    private Known known() {
        Known now = known;
        long generation = generation();
        if (now.generation != generation) {
            now = new Known(generation);
            known = now;
        }
        return now;
    }

    private @Nullable FastModel made(VersionHandle handle) {
        try (VersionHandle.Lease lease = handle.tryLease()) {
            FixedLane fixed = lease == null ? null : lanes.fixedLane(lease.model());
            if (fixed == null) {
                return null;
            }
            FastModel routed = new RoutedModel(handle, fixed, observer, clock);
            FastTap tap = taps.of(handle.key().name());
            return tap == null ? routed : new TappedModel(routed, tap);
        }
    }

    @Override
    public void infer(InferenceRequest request, ReplySink sink) {
        router.infer(request, sink);
    }
}
