package dev.penstock.server.alerting;

import dev.penstock.monitor.drift.DriftStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What an Alertmanager is to know, and when it is told next: all that is active, again and again, since it
/// forgets what is not repeated, and what is over until it has heard so. Not thread-safe.
final class ManagedAlerts {
    static final Duration REPEAT = Duration.ofMinutes(1);

    /// For how long it believes what it was told.
    static final Duration VALID = REPEAT.multipliedBy(4);

    private final Backoff backoff;
    private final Map<Label, Told> told = new LinkedHashMap<>();
    private boolean changed;
    private int failures;
    private long dueMillis;

    /// What it tells alerts apart by: one that gets worse is another one.
    record Label(Concern.Subject subject, DriftStatus severity) {}

    /// @param endsMillis 0 while it is active
    record Told(Concern concern, long endsMillis) {}

    ManagedAlerts(Backoff backoff) {
        this.backoff = backoff;
    }

    /// @param active all concerns that are to be known, at most one of a subject
    void see(List<Concern> active, long nowMillis) {
        Map<Label, Concern> now = new HashMap<>();
        for (Concern concern : active) {
            now.put(new Label(concern.subject(), concern.severity()), concern);
        }
        // By itself it forgets, too.
        told.values().removeIf(one -> one.endsMillis() != 0 && nowMillis - one.endsMillis() > VALID.toMillis());
        for (Label label : List.copyOf(told.keySet())) {
            if (!now.containsKey(label)) {
                Told before = told.get(label);
                if (before != null && before.endsMillis() == 0) {
                    told.put(label, new Told(before.concern(), nowMillis));
                    changed = true;
                }
            }
        }
        now.forEach((label, concern) -> {
            Told before = told.put(label, new Told(concern, 0));
            changed |= before == null || !before.equals(new Told(concern, 0));
        });
    }

    /// What to tell it now; none if nothing is due.
    List<Told> due(long nowMillis) {
        boolean asked = changed && failures == 0;
        return asked || nowMillis - dueMillis >= 0 ? new ArrayList<>(told.values()) : List.of();
    }

    long dueMillis() {
        if (told.isEmpty()) {
            return Long.MAX_VALUE;
        }
        return changed && failures == 0 ? Long.MIN_VALUE : dueMillis;
    }

    void accepted(List<Told> batch, long nowMillis) {
        Set<Told> over = new HashSet<>(batch);
        told.values().removeIf(one -> one.endsMillis() != 0 && over.contains(one));
        changed = !over.containsAll(told.values());
        failures = 0;
        dueMillis = nowMillis + REPEAT.toMillis();
    }

    void failed(long nowMillis, long leastMillis) {
        failures++;
        // Never so late that it forgets for want of being told.
        long pause = Math.min(Math.max(backoff.millis(failures), leastMillis), REPEAT.toMillis());
        dueMillis = nowMillis + pause;
    }

    /// Those that it does not know of yet, or no longer for sure.
    int waiting() {
        return changed || failures > 0 ? told.size() : 0;
    }
}
