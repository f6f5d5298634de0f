package dev.penstock.server.monitoring;

import dev.penstock.core.ModelKey;
import dev.penstock.monitor.drift.Alarm;
import dev.penstock.monitor.drift.DriftChange;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/// The alerts that are active, at most one of each version, and the last ones that were. Not thread-safe.
public final class Alerts {
    /// Past alerts that are kept.
    static final int MOST = 256;

    private final Map<ModelKey, Alert> active = new LinkedHashMap<>();
    private final Deque<Alert> past = new ArrayDeque<>();

    void add(ModelKey key, DriftChange told, long nowMillis) {
        if (told.change() == Alarm.Change.CLEARED) {
            end(key, nowMillis);
            return;
        }
        raise(
                key,
                nowMillis,
                raised -> new Alert(
                        Alert.Kind.DRIFT,
                        key,
                        told.status(),
                        raised,
                        0,
                        told.fromMillis(),
                        told.rows(),
                        told.share(),
                        told.features(),
                        told.cause()));
    }

    /// Something is to be known of a version, or what was is worse, or about something else.
    ///
    /// @param alert as it is now, by the time since when somebody was to know
    public void raise(ModelKey key, long nowMillis, LongFunction<Alert> alert) {
        Alert before = active.get(key);
        active.put(key, alert.apply(before == null ? nowMillis : before.raisedMillis()));
    }

    /// Those of versions that are not watched any more are over.
    void keep(Set<ModelKey> watched, long nowMillis) {
        for (ModelKey key : List.copyOf(active.keySet())) {
            if (!watched.contains(key)) {
                end(key, nowMillis);
            }
        }
    }

    /// What was to be known of a version is over, if there was something.
    public void end(ModelKey key, long nowMillis) {
        @Nullable Alert ended = active.remove(key);
        if (ended == null) {
            return;
        }
        if (past.size() >= MOST) {
            past.removeLast();
        }
        past.addFirst(ended.cleared(nowMillis));
    }

    /// Whether something is to be known of a version.
    boolean isActive(ModelKey key) {
        return active.containsKey(key);
    }

    /// As they were raised.
    List<Alert> active() {
        return List.copyOf(active.values());
    }

    /// The active ones as they were raised, then those that are over, the last one first.
    public List<Alert> all() {
        List<Alert> all = new ArrayList<>(active.values());
        all.addAll(past);
        return all;
    }
}
