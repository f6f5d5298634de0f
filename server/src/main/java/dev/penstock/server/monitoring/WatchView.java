package dev.penstock.server.monitoring;

import dev.penstock.core.ModelKey;
import dev.penstock.core.ServingException;
import dev.penstock.monitor.drift.EvidenceReport;
import dev.penstock.monitor.recording.Cumulative;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What can be seen of a version that is watched: what is said of its windows, and how it was after the last
/// look. What is counted of it is told to each method, null before there is any. Not thread-safe.
final class WatchView {
    private final ModelKey key;
    private final MonitoringSettings settings;
    private final Copies copies;
    private final HeldTo held;
    private List<Evaluation> evaluations = List.of();

    /// As it was after the last look.
    private @Nullable Watched last;

    WatchView(ModelKey key, MonitoringSettings settings, Copies copies, HeldTo held) {
        this.key = key;
        this.settings = settings;
        this.copies = copies;
        this.held = held;
    }

    /// What was said of windows is of others, or by other rules.
    void forget() {
        evaluations = List.of();
    }

    /// Judges the windows that are judged again and again.
    void evaluate(@Nullable Counted counted, long nowMillis) {
        List<Evaluation> all = new ArrayList<>();
        for (Duration length : settings.windows()) {
            all.add(evaluation(counted, length, nowMillis));
        }
        evaluations = all;
    }

    /// Of the last time of that length, up to the last snapshots.
    Evaluation evaluation(@Nullable Counted counted, Duration length, long nowMillis) {
        return counted == null
                ? Evaluation.none(length)
                : Evaluation.of(
                        length,
                        counted.windows().last(length, nowMillis),
                        window -> held.usual(counted, window.fromMillis(), window.toMillis(), nowMillis),
                        held.judgedBy().rules());
    }

    /// The same, but held against that baseline, for once and by the bins in which the version counts.
    ///
    /// @throws ServingException if it counts a feature otherwise, or none that is in the baseline
    Evaluation evaluation(@Nullable Counted counted, Duration length, long nowMillis, Baseline against) {
        return counted == null
                ? Evaluation.none(length)
                : Evaluation.of(
                        length,
                        counted.windows().last(length, nowMillis),
                        _ -> HeldForOnce.usual(key, counted.plan(), against),
                        held.judgedBy().rules());
    }

    Watched.Phase phase(@Nullable Counted counted) {
        if (counted == null) {
            return Watched.Phase.WAITING;
        }
        if (counted.baseline() != null) {
            return Watched.Phase.WATCHING;
        }
        return copies.isLearning() ? Watched.Phase.LEARNING : Watched.Phase.COLLECTING;
    }

    /// Keeps how the version is now.
    void keep(@Nullable Counted counted) {
        last = now(counted);
    }

    /// As it was when that was kept, if ever.
    Watched last(@Nullable Counted counted) {
        Watched kept = last;
        return kept == null ? now(counted) : kept;
    }

    Watched now(@Nullable Counted counted) {
        Baseline usual = held.baseline();
        Cumulative total = counted == null ? null : copies.total(counted.plan());
        Watched.Phase phase = phase(counted);
        long collected = total == null || phase != Watched.Phase.COLLECTING ? 0 : total.recorded();
        return new Watched(
                key,
                phase,
                total,
                counted == null ? null : counted.baseline(),
                held.id(),
                usual == null ? collected : usual.rows(),
                held.judgedBy().rules(),
                evaluations,
                counted == null ? EvidenceReport.NONE : counted.evidence(),
                copies.unseen(),
                1.0 / (double) (1L << copies.shift()),
                copies.bytes(),
                note());
    }

    /// Why it is not recorded, and what could not be done of what was asked for.
    private String note() {
        String why = copies.note();
        List<String> all = new ArrayList<>(why.isEmpty() ? List.of() : List.of(why));
        all.addAll(held.problems());
        all.addAll(copies.notes());
        return String.join("; ", all);
    }
}
