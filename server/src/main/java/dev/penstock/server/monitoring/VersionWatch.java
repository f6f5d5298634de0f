package dev.penstock.server.monitoring;

import dev.penstock.core.ModelKey;
import dev.penstock.core.ServingException;
import dev.penstock.monitor.drift.DriftChange;
import dev.penstock.monitor.drift.DriftLooks;
import dev.penstock.monitor.drift.EvidenceReport;
import dev.penstock.monitor.recording.Cumulative;
import dev.penstock.monitor.recording.MonitorPlan;
import dev.penstock.monitor.recording.VersionRecording;
import java.time.Duration;
import java.util.ArrayList;
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

    /// Copies that are loaded.
    private List<VersionRecording> loaded = List.of();

    private long observedMillis = Long.MIN_VALUE;

    /// As it was after the last look.
    private @Nullable Watched shown;

    private final HeldTo held;
    private @Nullable Counted counted;

    /// What the copies had counted by the same plan when the windows began, which is none of them.
    private @Nullable Cumulative before;

    private long beganMillis;
    private List<Evaluation> evaluations = List.of();
    private JudgedBy judgedBy;
    private final UsualOf usualOf;

    /// @param usual what the version is held against, null if nobody said
    /// @param usualOf where that is found if its model's configuration wants something else
    VersionWatch(ModelKey key, MonitoringSettings settings, @Nullable Baseline usual, UsualOf usualOf) {
        this.key = key;
        this.settings = settings;
        this.usualOf = usualOf;
        this.judgedBy = JudgedBy.of(Map.of(), settings);
        this.held = new HeldTo(usual);
        this.copies = new Copies(key, settings);
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
        usualOf.close();
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
        return times.isDue(nowMillis) || copies.haveNews() || isLeftBehind();
    }

    /// Whether the version that this one is held against counts otherwise by now.
    private boolean isLeftBehind() {
        Baseline champions = usualOf.ofChampion(judgedBy.source());
        return champions != null && !champions.id().equals(held.id());
    }

    /// The version that this one is held against, if it is watched.
    @Nullable
    VersionWatch champion() {
        return usualOf.champion(judgedBy.source());
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
        if (!open.isEmpty() && !open.getLast().judging().equals(judgedBy.said())) {
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
        BaselineSource before = judgedBy.source();
        judgedBy = JudgedBy.of(says, settings);
        evaluations = List.of();
        times.newsCame();
        Counted now = counted;
        if (now != null) {
            if (!judgedBy.source().equals(before)) {
                now.looks().silence();
            }
            counted = now.heldAgainst(now.baseline(), judged(now, now.baseline()));
        }
    }

    /// @param anew whether what was counted by the plan so far is none of the windows
    private void begin(MonitorPlan plan, boolean anew, long nowMillis) {
        Baseline baseline = held.baseline();
        Cumulative usual = baseline == null ? null : baseline.by(plan);
        Counted now = counted;
        DriftLooks looks = now == null
                ? new DriftLooks(plan, judgedBy.lookRules(), judgedBy.steady(usual), nowMillis)
                : now.looks().countedBy(plan, judgedBy.lookRules(), judgedBy.steady(usual), nowMillis);
        counted = new Counted(plan, usual, looks, settings.kept(), nowMillis);
        copies.begin(plan, anew, nowMillis);
        before = anew ? copies.total(plan) : Cumulative.zero(plan);
        beganMillis = nowMillis;
        evaluations = List.of();
        times.newsCame();
    }

    /// When the windows began.
    long beganMillis() {
        return beganMillis;
    }

    /// All that was counted here since then; null before there are any.
    @Nullable
    Cumulative own() {
        Counted now = counted;
        Cumulative notOfThem = before;
        return now == null || notOfThem == null
                ? null
                : copies.total(now.plan()).minus(notOfThem);
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
        boolean known = held.baseline() != null || judgedBy.byAnotherVersion();
        if (now == null || known || phase() != Watched.Phase.COLLECTING) {
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
        Baseline champions = usualOf.ofChampion(judgedBy.source());
        if (champions != null && !champions.id().equals(held.id())) {
            held.follow(champions);
            count(champions, nowMillis);
        } else if (held.follows() && !judgedBy.byAnotherVersion()) {
            goBack(nowMillis);
        }
        Counted now = counted;
        if (now != null) {
            usualOf.keepHour(judgedBy.source(), now, nowMillis);
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
            counted = now.heldAgainst(null, judged(now, null));
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
            Cumulative by = usual.by(plan);
            counted = now.heldAgainst(by, judged(now, by));
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
        return now == null ? null : now.look(nowMillis, (from, to) -> usual(now, from, to, nowMillis));
    }

    /// What a window of that time is held against.
    private @Nullable Cumulative usual(Counted now, long fromMillis, long toMillis, long nowMillis) {
        return usualOf.of(judgedBy.source(), now, fromMillis, toMillis, nowMillis);
    }

    /// Looks at the same rows, by what the configuration says now.
    private DriftLooks judged(Counted now, @Nullable Cumulative usual) {
        return now.looks().judgedBy(judgedBy.lookRules(), judgedBy.steady(usual));
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
        if (times.isToBeEvaluated(nowMillis)) {
            evaluate(nowMillis);
            times.evaluated(nowMillis);
        }
        shown = shown();
        Counted now = counted;
        times.looked(nowMillis, now == null ? Long.MAX_VALUE : now.waitsUntilMillis());
    }

    private void evaluate(long nowMillis) {
        List<Evaluation> all = new ArrayList<>();
        for (Duration length : settings.windows()) {
            all.add(evaluation(length, nowMillis));
        }
        evaluations = all;
    }

    /// Of the last time of that length, up to the last snapshots.
    Evaluation evaluation(Duration length, long nowMillis) {
        Counted now = counted;
        return now == null
                ? Evaluation.none(length)
                : Evaluation.of(
                        length,
                        now.windows().last(length, nowMillis),
                        window -> usual(now, window.fromMillis(), window.toMillis(), nowMillis),
                        judgedBy.rules());
    }

    /// The same, but held against that baseline, for once and by the bins in which the version counts.
    ///
    /// @throws ServingException if it counts a feature otherwise, or none that is in the baseline
    Evaluation evaluation(Duration length, long nowMillis, Baseline against) {
        Counted now = counted;
        return now == null
                ? Evaluation.none(length)
                : Evaluation.of(
                        length,
                        now.windows().last(length, nowMillis),
                        _ -> HeldForOnce.usual(key, now.plan(), against),
                        judgedBy.rules());
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

    /// As it was after the last look, if there was one.
    Watched lastShown() {
        Watched last = shown;
        return last == null ? shown() : last;
    }

    Watched shown() {
        Counted now = counted;
        Baseline usual = held.baseline();
        Cumulative total = total();
        long collected = total == null || phase() != Watched.Phase.COLLECTING ? 0 : total.recorded();
        return new Watched(
                key,
                phase(),
                total,
                now == null ? null : now.baseline(),
                held.id(),
                usual == null ? collected : usual.rows(),
                judgedBy.rules(),
                evaluations,
                now == null ? EvidenceReport.NONE : now.evidence(),
                copies.unseen(),
                1.0 / (double) (1L << copies.shift()),
                copies.bytes(),
                noted(copies.note()));
    }

    /// With what could not be understood, or followed, of what the model's configuration says.
    private String noted(String why) {
        List<String> all = new ArrayList<>(why.isEmpty() ? List.of() : List.of(why));
        all.addAll(judgedBy.problems());
        String problem = usualOf.problem(judgedBy.source());
        if (!problem.isEmpty()) {
            all.add(problem);
        }
        all.addAll(copies.notes());
        return String.join("; ", all);
    }
}
