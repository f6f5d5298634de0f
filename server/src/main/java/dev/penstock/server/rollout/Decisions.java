package dev.penstock.server.rollout;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/// How often what was decided. Thread-safe; kinds and reasons are few.
public final class Decisions {
    private final Map<Decision, LongAdder> counts = new ConcurrentHashMap<>();

    /// @param decision the event's kind
    /// @param reason a word
    public record Decision(String route, String decision, String reason) {}

    void count(String route, Notice notice) {
        counts.computeIfAbsent(new Decision(route, notice.kind(), notice.reason()), _ -> new LongAdder())
                .increment();
    }

    Map<Decision, Long> all() {
        Map<Decision, Long> all = new HashMap<>();
        counts.forEach((decision, count) -> all.put(decision, count.sum()));
        return all;
    }
}
