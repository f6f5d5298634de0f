package dev.penstock.server.feedback;

import dev.penstock.core.ModelKey;
import dev.penstock.monitor.drift.DriftStatus;
import dev.penstock.server.monitoring.Alert;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Alerts about quality that are active, at most one of each version, and the last ones that were. Not
/// thread-safe.
final class QualityAlerts {
    /// Past alerts that are kept.
    private static final int MOST = 256;

    /// Instead of the features of alerts about drift.
    private static final List<String> FEATURES = List.of("quality:accuracy");

    private final Map<ModelKey, Alert> active = new LinkedHashMap<>();
    private final Deque<Alert> past = new ArrayDeque<>();

    /// @param sinceMillis when the labels began that raised it, or made it worse
    /// @param labels how many those were
    void raise(ModelKey key, DriftStatus severity, long sinceMillis, long labels, long nowMillis) {
        Alert before = active.get(key);
        long raised = before == null ? nowMillis : before.raisedMillis();
        active.put(key, new Alert(Alert.Kind.QUALITY, key, severity, raised, 0, sinceMillis, labels, 1, FEATURES));
    }

    void end(ModelKey key, long nowMillis) {
        Alert ended = active.remove(key);
        if (ended == null) {
            return;
        }
        if (past.size() >= MOST) {
            past.removeLast();
        }
        past.addFirst(ended.cleared(nowMillis));
    }

    List<Alert> all() {
        List<Alert> all = new ArrayList<>(active.values());
        all.addAll(past);
        return all;
    }
}
