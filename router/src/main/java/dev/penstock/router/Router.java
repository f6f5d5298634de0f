package dev.penstock.router;

import com.google.errorprone.annotations.MustBeClosed;
import dev.penstock.core.InferenceRequest;
import dev.penstock.core.ModelKey;
import dev.penstock.core.NanoClock;
import dev.penstock.core.ReplySink;
import dev.penstock.core.RequestCheck;
import dev.penstock.core.ServingException;
import dev.penstock.core.ServingObserver;
import dev.penstock.core.VersionHandle;
import dev.penstock.core.batching.Batcher;
import dev.penstock.core.batching.Offer;
import dev.penstock.core.batching.Pending;
import dev.penstock.router.cache.CachedVersion;
import dev.penstock.router.split.BoundRoute;
import dev.penstock.router.split.RequestFacts;
import dev.penstock.router.waiting.OnDemandVersion;
import dev.penstock.router.waiting.WaitingRoom;
import org.jspecify.annotations.Nullable;

/// Takes every inference call from the doors to a batcher. Thread-safe, never blocks.
public final class Router {
    private final Batcher batcher;
    private final ServingObserver observer;
    private final NanoClock clock;
    private final WaitingRoom waitingRoom;
    private final RequestTap tap;
    private final PublishedTable published = new PublishedTable();
    private final WaitingRoom.Host host = new WaitingRoom.Host() {
        @Override
        public void goOn(InferenceRequest request, ReplySink sink, long arrivedNanos) {
            // What it waited for its model is no time in its queue. A route that its name has by now is not its
            // own; and nobody may look at the request here, whose bytes are its door's alone again.
            if (!(sink instanceof ArmSink waited) || !standIn(request, waited, arrivedNanos)) {
                route(request, null, RequestTap.NONE, sink, arrivedNanos, clock.nanoTime());
            }
        }

        @Override
        public void refuse(ModelKey key, ServingException why, ReplySink sink, long arrivedNanos) {
            sink.resolved(key);
            Router.this.refuse(key, why, sink, arrivedNanos);
        }
    };

    /// With a waiting room of its own, of the standard size.
    public Router(Batcher batcher, ServingObserver observer, NanoClock clock) {
        this(batcher, observer, clock, new WaitingRoom(WaitingRoom.Settings.STANDARD, clock));
    }

    /// @param waitingRoom for requests whose version is not in memory; stays the caller's
    public Router(Batcher batcher, ServingObserver observer, NanoClock clock, WaitingRoom waitingRoom) {
        this(batcher, observer, clock, waitingRoom, RequestTap.NONE);
    }

    /// The same, but `tap` sees every request.
    public Router(Batcher batcher, ServingObserver observer, NanoClock clock, WaitingRoom waitingRoom, RequestTap tap) {
        this.tap = tap;
        this.batcher = batcher;
        this.observer = observer;
        this.clock = clock;
        this.waitingRoom = waitingRoom;
    }

    /// The next request sees `next`; those under way never change their mind.
    public void publish(RouteTable next) {
        published.publish(next);
    }

    /// Changes with every published table.
    public long generation() {
        return published.generation();
    }

    public RouteTable table() {
        return published.table();
    }

    /// Finds who answers, for a request that can be read only then.
    ///
    /// @param facts what routes may look at
    /// @throws ServingException as [RouteTable#resolve] does
    @MustBeClosed
    public Addressed address(String model, String version, RequestFacts facts) {
        return published.find(model, version, facts);
    }

    /// Has the request answered, or refused: `sink` gets exactly one outcome, perhaps before this returns.
    public void infer(InferenceRequest request, ReplySink sink) {
        long nowNanos = clock.nanoTime();
        route(request, new SinkFacts(request, sink), tap, sink, nowNanos, nowNanos);
    }

    /// The same by the version that the request was read for, wherever its address leads by now.
    ///
    /// @param to stays the caller's to close
    public void infer(InferenceRequest request, Addressed to, ReplySink answered) {
        long nowNanos = clock.nanoTime();
        ReplySink sink = tap.around(request, to.route(), answered);
        boolean done = false;
        try {
            send(request, to, sink, nowNanos);
            done = true;
        } finally {
            if (!done) {
                tap.untaken(sink);
            }
        }
    }

    private void send(InferenceRequest request, Addressed to, ReplySink sink, long nowNanos) {
        ReplySink told = armed(request, to, sink, nowNanos);
        try {
            // What waits is routed anew.
            InferenceRequest pinned = to.isLeased() ? request : request.to(to.key());
            send(pinned, to, told, nowNanos, nowNanos);
        } catch (ServingException e) {
            refuse(to.key(), e, told, nowNanos);
        }
    }

    /// Has the arm's observer told of the outcome, if a route led to it.
    private ReplySink armed(InferenceRequest request, Addressed to, ReplySink sink, long arrivedNanos) {
        @Nullable BoundRoute route = to.route();
        if (route == null) {
            return sink;
        }
        sink.assigned(route.assigned(to.place()));
        ArmSink.@Nullable Again again = route.hasFallback() ? other -> runAgain(request, route, other, sink) : null;
        return new ArmSink(route, to.place(), request, sink, clock, arrivedNanos, again);
    }

    /// Has a fallback arm run a request that failed. What it holds is its door's until the sink is told.
    private boolean runAgain(InferenceRequest request, BoundRoute route, long place, ReplySink sink) {
        @Nullable VersionHandle version = route.arm(place).version();
        long nowNanos = clock.nanoTime();
        if (version == null || request.expired(nowNanos)) {
            return false;
        }
        try (Addressed to = new Addressed(version, route, place)) {
            if (!to.canServe()) {
                return false;
            }
            sink.assigned(route.assigned(place));
            ReplySink told = new ArmSink(route, place, request, sink, clock, nowNanos, null);
            try {
                send(request.to(to.key()), to, told, nowNanos, nowNanos);
            } catch (ServingException e) {
                refuse(to.key(), e, told, nowNanos);
            }
        }
        return true;
    }

    /// Has the default arm take a request that waited for a version which turned out not to fit, once it was
    /// here.
    ///
    /// @return false if it fits
    private boolean standIn(InferenceRequest request, ArmSink waited, long arrivedNanos) {
        RouteTable seen = published.table();
        @Nullable BoundRoute route = seen.route(waited.route().name());
        if (route == null || !route.isUnfit(waited.route(), waited.place())) {
            return false;
        }
        ReplySink told = waited;
        try (Addressed to = new Addressed(seen.resolve(route.name(), ""), route, route.notReady(waited.place()))) {
            told = armed(request, to, waited.caller(), arrivedNanos);
            send(request.to(to.key()), to, told, arrivedNanos, clock.nanoTime());
        } catch (ServingException e) {
            refuse(null, e, told, arrivedNanos);
        }
        return true;
    }

    /// @param facts null for a request that is past all routes
    /// @param by sees it
    /// @param readyNanos when it could go to its version at last
    private void route(
            InferenceRequest request,
            @Nullable RequestFacts facts,
            RequestTap by,
            ReplySink answered,
            long arrivedNanos,
            long readyNanos) {
        boolean found = false;
        try (Addressed to = published.find(request.model(), request.version(), facts)) {
            found = true;
            tapped(request, to, by, answered, arrivedNanos, readyNanos);
        } catch (ServingException e) {
            if (found) {
                throw e;
            }
            refuse(request, e, by, answered, arrivedNanos);
        }
    }

    /// It is known to nobody where it should go.
    private void refuse(
            InferenceRequest request, ServingException why, RequestTap by, ReplySink answered, long arrivedNanos) {
        ReplySink sink = by.around(request, null, answered);
        boolean done = false;
        try {
            refuse(null, why, sink, arrivedNanos);
            done = true;
        } finally {
            if (!done) {
                by.untaken(sink);
            }
        }
    }

    /// All who see the request see the route that it was dealt by, whatever is published meanwhile.
    private void tapped(
            InferenceRequest request,
            Addressed to,
            RequestTap by,
            ReplySink answered,
            long arrivedNanos,
            long readyNanos) {
        ReplySink sink = by.around(request, to.route(), answered);
        boolean done = false;
        try {
            route(request, to, sink, arrivedNanos, readyNanos);
            done = true;
        } finally {
            if (!done) {
                by.untaken(sink);
            }
        }
    }

    private void route(InferenceRequest request, Addressed to, ReplySink sink, long arrivedNanos, long readyNanos) {
        ReplySink told = armed(request, to, sink, arrivedNanos);
        try {
            send(request, to, told, arrivedNanos, readyNanos);
        } catch (ServingException e) {
            refuse(to.key(), e, told, arrivedNanos);
        }
    }

    private void send(InferenceRequest request, Addressed to, ReplySink sink, long arrivedNanos, long readyNanos) {
        if (!to.isLeased() && to.version() instanceof OnDemandVersion sleeping) {
            // It keeps its arm: who waits is looked up again by what it says.
            InferenceRequest waits = to.route() == null ? request : request.to(to.key());
            waitingRoom.enter(sleeping, waits, sink, arrivedNanos, host);
            return;
        }
        // The lease is the address's to close until it is offered: a sink may throw.
        sink.resolved(to.key());
        InferenceRequest ready = readyNanos == arrivedNanos ? request : request.after(readyNanos - arrivedNanos);
        VersionHandle.@Nullable Lease lease = to.take();
        if (lease == null) {
            throw ModelRoute.notReady(to.key());
        }
        offer(ready, to.version(), lease, sink, readyNanos);
    }

    private void refuse(@Nullable ModelKey key, ServingException why, ReplySink sink, long arrivedNanos) {
        observer.finished(key, why.code(), 0, clock.nanoTime() - arrivedNanos, 0);
        sink.fail(why.code(), why.reason());
    }

    private void offer(
            InferenceRequest request,
            VersionHandle asked,
            VersionHandle.Lease lease,
            ReplySink asker,
            long arrivedNanos) {
        Offer answer = Offer.CLOSED;
        try {
            VersionHandle version = asked;
            ReplySink sink = asker;
            if (asked instanceof MarkedVersion marked) {
                version = marked.version();
                sink = marked.marking(asker);
            }
            int rows = RequestCheck.check(request.model(), version.signature(), request);
            asker.fits();
            Pending pending = new Pending(request, lease, sink, rows, arrivedNanos);
            answer = version instanceof CachedVersion cached ? cached.offer(pending, batcher) : batcher.offer(pending);
        } finally {
            if (answer != Offer.TAKEN) {
                lease.close();
            }
        }
        if (answer != Offer.TAKEN) {
            throw answer.refusal(request.model());
        }
    }
}
