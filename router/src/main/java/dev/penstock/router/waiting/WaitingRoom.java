package dev.penstock.router.waiting;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.penstock.core.Check;
import dev.penstock.core.ErrorCode;
import dev.penstock.core.InferenceRequest;
import dev.penstock.core.ModelKey;
import dev.penstock.core.NanoClock;
import dev.penstock.core.ReplySink;
import dev.penstock.core.ServingException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Where requests wait until their version is in memory: a bounded number, each until its own deadline at
/// most. The first that comes for a version has it loaded, all who come until that is done wait for the same
/// load, and if it fails, all of them are told why.
///
/// Thread-safe, never blocks, and calls nobody while it holds its lock but to ask whether a caller went away.
/// Owns a thread, `on-demand-ticker`, from the first request that waits.
public final class WaitingRoom implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(WaitingRoom.class.getName());

    private final Settings settings;
    private final LateTicker ticker;
    private final ReentrantLock lock = new ReentrantLock();

    /// Of each version that is being loaded, who waits for it: perhaps nobody any more.
    @GuardedBy("lock")
    private final Map<ModelKey, List<Guest>> guests = new HashMap<>();

    @GuardedBy("lock")
    private int waiting;

    @GuardedBy("lock")
    private boolean closed;

    public WaitingRoom(Settings settings, NanoClock clock) {
        this.settings = settings;
        this.ticker = new LateTicker("on-demand-ticker", this::tick, clock);
    }

    /// @param maxWaiting how many requests may wait, of all versions together
    /// @param maxWait how long one may that has no earlier deadline
    public record Settings(int maxWaiting, Duration maxWait) {
        public static final Settings STANDARD = new Settings(1000, Duration.ofSeconds(60));

        public Settings {
            Check.argument(maxWaiting > 0, "maxWaiting: %d (expected: > 0)", maxWaiting);
            Check.argument(maxWait.isPositive(), "maxWait: %s (expected: > 0s)", maxWait);
        }
    }

    /// What becomes of requests that waited. Neither may block.
    public interface Host {
        /// Its version is there: it may be routed anew.
        void goOn(InferenceRequest request, ReplySink sink, long arrivedNanos);

        /// It has waited in vain.
        void refuse(ModelKey key, ServingException why, ReplySink sink, long arrivedNanos);
    }

    private record Guest(ModelKey key, InferenceRequest request, ReplySink sink, long arrivedNanos, Host host) {
        void refuse(ServingException why) {
            host.refuse(key, why, sink, arrivedNanos);
        }
    }

    /// Takes a request in, whose host is told what becomes of it, perhaps before this returns.
    ///
    /// @param arrivedNanos when its wait began
    public void enter(OnDemandVersion version, InferenceRequest request, ReplySink sink, long arrivedNanos, Host host) {
        Guest guest = new Guest(version.key(), request, sink, arrivedNanos, host);
        ServingException refusal = null;
        boolean first = false;
        lock.lock();
        try {
            if (closed) {
                refusal = new ServingException(ErrorCode.NOT_READY, "the server is stopping");
            } else if (waiting >= settings.maxWaiting()) {
                refusal = new ServingException(
                        ErrorCode.OVERLOADED,
                        "%d requests wait already for models to be loaded (expected: fewer than on-demand.max-waiting)"
                                .formatted(waiting));
            } else {
                List<Guest> others = guests.get(guest.key());
                first = others == null;
                guests.computeIfAbsent(guest.key(), any -> new ArrayList<>()).add(guest);
                waiting++;
                ticker.start();
            }
        } finally {
            lock.unlock();
        }
        if (refusal != null) {
            guest.refuse(refusal);
            return;
        }
        ticker.wake();
        if (first) {
            version.wake(new Asker(guest.key()));
        }
    }

    /// How many requests wait now.
    public int waiting() {
        lock.lock();
        try {
            return waiting;
        } finally {
            lock.unlock();
        }
    }

    /// All who wait for a version.
    private final class Asker implements OnDemandVersion.Asker {
        private final ModelKey key;

        Asker(ModelKey key) {
            this.key = key;
        }

        @Override
        public void told(@Nullable ServingException failure) {
            for (Guest guest : takeAll(key)) {
                if (failure == null) {
                    goOn(guest);
                } else {
                    refuse(guest, failure);
                }
            }
        }

        @Override
        public boolean stillWants() {
            return isAwaited(key);
        }
    }

    /// Who comes after it said no is the first again.
    private boolean isAwaited(ModelKey key) {
        lock.lock();
        try {
            List<Guest> some = guests.get(key);
            if (some != null && some.isEmpty()) {
                guests.remove(key);
            }
            return guests.containsKey(key);
        } finally {
            lock.unlock();
        }
    }

    private static void goOn(Guest guest) {
        try {
            guest.host().goOn(guest.request(), guest.sink(), guest.arrivedNanos());
        } catch (RuntimeException | Error e) {
            LOG.log(System.Logger.Level.ERROR, "a request that waited for " + guest.key() + " failed", e);
            refuse(guest, new ServingException(ErrorCode.INTERNAL, "the request failed; see the log"));
        }
    }

    /// What one does not bear is nothing to the others.
    private static void refuse(Guest guest, ServingException why) {
        try {
            guest.refuse(why);
        } catch (RuntimeException | Error e) {
            LOG.log(System.Logger.Level.ERROR, "refusing a request for " + guest.key() + " failed", e);
        }
    }

    private List<Guest> takeAll(ModelKey key) {
        lock.lock();
        try {
            List<Guest> all = guests.remove(key);
            if (all == null) {
                return List.of();
            }
            waiting -= all.size();
            return all;
        } finally {
            lock.unlock();
        }
    }

    private boolean tick(long nowNanos) {
        List<Guest> leaving = new ArrayList<>();
        boolean again;
        lock.lock();
        try {
            for (List<Guest> some : guests.values()) {
                some.removeIf(guest -> isLate(guest, nowNanos) && leaving.add(guest));
            }
            waiting -= leaving.size();
            again = waiting > 0;
        } finally {
            lock.unlock();
        }
        leaving.forEach(guest -> refuse(guest, lateness(guest, nowNanos)));
        return again;
    }

    private boolean isLate(Guest guest, long nowNanos) {
        return isExpired(guest, nowNanos) || isAbandoned(guest) || hasWaitedLong(guest, nowNanos);
    }

    private static boolean isAbandoned(Guest guest) {
        try {
            return guest.sink().abandoned();
        } catch (RuntimeException | Error e) {
            LOG.log(System.Logger.Level.ERROR, "nobody knows whether a caller of " + guest.key() + " is there", e);
            return true;
        }
    }

    private static boolean isExpired(Guest guest, long nowNanos) {
        long timeoutNanos = guest.request().timeoutNanos();
        return guest.request().expired(nowNanos)
                || (timeoutNanos > 0 && nowNanos - guest.arrivedNanos() >= timeoutNanos);
    }

    private boolean hasWaitedLong(Guest guest, long nowNanos) {
        return nowNanos - guest.arrivedNanos() >= settings.maxWait().toNanos();
    }

    private ServingException lateness(Guest guest, long nowNanos) {
        if (isAbandoned(guest)) {
            return new ServingException(ErrorCode.CANCELLED, "the caller went away");
        }
        if (isExpired(guest, nowNanos)) {
            return new ServingException(ErrorCode.DEADLINE_EXCEEDED, "Request timeout expired");
        }
        return new ServingException(
                ErrorCode.NOT_READY,
                "model '%s' version %d was not loaded within on-demand.max-wait, %s"
                        .formatted(guest.key().name(), guest.key().version(), settings.maxWait()));
    }

    /// Refuses whoever waits and ends its thread.
    @Override
    public void close() {
        List<Guest> left = new ArrayList<>();
        lock.lock();
        try {
            closed = true;
            guests.values().forEach(left::addAll);
            guests.clear();
            waiting = 0;
        } finally {
            lock.unlock();
        }
        left.forEach(guest -> refuse(guest, new ServingException(ErrorCode.NOT_READY, "the server is stopping")));
        ticker.close();
    }
}
