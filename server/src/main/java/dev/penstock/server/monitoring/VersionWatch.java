package dev.penstock.server.monitoring;

import dev.penstock.core.ModelKey;
import dev.penstock.monitor.drift.Alarm;
import dev.penstock.monitor.drift.Drift;
import dev.penstock.monitor.drift.DriftReport;
import dev.penstock.monitor.drift.DriftStatus;
import dev.penstock.monitor.drift.FeatureDrift;
import dev.penstock.monitor.recording.Cumulative;
import dev.penstock.monitor.recording.MonitorPlan;
import dev.penstock.monitor.recording.VersionRecording;
import dev.penstock.monitor.recording.Window;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Watches one version: its counts, its baseline, its windows, and whether somebody is to be told. Not
/// thread-safe.
///
/// A new plan begins everything but the baseline anew, and so does a baseline that was learnt: its own rows
/// are none of the windows that are held against it.
final class VersionWatch {
    /// What the index has to stay below for an alarm to be cleared, of what raises one.
    private static final double CALM_PART = 0.8;

    private final ModelKey key;
    private final MonitoringSettings settings;
    private final Copies copies;
    private @Nullable Baseline baseline;
    private String baselineId;
    private @Nullable Counted counted;
    private Alarm alarm = Alarm.SILENT;
    private List<Evaluation> evaluations = List.of();

    /// @param usual what the version is held against, null if nobody said
    VersionWatch(ModelKey key, MonitoringSettings settings, @Nullable Baseline usual) {
        this.key = key;
        this.settings = settings;
        this.baseline = usual;
        this.baselineId = usual == null ? "" : usual.id();
        this.copies = new Copies(key, settings);
        if (usual != null) {
            copies.know(usual.known());
        }
    }

    /// A change of the alarm, and the report that made it.
    record Told(Alarm.Change change, DriftStatus status, DriftReport report, Window window) {}

    ModelKey key() {
        return key;
    }

    /// What it takes while no copy is loaded: a copy's own bytes have room for the windows.
    long bytesAsleep() {
        Counted now = counted;
        return now == null ? 0 : now.plan().bytes(0);
    }

    /// Whether its model has answered since it is watched: of another there is nothing to keep.
    boolean hasCounts() {
        return counted != null;
    }

    /// Takes what its copies have counted.
    ///
    /// @param open copies of the version that are loaded, the oldest first
    void observe(List<VersionRecording> open, long nowMillis) {
        copies.observe(open, nowMillis);
        MonitorPlan plan = copies.plan();
        Counted now = counted;
        // Of a version that is asleep, or has not answered since, what was counted before stands.
        if (plan != null && (now == null || !now.plan().id().equals(plan.id()))) {
            begin(plan, false, nowMillis);
        }
        if (counted != null) {
            copies.putInto(counted.windows(), nowMillis);
        }
    }

    /// @param anew whether what was counted by the plan so far is none of the windows
    private void begin(MonitorPlan plan, boolean anew, long nowMillis) {
        counted = new Counted(plan, baseline == null ? null : baseline.by(plan), settings.kept(), nowMillis);
        copies.begin(plan, anew, nowMillis);
        evaluations = List.of();
    }

    /// Learns edges, and what is usual, where that is not known.
    ///
    /// @return a baseline that was learnt just now
    @Nullable
    Baseline learn(long nowMillis) {
        copies.learn();
        Counted now = counted;
        if (now == null || baseline != null || phase() != Watched.Phase.COLLECTING) {
            return null;
        }
        Cumulative total = copies.total(now.plan());
        if (total.recorded() < settings.baselineRows()) {
            return null;
        }
        Baseline learnt = Baseline.of(key.name(), Baseline.Origin.LEARNED, total, nowMillis);
        baseline = learnt;
        baselineId = learnt.id();
        begin(now.plan(), true, nowMillis);
        return learnt;
    }

    /// Has the version held against that from now on.
    void hold(Baseline usual, long nowMillis) {
        baseline = usual;
        baselineId = usual.id();
        copies.know(usual.known());
        alarm = Alarm.SILENT;
        MonitorPlan plan = copies.plan();
        Counted now = counted;
        if (plan != null && now != null && now.plan().id().equals(plan.id())) {
            counted = now.heldAgainst(usual.by(plan));
        } else if (plan != null) {
            begin(plan, false, nowMillis);
        }
    }

    /// Ends a sub-window if it is over. Looks at what came since the last look, so that no row is looked at
    /// twice; where there are too few rows to say anything, it waits for more, at most for a window's time.
    ///
    /// @return what somebody is to be told, null if nothing
    @Nullable
    Told look(long nowMillis) {
        Counted now = counted;
        if (now == null) {
            return null;
        }
        Window unseen = now.close(nowMillis);
        Cumulative usual = now.baseline();
        if (unseen == null || usual == null) {
            return null;
        }
        DriftReport report = Drift.of(usual, unseen.counts(), settings.rules());
        boolean old =
                unseen.toMillis() - unseen.fromMillis() >= settings.window().toMillis();
        if (report.status() != DriftStatus.INSUFFICIENT || old) {
            now.looked();
        }
        alarm = alarm.next(report.status(), isCalm(report));
        return alarm.change() == Alarm.Change.NONE ? null : new Told(alarm.change(), alarm.raised(), report, unseen);
    }

    private boolean isCalm(DriftReport report) {
        for (FeatureDrift feature : report.features()) {
            if (feature.distribution().psiCorrected()
                    > CALM_PART * settings.rules().warnPsi()) {
                return false;
            }
        }
        return true;
    }

    void evaluate(long nowMillis) {
        List<Evaluation> all = new ArrayList<>();
        for (Duration length : settings.windows()) {
            all.add(evaluation(length, nowMillis));
        }
        evaluations = all;
    }

    /// Of the last time of that length, up to the last snapshots.
    Evaluation evaluation(Duration length, long nowMillis) {
        Counted now = counted;
        if (now == null) {
            return new Evaluation(length, null, null);
        }
        Window window = now.windows().last(length, nowMillis);
        Cumulative usual = now.baseline();
        DriftReport report = usual == null ? null : Drift.of(usual, window.counts(), settings.rules());
        return new Evaluation(length, window, report);
    }

    private Watched.Phase phase() {
        Counted now = counted;
        if (now == null) {
            return Watched.Phase.WAITING;
        }
        if (now.baseline() != null) {
            return Watched.Phase.WATCHING;
        }
        return copies.isLearning() ? Watched.Phase.LEARNING : Watched.Phase.COLLECTING;
    }

    /// All that was counted by the version's plan; null before there is one.
    @Nullable
    Cumulative total() {
        Counted now = counted;
        return now == null ? null : copies.total(now.plan());
    }

    Copies copies() {
        return copies;
    }

    Watched shown() {
        Counted now = counted;
        Baseline usual = baseline;
        Cumulative total = total();
        long collected = total == null || phase() != Watched.Phase.COLLECTING ? 0 : total.recorded();
        return new Watched(
                key,
                phase(),
                total,
                now == null ? null : now.baseline(),
                baselineId,
                usual == null ? collected : usual.rows(),
                evaluations,
                1.0 / (double) (1L << copies.shift()),
                copies.bytes(),
                copies.note());
    }
}
