package dev.penstock.router.simulation;

import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/// Runs that know nothing of one another, each by its own seed, on all processors. What comes out is the same
/// on one.
final class Seeds {
    private Seeds() {}

    /// @param run of a number from 0 on; any thread. Returns no more than is needed, as that is kept until
    ///     all are done
    /// @return in the order of their numbers
    static <T> List<T> each(int count, IntFunction<T> run) {
        return IntStream.range(0, count).parallel().mapToObj(run).toList();
    }
}
