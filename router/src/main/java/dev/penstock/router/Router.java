package dev.penstock.router;

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
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// Takes every inference call from the doors to a batcher. Thread-safe, never blocks.
public final class Router {
    private final Batcher batcher;
    private final ServingObserver observer;
    private final NanoClock clock;

    /// Written by the control path, read once per request.
    private volatile RouteTable table = RouteTable.EMPTY;

    private final AtomicLong generation = new AtomicLong();

    public Router(Batcher batcher, ServingObserver observer, NanoClock clock) {
        this.batcher = batcher;
        this.observer = observer;
        this.clock = clock;
    }

    /// The next request sees `next`; those under way never change their mind.
    public void publish(RouteTable next) {
        table = next;
        // After the table: who sees the new number sees the new table.
        generation.incrementAndGet();
    }

    /// Changes with every published table.
    public long generation() {
        return generation.get();
    }

    public RouteTable table() {
        return table;
    }

    /// Has the request answered, or refused: `sink` gets exactly one outcome, perhaps before this returns.
    @SuppressWarnings("MustBeClosedChecker") // the lease goes with the request; whoever completes it closes it
    public void infer(InferenceRequest request, ReplySink sink) {
        long arrivedNanos = clock.nanoTime();
        @Nullable ModelKey key = null;
        try {
            RouteTable seen = table;
            VersionHandle version = seen.resolve(request.model(), request.version());
            VersionHandle.@Nullable Lease lease = version.tryLease();
            // A version may be retired between the look at the table and the lease; then the table has changed already.
            while (lease == null && seen != table) {
                seen = table;
                version = seen.resolve(request.model(), request.version());
                lease = version.tryLease();
            }
            key = version.key();
            sink.resolved(key);
            if (lease == null) {
                throw ModelRoute.notReady(key);
            }
            offer(request, version, lease, sink, arrivedNanos);
        } catch (ServingException e) {
            observer.finished(key, e.code(), 0, clock.nanoTime() - arrivedNanos, 0);
            sink.fail(e.code(), e.reason());
        }
    }

    private void offer(
            InferenceRequest request,
            VersionHandle version,
            VersionHandle.Lease lease,
            ReplySink sink,
            long arrivedNanos) {
        Offer answer = Offer.CLOSED;
        try {
            int rows = RequestCheck.check(request.model(), version.signature(), request);
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
