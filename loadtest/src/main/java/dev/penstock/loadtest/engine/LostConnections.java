package dev.penstock.loadtest.engine;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.TreeMap;

/// Connections that are to be made anew, each in its own time, and why they were lost. Confined to one loop
/// while it runs.
final class LostConnections {
    private static final int MAX_REASONS = 16;
    private static final String OTHERS = "others";

    private final Deque<Connection> lost = new ArrayDeque<>();
    private final Map<String, Long> reasons = new TreeMap<>();

    void add(Connection connection, String reason) {
        lost.addLast(connection);
        boolean told = reasons.containsKey(reason) || reasons.size() < MAX_REASONS;
        reasons.merge(told ? reason : OTHERS, 1L, Long::sum);
    }

    boolean isEmpty() {
        return lost.isEmpty();
    }

    /// Begins to make those anew whose time has come.
    void connectDue(long nowNanos) {
        for (int left = lost.size(); left > 0; left--) {
            Connection connection = lost.removeFirst();
            if (connection.mayConnect(nowNanos)) {
                // It may be back here when this returns.
                connection.connect(nowNanos);
            } else {
                lost.addLast(connection);
            }
        }
    }

    /// How often each was why a connection had to be made anew.
    Map<String, Long> reasons() {
        return reasons;
    }
}
