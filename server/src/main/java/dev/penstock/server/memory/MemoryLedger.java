package dev.penstock.server.memory;

import com.google.errorprone.annotations.CheckReturnValue;
import com.google.errorprone.annotations.MustBeClosed;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.penstock.core.Check;
import dev.penstock.core.ModelKey;
import dev.penstock.core.NanoClock;
import dev.penstock.server.memory.Holding.Hold;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Who holds how much of the memory for models. Thread-safe, but that only one thread may load at a time:
/// what it was told of the room must still be true when it takes it.
public final class MemoryLedger {
    private final long budgetBytes;
    private final NanoClock clock;
    private final ReentrantLock lock = new ReentrantLock();

    @GuardedBy("lock")
    private final Map<Long, Share> shares = new LinkedHashMap<>();

    @GuardedBy("lock")
    private long lastId;

    /// @param budgetBytes of all versions together; [MemoryBudget#NONE] for no limit
    public MemoryLedger(long budgetBytes, NanoClock clock) {
        Check.argument(budgetBytes >= 0, "budgetBytes: %d (expected: >= 0)", budgetBytes);
        this.budgetBytes = budgetBytes;
        this.clock = clock;
    }

    /// How a version in memory is used. Thread-safe.
    public interface Use {
        Hold hold();

        /// Where others may have its room.
        long lastUsedNanos();

        /// How many have it in use; may be late.
        int leases();
    }

    public long budgetBytes() {
        return budgetBytes;
    }

    /// Whether so much more fits, as of now.
    @CheckReturnValue
    public Room room(long bytes) {
        return room(bytes, holdings());
    }

    /// The same as of a moment ago, for many.
    ///
    /// @param then of [#holdings]
    @CheckReturnValue
    public Room room(long bytes, List<Holding> then) {
        return RoomPlan.decide(budgetBytes, bytes, then, clock.nanoTime());
    }

    /// Whether one that has its share, and of which more is known by now, fits beside all others, as of now.
    @CheckReturnValue
    public Room room(Share share) {
        List<Holding> others = new ArrayList<>();
        for (Share other : shares()) {
            if (other != share) {
                others.add(other.holding());
            }
        }
        return RoomPlan.decide(budgetBytes, share.footprint().bytes(), others, clock.nanoTime());
    }

    /// Notes what a version holds from here on, whether it fits or not.
    @MustBeClosed
    public Share take(ModelKey key, Footprint footprint) {
        lock.lock();
        try {
            lastId++;
            Share share = new Share(lastId, key, footprint);
            shares.put(lastId, share);
            return share;
        } finally {
            lock.unlock();
        }
    }

    /// What is held now.
    public List<Holding> holdings() {
        List<Holding> holdings = new ArrayList<>();
        for (Share share : shares()) {
            holdings.add(share.holding());
        }
        return holdings;
    }

    /// Whose memory is noted, the first that came first.
    public List<Share> shares() {
        lock.lock();
        try {
            return List.copyOf(shares.values());
        } finally {
            lock.unlock();
        }
    }

    /// What one load of a version holds until it is closed. Thread-safe.
    public final class Share implements AutoCloseable {
        private final long id;
        private final ModelKey key;
        private volatile Footprint footprint;
        private volatile @Nullable Use use;

        private Share(long id, ModelKey key, Footprint footprint) {
            this.id = id;
            this.key = key;
            this.footprint = footprint;
        }

        public ModelKey key() {
            return key;
        }

        public Footprint footprint() {
            return footprint;
        }

        public long id() {
            return id;
        }

        /// How many have it in use; may be late.
        public int leases() {
            Use asked = use;
            return asked == null ? 0 : asked.leases();
        }

        /// It is loaded; until then it is [Hold#RESIDENT].
        public void heldBy(Use version) {
            use = version;
        }

        /// It takes what was found when it was loaded.
        ///
        /// @param bytes -1 if that is not known
        public void measured(long bytes) {
            footprint = footprint.measured(bytes);
        }

        private Holding holding() {
            Use asked = use;
            return asked == null
                    ? new Holding(id, key, footprint.bytes(), Hold.RESIDENT, 0)
                    : new Holding(id, key, footprint.bytes(), asked.hold(), asked.lastUsedNanos());
        }

        /// Its memory is free. Again it does nothing.
        @Override
        public void close() {
            lock.lock();
            try {
                shares.remove(id);
            } finally {
                lock.unlock();
            }
        }
    }
}
