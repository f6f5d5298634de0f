package dev.penstock.core;

import java.util.Collections;
import java.util.List;

/// The priority levels of a model's queue, the most urgent first.
///
/// @param policies of each level, at least one
/// @param standard the level of requests that name none or one that does not exist, from 1
public record QueueLevels(List<QueuePolicy> policies, int standard) {
    /// One level, without limits of its own.
    public static final QueueLevels ONE = of(1, 1);

    public QueueLevels {
        policies = List.copyOf(policies);
        Check.argument(!policies.isEmpty(), "policies: %d (expected: > 0)", policies.size());
        Check.argument(
                standard > 0 && standard <= policies.size(),
                "standard: %d (expected: 1..%d)",
                standard,
                policies.size());
    }

    /// Levels without limits of their own.
    public static QueueLevels of(int levels, int standard) {
        return new QueueLevels(Collections.nCopies(levels, QueuePolicy.STANDARD), standard);
    }

    public int count() {
        return policies.size();
    }

    /// @param priority as a request names it, from 1; 0 if it does not
    /// @return an index, from 0
    public int indexOf(int priority) {
        return (priority < 1 || priority > policies.size() ? standard : priority) - 1;
    }

    /// @param index from 0
    public QueuePolicy policy(int index) {
        return policies.get(index);
    }
}
