package dev.penstock.monitor.drift;

import dev.penstock.monitor.recording.Cumulative;
import dev.penstock.monitor.recording.MonitorPlan;
import dev.penstock.monitor.recording.Window;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Decides, sub-window after sub-window, whether somebody is to be told of a version's drift. Times are passed
/// in; confined to one thread.
///
/// Every row is looked at once, so that no two looks share any. Where there are too few rows to say anything,
/// they wait for more; what has too few values when others have enough waits by itself, and has looks of its
/// own. Evidence of the sub-windows is gathered beside that, if what they are held against never changes.
public final class DriftLooks {
    private final MonitorPlan plan;
    private final LookRules rules;
    private final @Nullable EvidenceWatch evidence;
    private Waiting waiting;
    private Alarms alarms;

    /// What came and was not looked at yet, and since when.
    private Cumulative unseen;

    private long fromMillis;

    /// What would be told by what was judged so far in the look that goes on.
    private DriftStatus next = DriftStatus.OK;

    /// What that look ended alarms of: evidence that was gathered before speaks of what is over.
    private final Set<String> cleared = new HashSet<>();

    /// The window of the last look that changed what is told.
    private long changedRows;

    private long changedFromMillis;

    /// Finds what windows are held against.
    @FunctionalInterface
    public interface Usual {
        /// @return by the same plan; null if there is nothing yet
        @Nullable
        Cumulative of(long fromMillis, long toMillis);
    }

    /// @param steady what sub-windows are held against one by one; null if that changes, or is not there
    /// @param fromMillis when the first sub-window begins
    public DriftLooks(MonitorPlan plan, LookRules rules, @Nullable Cumulative steady, long fromMillis) {
        this(plan, rules, steady, new Waiting(plan), new Alarms(), Cumulative.zero(plan), fromMillis);
    }

    private DriftLooks(
            MonitorPlan plan,
            LookRules rules,
            @Nullable Cumulative steady,
            Waiting waiting,
            Alarms alarms,
            Cumulative unseen,
            long fromMillis) {
        this.plan = plan;
        this.rules = rules;
        this.evidence = steady == null ? null : new EvidenceWatch(steady, rules.rules());
        this.waiting = waiting;
        this.alarms = alarms;
        this.unseen = unseen;
        this.fromMillis = fromMillis;
    }

    /// The same alarms and rows that were not looked at yet, judged by those rules from now on. This one is not
    /// to be used any more.
    public DriftLooks judgedBy(LookRules others, @Nullable Cumulative steady) {
        return new DriftLooks(plan, others, steady, waiting, alarms, unseen, fromMillis);
    }

    /// The same alarms, of what is counted by another plan, or anew. This one is not to be used any more.
    public DriftLooks countedBy(MonitorPlan other, LookRules others, @Nullable Cumulative steady, long beginMillis) {
        alarms.keep(other);
        return new DriftLooks(other, others, steady, new Waiting(other), alarms, Cumulative.zero(other), beginMillis);
    }

    /// What was told is over, and what waits was to be held against something else.
    public void silence() {
        alarms = new Alarms();
        waiting = new Waiting(plan);
    }

    /// What is told, [DriftStatus#OK] if nothing is.
    public DriftStatus raised() {
        return alarms.raised();
    }

    /// What sub-windows say by now.
    public EvidenceReport evidence() {
        return evidence == null ? EvidenceReport.NONE : evidence.report();
    }

    /// Whether there are rows that were not looked at.
    public boolean isGathering() {
        return unseen.recorded() > 0;
    }

    /// Nothing came until then: what comes next is none of that time.
    public void rest(long untilMillis) {
        if (!isGathering()) {
            fromMillis = untilMillis;
        }
    }

    /// A sub-window has ended.
    ///
    /// @param ended what came in it, of the same plan; none of it was in one before
    /// @return what is to be told, null if nothing is
    public @Nullable DriftChange look(Window ended, Usual usual) {
        long nowMillis = ended.toMillis();
        unseen = unseen.plus(ended.counts());
        if (!isGathering()) {
            fromMillis = nowMillis;
            return null;
        }
        Window gathered = new Window(unseen, fromMillis, nowMillis);
        Cumulative against = usual.of(gathered.fromMillis(), nowMillis);
        if (against == null) {
            return null;
        }
        DriftStatus before = alarms.raised();
        next = before;
        cleared.clear();
        EvidenceReport said = evidence == null ? EvidenceReport.NONE : evidence.add(ended.counts());
        look(gathered, against, usual);
        DriftChange.Cause cause = DriftChange.Cause.WINDOWS;
        if (alarms.raised() == before) {
            hear(said, gathered);
            cause = DriftChange.Cause.EVIDENCE;
        }
        return change(before, cause);
    }

    private @Nullable DriftChange change(DriftStatus before, DriftChange.Cause cause) {
        DriftStatus now = alarms.raised();
        if (now == before) {
            return null;
        }
        Alarm.Change change = Alarm.Change.WORSENED;
        if (!now.alarming() || !before.alarming()) {
            change = now.alarming() ? Alarm.Change.RAISED : Alarm.Change.CLEARED;
        }
        double share = alarms.share(rules.rules());
        return new DriftChange(change, now, alarms.names(), changedRows, share, changedFromMillis, cause);
    }

    private void look(Window gathered, Cumulative against, Usual usual) {
        boolean old = rules.isTooLong(gathered.toMillis() - gathered.fromMillis(), false);
        DriftReport report = Drift.of(against, gathered.counts(), rules.rules());
        if (report.status() == DriftStatus.INSUFFICIENT && !old) {
            return;
        }
        List<Verdict> verdicts = report.verdicts(rules.rules());
        Map<String, Verdict> late = judgeWhatDoesNotWait(verdicts);
        noteChange(report.rows(), gathered.fromMillis());
        waiting.add(gathered, insufficient(verdicts, old));
        unseen = Cumulative.zero(plan);
        fromMillis = gathered.toMillis();
        waiting.byBeginning().forEach((begin, names) -> lookAtWhatWaits(begin, names, late, gathered, usual));
        waiting.sweep();
        alarms.settle(rules.rules());
    }

    /// @return what has values enough now, and is judged together with those that waited
    private Map<String, Verdict> judgeWhatDoesNotWait(List<Verdict> verdicts) {
        Map<String, Verdict> late = new HashMap<>();
        for (Verdict one : verdicts) {
            if (!waiting.has(one.name())) {
                judge(one);
            } else if (one.isSaid()) {
                late.put(one.name(), one);
            }
        }
        return late;
    }

    private void judge(Verdict one) {
        if (one.isSaid()) {
            changed(one.name(), alarms.looked(one));
            waiting.end(one.name());
        }
    }

    private void changed(String name, Alarm.Change change) {
        if (evidence != null && change == Alarm.Change.CLEARED) {
            // What was gathered speaks of what is over.
            evidence.forget(name);
            cleared.add(name);
        }
    }

    /// After each part of a look. All of them together change what is told once.
    private void noteChange(long rows, long windowFromMillis) {
        DriftStatus now = alarms.next(rules.rules());
        if (now != next) {
            next = now;
            changedRows = rows;
            changedFromMillis = windowFromMillis;
        }
    }

    /// What waits for more values from now on, or goes on waiting.
    ///
    /// @param old whether that was looked at which came in as long as anything waits
    private Set<String> insufficient(List<Verdict> verdicts, boolean old) {
        Set<String> names = new LinkedHashSet<>();
        for (Verdict one : verdicts) {
            boolean mayWait = one.usual() && one.count() > 0 && !old;
            if (!one.isSaid() && (mayWait || alarms.knows(one.name()))) {
                names.add(one.name());
            }
        }
        return names;
    }

    /// Judges what had too few values at several looks, once it has enough. Of what has not enough after a long
    /// time nothing is said.
    ///
    /// @param late what has enough without what waited: that is judged where all of it cannot be
    private void lookAtWhatWaits(
            long beginMillis, Set<String> names, Map<String, Verdict> late, Window gathered, Usual usual) {
        Cumulative against = usual.of(beginMillis, gathered.toMillis());
        if (against == null) {
            late.values().stream().filter(one -> names.contains(one.name())).forEach(this::judge);
            noteChange(gathered.counts().recorded(), gathered.fromMillis());
            return;
        }
        long rows = waiting.rows(names.iterator().next());
        DriftReport report = Drift.of(against, waiting.counts(names), rules.rules());
        for (Verdict one : report.verdicts(rules.rules())) {
            if (names.contains(one.name())) {
                Verdict judged = one.isSaid() ? one : late.getOrDefault(one.name(), one);
                judge(judged);
                giveUp(one, judged.isSaid(), gathered.toMillis() - beginMillis);
            }
        }
        noteChange(rows, beginMillis);
    }

    /// @param judged whether what came last was, by itself
    private void giveUp(Verdict one, boolean judged, long waitedMillis) {
        boolean alarmed = one.usual() && one.count() > 0 && alarms.isRaised(one.name());
        if (!one.isSaid() && rules.isTooLong(waitedMillis, alarmed)) {
            if (!judged) {
                changed(one.name(), alarms.unsaid(one.name()));
            }
            waiting.end(one.name());
        }
    }

    /// Evidence is enough for itself, and waits for no look.
    private void hear(EvidenceReport said, Window gathered) {
        for (FeatureEvidence one : said.features()) {
            if (one.status().alarming() && !cleared.contains(one.feature().name())) {
                alarms.atOnce(one.feature().whole(), one.feature().name(), one.status());
            }
        }
        noteChange(gathered.counts().recorded(), gathered.fromMillis());
        alarms.settle(rules.rules());
    }
}
