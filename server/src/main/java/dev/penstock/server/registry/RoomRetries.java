package dev.penstock.server.registry;

import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.DoubleSupplier;

/// Which models there was no room for all versions of, and when to see whether there is: later and later. Time
/// is passed in. Not thread-safe.
final class RoomRetries {
    private final RetryDelays delays;
    private final DoubleSupplier random;
    private final Map<String, Refusals> refused = new TreeMap<>();

    private record Refusals(SortedSet<Long> versions, int count, long dueNanos) {}

    /// @param random from 0 to 1
    RoomRetries(RetryDelays delays, DoubleSupplier random) {
        this.delays = delays;
        this.random = random;
    }

    /// There was no room for those versions of it, once more.
    void refused(String model, SortedSet<Long> versions, long nowNanos) {
        Refusals before = refused.get(model);
        int count = before == null ? 1 : before.count() + 1;
        long dueNanos = nowNanos + delays.nanos(count, random.getAsDouble());
        refused.put(model, new Refusals(new TreeSet<>(versions), count, dueNanos));
    }

    /// Which versions of it there was no room for.
    SortedSet<Long> versions(String model) {
        Refusals last = refused.get(model);
        return last == null ? new TreeSet<>() : new TreeSet<>(last.versions());
    }

    /// It is not to be tried again, or is another by now.
    void forget(String model) {
        refused.remove(model);
    }

    /// What is to be tried again, by name.
    List<String> due(long nowNanos) {
        return refused.entrySet().stream()
                .filter(entry -> entry.getValue().dueNanos() - nowNanos <= 0)
                .map(Map.Entry::getKey)
                .toList();
    }
}
