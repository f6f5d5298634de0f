package dev.penstock.server.monitoring;

import dev.penstock.core.ModelKey;
import dev.penstock.monitor.recording.Cumulative;
import dev.penstock.monitor.recording.Feature;
import dev.penstock.monitor.recording.Known;
import dev.penstock.monitor.recording.MonitorPlan;
import dev.penstock.monitor.recording.Replica;
import dev.penstock.monitor.recording.VersionRecording;
import dev.penstock.monitor.recording.Windows;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The loaded copies of one version: usually one, two while it is loaded anew. What they count adds up; what a
/// copy counted that is gone stays. Not thread-safe.
final class Copies {
    private static final System.Logger LOG = System.getLogger(Copies.class.getName());

    /// Of what is enough to learn from, so much is enough of a copy that is gone: it will not see more.
    private static final double GONE_PART = 0.1;

    /// After so many times the rows that are enough, what was not seen by then is not waited for.
    private static final int PATIENCE = 10;

    private final ModelKey key;
    private final MonitoringSettings settings;
    private final List<Copy> copies = new ArrayList<>();

    /// Those that are gone, and of whose last counts windows do not know yet.
    private final List<Copy> leaving = new ArrayList<>();

    private Known known = Known.NOTHING;
    private long lives;

    /// The plan that is not learnt for any more.
    private String settled = "";

    /// What copies that are gone have counted by the plan that is used.
    private @Nullable Cumulative gone;

    /// One copy, and from where on its counts are used.
    private static final class Copy {
        private final VersionRecording recording;
        private Replica life;
        private @Nullable Cumulative latest;
        private @Nullable Cumulative start;

        /// The recording's, before its counts were taken for a look. What is told to it while somebody looks is
        /// something new for the next look.
        private long stamp;

        Copy(VersionRecording recording, Replica life) {
            this.recording = recording;
            this.life = life;
        }

        void look() {
            stamp = recording.stamp();
            take();
        }

        void take() {
            Cumulative taken = recording.snapshot();
            latest = taken == null ? latest : taken;
        }

        @Nullable
        Cumulative counted(MonitorPlan plan) {
            Cumulative now = latest;
            return now == null || !now.plan().id().equals(plan.id()) ? null : now;
        }
    }

    Copies(ModelKey key, MonitoringSettings settings) {
        this.key = key;
        this.settings = settings;
    }

    /// Whether there is anything new of one of them since the last look.
    boolean haveNews() {
        for (Copy copy : copies) {
            if (copy.recording.stamp() != copy.stamp) {
                return true;
            }
        }
        return false;
    }

    /// Takes snapshots of all, and knows those that came and went.
    void observe(List<VersionRecording> open, long nowMillis) {
        for (Copy copy : copies) {
            copy.recording.retry();
            copy.look();
        }
        for (Copy copy : List.copyOf(copies)) {
            if (!open.contains(copy.recording)) {
                copies.remove(copy);
                leave(copy);
            }
        }
        for (VersionRecording recording : open) {
            if (copies.stream().noneMatch(copy -> copy.recording == recording)) {
                tell(recording, known);
                Copy copy = new Copy(recording, life(nowMillis));
                copy.look();
                copies.add(copy);
            }
        }
    }

    private void leave(Copy copy) {
        remember(copy);
        leaving.add(copy);
        MonitorPlan plan = copy.recording.plan();
        double enough = GONE_PART * (double) settings.edgeRows();
        if (plan != null
                && plan.learning()
                && !plan.id().equals(settled)
                && (double) copy.recording.learn() >= enough) {
            know(copy.recording.learnt(FeatureSamples.BINS, FeatureSamples.TOP_CATEGORIES));
        }
    }

    /// What a copy that is gone has counted stays.
    private void remember(Copy copy) {
        Cumulative before = gone;
        if (before != null) {
            Cumulative counted = copy.counted(before.plan());
            gone = counted == null ? before : before.plus(counted);
        }
    }

    private Replica life(long epoch) {
        lives++;
        return new Replica("local-" + lives, epoch);
    }

    /// The newest copy's; null before its first rows.
    @Nullable
    MonitorPlan plan() {
        for (Copy copy : copies.reversed()) {
            Cumulative latest = copy.latest;
            if (latest != null) {
                return latest.plan();
            }
        }
        return null;
    }

    /// Windows begin.
    ///
    /// @param anew whether what was taken by now is none of theirs
    void begin(MonitorPlan plan, boolean anew, long nowMillis) {
        gone = gone != null && gone.plan().id().equals(plan.id()) ? gone : Cumulative.zero(plan);
        for (Copy copy : copies) {
            copy.start = anew ? copy.counted(plan) : null;
            copy.life = life(nowMillis);
        }
    }

    void putInto(Windows windows, long nowMillis) {
        for (Copy copy : leaving) {
            put(copy, windows, nowMillis);
        }
        leaving.clear();
        for (Copy copy : copies) {
            put(copy, windows, nowMillis);
        }
    }

    private void put(Copy copy, Windows windows, long nowMillis) {
        Cumulative counted = copy.counted(windows.plan());
        if (counted == null) {
            return;
        }
        Cumulative start = copy.start;
        Cumulative since =
                start != null && start.plan().id().equals(counted.plan().id()) ? counted.minus(start) : counted;
        // Of more lives than there is room for, the newest have to wait until old ones are forgotten.
        boolean taken = windows.put(copy.life, since, nowMillis);
        if (!taken) {
            LOG.log(System.Logger.Level.DEBUG, "{0}: too many copies to watch", key);
        }
    }

    /// All that was counted by the plan.
    Cumulative total(MonitorPlan plan) {
        Cumulative total = gone != null && gone.plan().id().equals(plan.id()) ? gone : Cumulative.zero(plan);
        for (Copy copy : copies) {
            Cumulative counted = copy.counted(plan);
            total = counted == null ? total : total.plus(counted);
        }
        return total;
    }

    void know(Known more) {
        known = known.and(more);
        for (Copy copy : copies) {
            tell(copy.recording, more);
            copy.take();
        }
    }

    private void tell(VersionRecording recording, Known more) {
        if (!recording.know(more)) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "{0}: there is no room for bins that are known now (expected: more in monitoring.max-bytes)",
                    key);
        }
    }

    boolean isLearning() {
        MonitorPlan plan = plan();
        return plan != null
                && plan.learning()
                && (knowsNothing(plan) || !plan.id().equals(settled));
    }

    /// Whether nothing of the plan can be held against anything.
    private static boolean knowsNothing(MonitorPlan plan) {
        return plan.features().stream().allMatch(Feature::learning);
    }

    /// Takes in what is kept to learn from, and uses it once it is enough. What was not seen after a while is
    /// not waited for, unless nothing else is known: then there is nothing to go on with.
    void learn() {
        for (Copy copy : copies.reversed()) {
            MonitorPlan plan = copy.recording.plan();
            if (plan == null) {
                continue;
            }
            long fewest = copy.recording.learn();
            Cumulative latest = copy.latest;
            boolean isSettled = plan.id().equals(settled);
            if (!plan.learning() || latest == null || (isSettled && !knowsNothing(plan))) {
                return;
            }
            boolean late = !isSettled && latest.recorded() >= PATIENCE * settings.edgeRows();
            if (fewest >= settings.edgeRows() || late) {
                know(copy.recording.learnt(FeatureSamples.BINS, FeatureSamples.TOP_CATEGORIES));
                MonitorPlan better = copy.recording.plan();
                if (better == null) {
                    settled = plan.id();
                } else if (!hasMoreToLearn(better, plan)) {
                    settled = better.id();
                }
            }
            return;
        }
    }

    /// Once it is known what vectors are held against, there is something more to be learnt: where their
    /// cosines lie.
    private static boolean hasMoreToLearn(MonitorPlan better, MonitorPlan before) {
        return better.features().stream()
                .anyMatch(feature -> feature.learning() && before.feature(feature.name()) == null);
    }

    /// Why the newest is not recorded, or what cannot be learnt of it; or "".
    String note() {
        String refusal = copies.isEmpty() ? "" : copies.getLast().recording.refusal();
        MonitorPlan plan = plan();
        if (!refusal.isEmpty() || plan == null || !plan.id().equals(settled) || !plan.learning()) {
            return refusal;
        }
        List<String> names = plan.features().stream()
                .filter(Feature::learning)
                .map(Feature::name)
                .toList();
        return "%s: none of the values can be learnt from (expected: finite numbers, or categories)".formatted(names);
    }

    /// What recording one row takes, in nanoseconds; 0 before that is known.
    double nanosPerRow() {
        return copies.stream()
                .mapToDouble(copy -> copy.recording.nanosPerRow())
                .max()
                .orElse(0);
    }

    int shift() {
        return copies.stream().mapToInt(copy -> copy.recording.shift()).max().orElse(0);
    }

    void sample(int shift) {
        copies.forEach(copy -> copy.recording.sample(shift));
    }

    long bytes() {
        long bytes = 0;
        for (Copy copy : copies) {
            bytes += copy.recording.bytes();
        }
        return bytes;
    }

    /// How many different values of the newest's categorical features are not known, by name.
    Map<String, Long> unseen() {
        return copies.isEmpty() ? Map.of() : copies.getLast().recording.unseen();
    }

    /// What of the newest is not monitored though it was asked for, and why.
    List<String> notes() {
        return copies.isEmpty() ? List.of() : copies.getLast().recording.notes();
    }
}
