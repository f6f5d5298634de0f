package dev.penstock.router.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Policy;
import com.google.errorprone.annotations.CheckReturnValue;
import dev.penstock.core.ErrorCode;
import dev.penstock.core.ModelKey;
import dev.penstock.core.NanoClock;
import dev.penstock.core.ServingException;
import dev.penstock.core.ServingObserver;
import dev.penstock.core.batching.Batcher;
import dev.penstock.core.batching.Offer;
import dev.penstock.core.batching.Pending;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The answers of one loaded version. Thread-safe, never blocks for a run.
///
/// Identical requests that come while one of them is under way wait for its answer instead of running too. Each keeps
/// its own deadline, caller and lease. If the one under way is not run, because its caller went away or its time was
/// up, the next one takes its place; failures are told to all who waited, and are not kept.
final class VersionCache {
    private static final System.Logger LOG = System.getLogger(VersionCache.class.getName());

    private static final long LARGEST_ENTRY = Integer.MAX_VALUE;

    private final ModelKey key;
    private final CacheStats stats;
    private final Flights flights;
    private final ServingObserver observer;
    private final NanoClock clock;
    private final Cache<RequestKey, StoredReply> stored;
    private final Policy.Eviction<RequestKey, StoredReply> room;
    private volatile boolean closed;

    /// @param ttl zero for no limit
    /// @param maxFollowers how many requests may wait for others
    /// @param waiting told whenever one does
    VersionCache(
            ModelKey key,
            Duration ttl,
            int maxFollowers,
            CacheStats stats,
            ServingObserver observer,
            NanoClock clock,
            Runnable waiting) {
        this.key = key;
        this.stats = stats;
        this.flights = new Flights(maxFollowers, waiting);
        this.observer = observer;
        this.clock = clock;
        Caffeine<RequestKey, StoredReply> builder = Caffeine.newBuilder()
                .maximumWeight(0)
                .<RequestKey, StoredReply>weigher((request, reply) -> (int) Math.min(reply.bytes(), LARGEST_ENTRY))
                .evictionListener((request, reply, cause) -> stats.dropped(cause))
                .ticker(clock::nanoTime)
                // No threads of its own: who changes it tidies it.
                .executor(Runnable::run);
        if (!ttl.isZero()) {
            builder.expireAfterWrite(ttl);
        }
        this.stored = builder.build();
        this.room = stored.policy().eviction().orElseThrow();
    }

    /// Leaves it at most that much room; what does not fit any more goes at once.
    void shrink(long bytes) {
        if (bytes < maxBytes()) {
            room.setMaximum(bytes);
        }
    }

    /// Gives it at least that much room.
    void grow(long bytes) {
        if (bytes > maxBytes()) {
            room.setMaximum(bytes);
        }
    }

    long maxBytes() {
        return room.getMaximum();
    }

    CacheStats stats() {
        return stats;
    }

    long entries() {
        return stored.estimatedSize();
    }

    long bytes() {
        return room.weightedSize().orElse(0);
    }

    /// Answers a checked request if its answer is known, or has it answered.
    ///
    /// @return as [Batcher#offer] does
    @CheckReturnValue
    Offer offer(Pending pending, Batcher batcher) {
        RequestKey request = RequestKey.of(pending.request());
        StoredReply known = stored.getIfPresent(request);
        if (known != null) {
            return hit(pending, known);
        }
        return switch (flights.board(request, pending, batcher)) {
            case Flights.Joined joined -> Offer.TAKEN;
            case Flights.Full full -> Offer.QUEUE_FULL;
            case Flights.Leading(Flight flight) -> {
                // Whoever landed in between kept the answer before it left the flights.
                known = stored.getIfPresent(request);
                yield known == null ? lead(flight, pending) : landEarly(flight, pending, known);
            }
        };
    }

    private Offer hit(Pending pending, StoredReply known) {
        stats.hit();
        answer(pending, known);
        return Offer.TAKEN;
    }

    private Offer landEarly(Flight flight, Pending pending, StoredReply known) {
        Offer answer = hit(pending, known);
        for (Pending follower : flights.land(flight)) {
            stats.hit();
            tell(follower, waiting -> answer(waiting, known));
        }
        return answer;
    }

    /// Has it run for everybody who waits for it.
    private Offer lead(Flight flight, Pending pending) {
        Offer answer = Offer.CLOSED;
        try {
            answer = run(flight, pending);
            return answer;
        } finally {
            if (answer != Offer.TAKEN) {
                next(flight);
            }
        }
    }

    private Offer run(Flight flight, Pending pending) {
        LeaderSink sink = new LeaderSink(this, flight, pending.sink());
        Offer answer = flight.batcher()
                .offer(new Pending(pending.request(), pending.lease(), sink, pending.rows(), pending.arrivedNanos()));
        if (answer == Offer.TAKEN) {
            stats.missed();
        }
        return answer;
    }

    /// The one that was to run did not: lets the first of those who waited for it run in its place.
    void next(Flight flight) {
        while (true) {
            Pending follower = flights.next(flight);
            if (follower == null) {
                return;
            }
            ServingException refusal = refusal(follower, clock.nanoTime());
            if (refusal == null) {
                refusal = offerInstead(flight, follower);
            }
            if (refusal == null) {
                return;
            }
            ServingException why = refusal;
            tell(follower, waiting -> fail(waiting, why.code(), why.reason()));
        }
    }

    /// Nobody offers a follower again: whatever is thrown, it must have its outcome.
    ///
    /// @return why it was not taken, or null if it was
    private @Nullable ServingException offerInstead(Flight flight, Pending follower) {
        try {
            Offer answer = run(flight, follower);
            return answer == Offer.TAKEN ? null : answer.refusal(key.name());
        } catch (RuntimeException | Error e) {
            LOG.log(System.Logger.Level.ERROR, "offering a request of " + key + " that waited failed", e);
            return new ServingException(ErrorCode.INTERNAL, "offering the request failed; see the log");
        }
    }

    /// What the one throws must not cost the next one its outcome.
    private void tell(Pending follower, Consumer<Pending> outcome) {
        try {
            outcome.accept(follower);
        } catch (RuntimeException | Error e) {
            LOG.log(System.Logger.Level.ERROR, "a request of " + key + " that waited threw when it was answered", e);
        }
    }

    /// Whether a copy of that many bytes is of use.
    boolean wants(Flight flight, long bytes) {
        boolean fits = bytes <= maxBytes() && bytes <= LARGEST_ENTRY;
        return (fits && !closed) || flights.isFollowed(flight);
    }

    /// Keeps the answer if there is room, and gives it to all who waited.
    void land(Flight flight, StoredReply reply) {
        store(flight.key(), reply);
        for (Pending follower : flights.land(flight)) {
            stats.joined();
            tell(follower, waiting -> answer(waiting, reply));
        }
    }

    private void store(RequestKey request, StoredReply reply) {
        if (!closed && reply.bytes() <= LARGEST_ENTRY) {
            stored.put(request, reply);
        }
        if (closed) {
            stored.invalidateAll();
        }
    }

    /// Tells all who waited that the model cannot answer this.
    void crash(Flight flight, ErrorCode code, String message) {
        for (Pending follower : flights.land(flight)) {
            tell(follower, waiting -> fail(waiting, code, message));
        }
    }

    // Counted before the lease goes: with the last lease, the version goes, and its counters.
    private void answer(Pending pending, StoredReply reply) {
        observer.cached(key, pending.rows(), clock.nanoTime() - pending.arrivedNanos());
        pending.lease().close();
        pending.sink().reply(reply.reply(key));
    }

    private void fail(Pending pending, ErrorCode code, String message) {
        observer.finished(key, code, 0, clock.nanoTime() - pending.arrivedNanos(), 0);
        pending.lease().close();
        pending.sink().fail(code, message);
    }

    private static @Nullable ServingException refusal(Pending pending, long nowNanos) {
        if (pending.sink().abandoned()) {
            return new ServingException(ErrorCode.CANCELLED, "the caller went away before the model ran");
        }
        return pending.expired(nowNanos)
                ? new ServingException(ErrorCode.DEADLINE_EXCEEDED, "Request timeout expired")
                : null;
    }

    /// Answers those who wait and whose time is up, or whose callers went away.
    ///
    /// @return whether it must be looked at again soon
    boolean tick(long nowNanos) {
        List<Pending> leaving = flights.remove(follower -> refusal(follower, nowNanos) != null);
        for (Pending follower : leaving) {
            ServingException refusal = refusal(follower, nowNanos);
            if (refusal != null) {
                tell(follower, waiting -> fail(waiting, refusal.code(), refusal.reason()));
            }
        }
        return flights.hasFollowers();
    }

    /// Forgets everything, and keeps nothing any more.
    void close() {
        closed = true;
        stored.invalidateAll();
    }
}
