package dev.penstock.router.cache;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.penstock.core.batching.Batcher;
import dev.penstock.core.batching.Pending;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Which requests of a version are under way, and who waits for them. Thread-safe; calls nobody while it holds its
/// lock but to ask whether a caller went away.
final class Flights {
    private final int maxFollowers;
    private final Runnable waiting;
    private final ReentrantLock lock = new ReentrantLock();

    @GuardedBy("lock")
    private final Map<RequestKey, Flight> flights = new HashMap<>();

    @GuardedBy("lock")
    private int followers;

    /// @param maxFollowers how many requests may wait
    /// @param waiting told whenever one does
    Flights(int maxFollowers, Runnable waiting) {
        this.maxFollowers = maxFollowers;
        this.waiting = waiting;
    }

    /// What became of a request.
    sealed interface Boarding {}

    /// It waits for the one that is under way.
    record Joined() implements Boarding {}

    /// No more may wait.
    record Full() implements Boarding {}

    /// None like it is under way: its caller has it run, and lands the flight.
    record Leading(Flight flight) implements Boarding {}

    private static final Joined JOINED = new Joined();
    private static final Full FULL = new Full();

    Boarding board(RequestKey key, Pending pending, Batcher batcher) {
        lock.lock();
        try {
            Flight flight = flights.get(key);
            if (flight == null) {
                flight = new Flight(key, batcher);
                flights.put(key, flight);
                return new Leading(flight);
            }
            if (followers >= maxFollowers) {
                return FULL;
            }
            flight.followers().add(pending);
            followers++;
        } finally {
            lock.unlock();
        }
        waiting.run();
        return JOINED;
    }

    /// Ends a flight: who comes now does not meet it any more.
    ///
    /// @return those who waited, in order of arrival
    List<Pending> land(Flight flight) {
        lock.lock();
        try {
            flights.remove(flight.key(), flight);
            List<Pending> waited = List.copyOf(flight.followers());
            followers -= waited.size();
            flight.followers().clear();
            return waited;
        } finally {
            lock.unlock();
        }
    }

    /// Takes the first of those who wait; ends the flight if there is none.
    @Nullable
    Pending next(Flight flight) {
        lock.lock();
        try {
            Pending first = flight.followers().poll();
            if (first == null) {
                flights.remove(flight.key(), flight);
            } else {
                followers--;
            }
            return first;
        } finally {
            lock.unlock();
        }
    }

    boolean isFollowed(Flight flight) {
        lock.lock();
        try {
            return !flight.followers().isEmpty();
        } finally {
            lock.unlock();
        }
    }

    boolean hasFollowers() {
        lock.lock();
        try {
            return followers > 0;
        } finally {
            lock.unlock();
        }
    }

    /// Takes out of all flights who leaves.
    List<Pending> remove(Predicate<Pending> leaves) {
        List<Pending> leaving = new ArrayList<>();
        lock.lock();
        try {
            if (followers > 0) {
                for (Flight flight : flights.values()) {
                    flight.followers().removeIf(follower -> leaves.test(follower) && leaving.add(follower));
                }
                followers -= leaving.size();
            }
        } finally {
            lock.unlock();
        }
        return leaving;
    }
}
