package dev.penstock.server.monitoring;

import dev.penstock.core.ModelKey;
import dev.penstock.core.ServingException;
import dev.penstock.monitor.drift.DriftChange;
import dev.penstock.monitor.drift.DriftLooks;
import dev.penstock.monitor.recording.Cumulative;
import dev.penstock.monitor.recording.MonitorPlan;
import dev.penstock.monitor.recording.VersionRecording;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Watches one version: its counts, its baseline, its windows, and whether somebody is to be told. Not
/// thread-safe.
///
/// A new plan begins everything but the baseline anew, and so does a baseline that was learnt: its own rows
/// are none of the windows that are held against it.
final class VersionWatch {
    private final ModelKey key;
    private final MonitoringSettings settings;
    private final Copies copies;
    private final LookTimes times;
    private final HeldTo held;
    private final WatchView view;

    /// Copies that are loaded.
    private List<VersionRecording> loaded = List.of();

    private long observedMillis = Long.MIN_VALUE;

    private @Nullable Counted counted;

    /// @param usual what the version is held against, null if nobody said
    /// @param usualOf where that is found if its model's configuration wants something else
    VersionWatch(ModelKey key, MonitoringSettings settings, @Nullable Baseline usual, UsualOf usualOf) {
        this.key = key;
        this.settings = settings;
        this.held = new HeldTo(settings, usual, usualOf);
        this.copies = new Copies(key, settings);
        this.view = new WatchView(key, settings, copies, held);
        this.times = new LookTimes(key, settings.evaluateEvery());
        if (usual != null) {
            copies.know(usual.known());
        }
    }

    ModelKey key() {
        return key;
    }

    /// What it takes while no copy is loaded: a copy's own bytes have room for the windows.
    long bytesAsleep() {
        Counted now = counted;
        return now == null ? 0 : now.plan().bytes(0);
    }

    /// It is not watched any more: gives back what it took of the memory that is shared.
    void close() {
        held.close();
    }

    /// Whether somebody was told, and it is not over.
    boolean isAlarmed() {
        Counted now = counted;
        return now != null && now.looks().raised().alarming();
    }

    /// Whether its model has answered since it is watched: of another there is nothing to keep.
    boolean hasCounts() {
        return counted != null;
    }

    /// Which copies of the version are loaded from now on, the oldest first.
    void load(List<VersionRecording> open) {
        if (!open.equals(loaded)) {
            loaded = open;
            times.atOnce();
        }
    }

    /// Whether there may be anything to be seen: something came, somebody asked, something is over, or nobody
    /// looked for long. Takes next to nothing.
    boolean isDue(long nowMillis) {
        return times.isDue(nowMillis) || copies.haveNews() || held.ahead() != null;
    }

    /// The version that this one is held against, if it is watched.
    @Nullable
    VersionWatch champion() {
        return held.champion();
    }

    /// Nobody looked lately, as there was nothing to be seen until then: what comes next is none of that time.
    void rest(long untilMillis) {
        Counted now = counted;
        if (now != null && observedMillis < untilMillis) {
            copies.putInto(now.windows(), untilMillis);
            now.rest(untilMillis);
        }
    }

    /// Takes what its copies have counted that are loaded. A look has to follow.
    void observe(long nowMillis) {
        if (copies.haveNews()) {
            times.newsCame();
        }
        times.atOnce();
        observedMillis = nowMillis;
        List<VersionRecording> open = loaded;
        copies.observe(open, nowMillis);
        if (!open.isEmpty() && !open.getLast().judging().equals(held.judgedBy().said())) {
            judge(open.getLast().judging());
        }
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

    /// Its model's configuration has changed. What was counted stays in the windows; evidence, which other
    /// rules had, is gathered anew, and what was told of something else that it was held against is over.
    private void judge(Map<String, String> says) {
        boolean otherwise = held.judge(says);
        view.forget();
        times.newsCame();
        Counted now = counted;
        if (now != null) {
            if (otherwise) {
                now.looks().silence();
            }
            counted = now.heldAgainst(now.baseline(), held.judgedBy());
        }
    }

    /// @param anew whether what was counted by the plan so far is none of the windows
    private void begin(MonitorPlan plan, boolean anew, long nowMillis) {
        Baseline baseline = held.baseline();
        Cumulative usual = baseline == null ? null : baseline.by(plan);
        JudgedBy by = held.judgedBy();
        Counted now = counted;
        DriftLooks looks = now == null
                ? new DriftLooks(plan, by.lookRules(), by.steady(usual), nowMillis)
                : now.looks().countedBy(plan, by.lookRules(), by.steady(usual), nowMillis);
        copies.begin(plan, anew, nowMillis);
        Cumulative before = anew ? copies.total(plan) : Cumulative.zero(plan);
        counted = new Counted(plan, before, usual, looks, settings.kept(), nowMillis);
        view.forget();
        times.newsCame();
    }

    /// When the windows began.
    long beganMillis() {
        Counted now = counted;
        return now == null ? 0 : now.beganMillis();
    }

    /// All that was counted here since then; null before there are any.
    @Nullable
    Cumulative own() {
        Counted now = counted;
        return now == null ? null : now.since(copies.total(now.plan()));
    }

    /// Other servers' counts came into the windows. A look has to follow.
    void othersCounted() {
        times.newsCame();
        times.atOnce();
    }

    /// Learns edges, and what is usual, where that is not known.
    ///
    /// @return a baseline that was learnt just now
    @Nullable
    Baseline learn(long nowMillis) {
        follow(nowMillis);
        copies.learn();
        Counted now = counted;
        if (now == null || !held.isUnknown() || view.phase(now) != Watched.Phase.COLLECTING) {
            return null;
        }
        Cumulative total = copies.total(now.plan());
        if (total.recorded() < settings.baselineRows()) {
            return null;
        }
        Baseline learnt = Baseline.of(key.name(), Baseline.Origin.LEARNED, total, nowMillis);
        held.own(learnt);
        begin(now.plan(), true, nowMillis);
        return learnt;
    }

    /// Counts as the version does that this one is held against, and keeps the hours that are over.
    private void follow(long nowMillis) {
        Baseline champions = held.ahead();
        if (champions != null) {
            held.follow(champions);
            count(champions, nowMillis);
        } else if (held.isAstray()) {
            goBack(nowMillis);
        }
        Counted now = counted;
        if (now != null) {
            held.keepHour(now, nowMillis);
        }
    }

    /// To what is its own; where it has nothing, it learns that.
    private void goBack(long nowMillis) {
        times.newsCame();
        Baseline usual = held.goBack();
        if (usual != null) {
            count(usual, nowMillis);
            return;
        }
        Counted now = counted;
        if (now != null) {
            now.looks().silence();
            counted = now.heldAgainst(null, held.judgedBy());
        }
    }

    /// Has the version held against that from now on.
    void hold(Baseline usual, long nowMillis) {
        times.atOnce();
        held.own(usual);
        count(usual, nowMillis);
    }

    /// Whether that is what it was given, or has learnt.
    boolean has(Baseline usual) {
        return held.has(usual);
    }

    /// By the edges of that, and holds what is counted against it.
    private void count(Baseline usual, long nowMillis) {
        times.newsCame();
        copies.know(usual.known());
        MonitorPlan plan = copies.plan();
        Counted now = counted;
        if (now != null) {
            now.looks().silence();
        }
        if (plan != null && now != null && now.plan().id().equals(plan.id())) {
            counted = now.heldAgainst(usual.by(plan), held.judgedBy());
        } else if (plan != null) {
            begin(plan, false, nowMillis);
        }
    }

    /// Ends a sub-window if it is over, and looks at what came.
    ///
    /// @return what somebody is to be told, null if nothing
    @Nullable
    DriftChange look(long nowMillis) {
        Counted now = counted;
        return now == null ? null : now.look(nowMillis, (from, to) -> held.usual(now, from, to, nowMillis));
    }

    @Nullable
    Counted counted() {
        return counted;
    }

    @Nullable
    Baseline baseline() {
        return held.baseline();
    }

    /// Judges the windows if that is due, and keeps how the version is now. The look is over.
    void conclude(long nowMillis) {
        Counted now = counted;
        if (times.isToBeEvaluated(nowMillis)) {
            view.evaluate(now, nowMillis);
            times.evaluated(nowMillis);
        }
        view.keep(now);
        times.looked(nowMillis, now == null ? Long.MAX_VALUE : now.waitsUntilMillis());
    }

    /// Of the last time of that length, up to the last snapshots.
    Evaluation evaluation(Duration length, long nowMillis) {
        return view.evaluation(counted, length, nowMillis);
    }

    /// The same, but held against that baseline, for once and by the bins in which the version counts.
    ///
    /// @throws ServingException if it counts a feature otherwise, or none that is in the baseline
    Evaluation evaluation(Duration length, long nowMillis, Baseline against) {
        return view.evaluation(counted, length, nowMillis, against);
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

    /// As it was after the last look, if there was one.
    Watched lastShown() {
        return view.last(counted);
    }

    Watched shown() {
        return view.now(counted);
    }
}
