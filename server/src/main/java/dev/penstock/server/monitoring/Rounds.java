package dev.penstock.server.monitoring;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.ModelKey;
import dev.penstock.core.ServingException;
import dev.penstock.monitor.drift.DriftChange;
import dev.penstock.monitor.recording.VersionRecording;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Looks at all versions, a round at a time, and at one when somebody asks; knows what was told of each. Its
/// clock is what it was told last, and never goes back. Not thread-safe: its owner's lock is held. Waits for
/// nothing.
final class Rounds {
    private static final System.Logger LOG = System.getLogger(Rounds.class.getName());

    private final Supplier<List<VersionRecording>> open;
    private final MonitoringSettings settings;
    private final Baselines baselines;
    private final Watches watches;

    /// Null if no other server counts answers of the same versions.
    private final @Nullable SharedCounts shared;

    private final Budget budget;

    /// Those of which it was said that they cannot be watched.
    private final Set<ModelKey> troubled = new HashSet<>();

    private final DriftAlerts alerts = new DriftAlerts();
    private long nowMillis;

    /// When all were looked at that had anything new.
    private long tickedMillis;

    /// @param open the recordings of all loaded versions, the oldest first
    Rounds(
            Supplier<List<VersionRecording>> open,
            MonitoringSettings settings,
            Baselines baselines,
            Watches watches,
            @Nullable SharedCounts shared,
            Budget budget) {
        this.open = open;
        this.settings = settings;
        this.baselines = baselines;
        this.watches = watches;
        this.shared = shared;
        this.budget = budget;
    }

    long nowMillis() {
        return nowMillis;
    }

    /// Takes snapshots, learns, and judges what is due, of versions that have anything new; of the others
    /// once a minute, not all at once.
    ///
    /// @param atMillis since 1970; one before an earlier one counts as that
    /// @return whether any was looked at
    boolean look(long atMillis) {
        list(atMillis);
        baselines.tick(nowMillis);
        keep();
        if (shared != null) {
            shared.take(watches, nowMillis);
        }
        List<VersionWatch> due = new ArrayList<>();
        for (VersionWatch watch : watches.all()) {
            if (watch.isDue(nowMillis)) {
                observe(watch);
                due.add(watch);
            }
        }
        due.forEach(this::watch);
        budget.share(due, watches.keys(), nowMillis);
        due.forEach(this::conclude);
        tickedMillis = nowMillis;
        share(due);
        return !due.isEmpty();
    }

    /// Has other servers know what was counted here, and one of them all tell of drift.
    private void share(List<VersionWatch> due) {
        SharedCounts all = shared;
        if (all == null) {
            return;
        }
        for (VersionWatch watch : due) {
            all.offer(watch, nowMillis, false);
        }
        all.exchange(nowMillis);
        alerts.settle(all::tells, nowMillis);
    }

    private boolean tells(ModelKey key) {
        return shared == null || shared.tells(key);
    }

    /// Knows which versions are loaded now.
    private void list(long atMillis) {
        nowMillis = Math.max(nowMillis, atMillis);
        watches.list(open.get(), tickedMillis, nowMillis);
        forget();
    }

    /// Those that are gone, and are not asleep, are watched no more.
    private void keep() {
        watches.keep(tickedMillis, nowMillis);
        forget();
    }

    private void forget() {
        troubled.retainAll(watches.keys());
        alerts.keep(watches.keys(), nowMillis);
    }

    private void observe(VersionWatch watch) {
        watch.rest(tickedMillis);
        watch.observe(nowMillis);
    }

    private void watch(VersionWatch watch) {
        try {
            learn(watch);
            DriftChange told = watch.look(nowMillis);
            if (told != null) {
                alerts.changed(watch.key(), told, tells(watch.key()), nowMillis);
            }
            if (!watch.isAlarmed()) {
                // Held against something else, what was told is over without a look that says so.
                alerts.end(watch.key(), nowMillis);
            }
        } catch (RuntimeException e) {
            failed(watch, e);
        }
    }

    private void learn(VersionWatch watch) {
        Baseline learnt = watches.learn(watch, nowMillis);
        if (learnt != null) {
            baselines.learnt(watch.key(), learnt);
        }
    }

    private void conclude(VersionWatch watch) {
        try {
            watch.conclude(nowMillis);
        } catch (RuntimeException e) {
            failed(watch, e);
        }
    }

    // Whatever one version does to it, the others are watched on. It would be said every second.
    private void failed(VersionWatch watch, RuntimeException why) {
        if (troubled.add(watch.key())) {
            LOG.log(System.Logger.Level.ERROR, watch.key() + " cannot be watched", why);
        }
    }

    /// How many versions are watched.
    int size() {
        return watches.keys().size();
    }

    /// Every version as it was after its last look.
    List<Watched> lastShown() {
        return watches.all().stream().map(VersionWatch::lastShown).toList();
    }

    boolean isWatched(ModelKey key) {
        return watches.of(key) != null;
    }

    /// One version now.
    ///
    /// @throws ServingException if it is not loaded, or nothing of it is monitored
    Watched shown(ModelKey key, long atMillis) {
        return observed(key, atMillis).shown();
    }

    /// A window of a version, up to now.
    ///
    /// @param length null for the usual one
    /// @param against that for once instead of what it is held against; null for that
    /// @throws ServingException if the version is not loaded, nothing of it is monitored, or it counts by
    ///     other bins than `against`
    Evaluation evaluation(ModelKey key, @Nullable Duration length, @Nullable Baseline against, long atMillis) {
        Duration asked = length == null ? settings.window() : length;
        VersionWatch watch = observed(key, atMillis);
        Evaluation evaluation =
                against == null ? watch.evaluation(asked, nowMillis) : watch.evaluation(asked, nowMillis, against);
        // With who counted it.
        return shared == null ? evaluation : evaluation.with(shared.replicas(watch, evaluation.length(), nowMillis));
    }

    /// As it is now, and so is what it is held against.
    private VersionWatch observed(ModelKey key, long atMillis) {
        list(atMillis);
        VersionWatch watch = watches.of(key);
        if (watch == null) {
            throw new ServingException(
                    ErrorCode.NOT_FOUND, "%s is not monitored (expected: a version that is loaded)".formatted(key));
        }
        VersionWatch champion = watch.champion();
        if (champion != null) {
            observe(champion);
        }
        observe(watch);
        return watch;
    }

    /// Of drift the active ones, then some that are over, the last one first.
    List<Alert> alerts() {
        return alerts.all();
    }

    List<Alert> activeAlerts() {
        return alerts.active();
    }

    /// Has a version held against that from now on, if it is watched; what was told of it is over.
    void hold(ModelKey key, Baseline usual) {
        watches.hold(key, usual, nowMillis);
        alerts.end(key, nowMillis);
    }

    /// The same unless it is already.
    void follow(ModelKey key, Baseline usual) {
        VersionWatch watch = watches.of(key);
        if (watch != null && !watch.has(usual)) {
            hold(key, usual);
        }
    }

    /// Has other servers know what was counted here last.
    void leave() {
        if (shared != null) {
            shared.close(watches, nowMillis);
        }
    }
}
