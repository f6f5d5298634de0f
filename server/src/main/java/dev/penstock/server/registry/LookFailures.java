package dev.penstock.server.registry;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.DoubleSupplier;

/// Which models something went wrong with that nobody expected, and when to try again: later and later. Time is
/// passed in. Not thread-safe.
final class LookFailures {
    private final RetryDelays delays;
    private final DoubleSupplier random;
    private final Map<String, Failure> failed = new TreeMap<>();

    private record Failure(String error, int count, long dueNanos) {}

    /// @param random from 0 to 1
    LookFailures(RetryDelays delays, DoubleSupplier random) {
        this.delays = delays;
        this.random = random;
    }

    /// It went wrong, once more.
    ///
    /// @return whether it is another error than the last time
    boolean failed(String model, String error, long nowNanos) {
        Failure before = failed.get(model);
        int count = before == null ? 1 : before.count() + 1;
        failed.put(model, new Failure(error, count, nowNanos + delays.nanos(count, random.getAsDouble())));
        return before == null || !before.error().equals(error);
    }

    /// It went well, or is another by now.
    void forget(String model) {
        failed.remove(model);
    }

    /// Only those are still to be tried.
    void keepOnly(Collection<String> models) {
        failed.keySet().retainAll(models);
    }

    /// Whether it may be tried now: nothing went wrong with it, or long enough ago.
    boolean mayTry(String model, long nowNanos) {
        Failure last = failed.get(model);
        return last == null || last.dueNanos() - nowNanos <= 0;
    }

    /// What went wrong long enough ago, by name.
    List<String> due(long nowNanos) {
        return failed.keySet().stream().filter(model -> mayTry(model, nowNanos)).toList();
    }
}
