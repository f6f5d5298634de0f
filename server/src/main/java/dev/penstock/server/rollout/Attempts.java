package dev.penstock.server.rollout;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What this server tried to record of what it counts itself, and does not know whether it did: an answer may
/// be lost though it was written. The recorded state has the number of the one that was. Not thread-safe: its
/// owner's lock is held.
final class Attempts {
    /// Most of an hour without a record would be more; of those in the middle none was written.
    private static final int MOST = 64;

    private final TreeMap<Long, Attempt> open = new TreeMap<>();

    private record Attempt(Since.@Nullable Mark counted, List<Notice> events) {}

    /// @param number greater than any before
    /// @param counted up to which is in it; null if nothing is
    /// @param events that are recorded with it, or that others recorded and are told of once it is
    void add(long number, Since.@Nullable Mark counted, List<Notice> events) {
        open.put(number, new Attempt(counted, List.copyOf(events)));
        if (open.size() > MOST) {
            open.remove(open.higherKey(open.firstKey()));
        }
    }

    /// Up to which what was counted is recorded, if that number is.
    ///
    /// @return null if none of these was written. Of one that is not known any more, what came after it:
    ///     counts are rather lost than twice there
    Since.@Nullable Mark recorded(long number) {
        if (open.isEmpty() || number < open.firstKey()) {
            return null;
        }
        Map.Entry<Long, Attempt> at = open.ceilingEntry(number);
        return at == null ? null : at.getValue().counted();
    }

    /// What is to be told of, if that number is recorded.
    List<Notice> events(long number) {
        Attempt attempt = open.get(number);
        return attempt == null ? List.of() : attempt.events();
    }

    /// It is known what is recorded.
    void clear() {
        open.clear();
    }
}
