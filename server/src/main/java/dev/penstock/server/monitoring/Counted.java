package dev.penstock.server.monitoring;

import dev.penstock.monitor.drift.EvidenceReport;
import dev.penstock.monitor.drift.EvidenceWatch;
import dev.penstock.monitor.recording.Cumulative;
import dev.penstock.monitor.recording.MonitorPlan;
import dev.penstock.monitor.recording.Window;
import dev.penstock.monitor.recording.WindowSettings;
import dev.penstock.monitor.recording.Windows;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What is counted of a version by one plan since one moment, and what was usual by the same. Not thread-safe.
final class Counted {
    private final Windows windows;
    private final @Nullable Cumulative baseline;

    /// What sub-windows say, one after another, if what they are held against never changes.
    private final @Nullable EvidenceWatch evidence;

    /// What was counted and not looked at yet.
    private Cumulative unseen;

    /// Of the last sub-window.
    private Cumulative closed;

    /// Of what was looked at, what had too few values, and since when.
    private Cumulative waiting;

    private long waitingFromMillis;
    private Set<String> waitingNames = Set.of();

    private long fromMillis;
    private long closedMillis;

    /// @param evidence null if none is to be gathered
    Counted(
            MonitorPlan plan,
            @Nullable Cumulative baseline,
            @Nullable EvidenceWatch evidence,
            WindowSettings settings,
            long startMillis) {
        this(new Windows(plan, settings, startMillis), baseline, evidence, Cumulative.zero(plan), startMillis);
    }

    private Counted(
            Windows windows,
            @Nullable Cumulative baseline,
            @Nullable EvidenceWatch evidence,
            Cumulative unseen,
            long fromMillis) {
        this.windows = windows;
        this.baseline = baseline;
        this.evidence = evidence;
        this.unseen = unseen;
        this.closed = Cumulative.zero(windows.plan());
        this.waiting = Cumulative.zero(windows.plan());
        this.waitingFromMillis = fromMillis;
        this.fromMillis = fromMillis;
        this.closedMillis = fromMillis;
    }

    /// The same counts, held against something else.
    Counted heldAgainst(@Nullable Cumulative usual, @Nullable EvidenceWatch gathered) {
        return new Counted(windows, usual, gathered, unseen, fromMillis);
    }

    /// The same, with evidence gathered anew.
    Counted heldAgainst(@Nullable EvidenceWatch gathered) {
        return new Counted(windows, baseline, gathered, unseen, fromMillis);
    }

    MonitorPlan plan() {
        return windows.plan();
    }

    Windows windows() {
        return windows;
    }

    @Nullable
    Cumulative baseline() {
        return baseline;
    }

    /// Ends the sub-window if it is over.
    ///
    /// @return all that was not looked at yet; null if the sub-window goes on, or nothing came
    @Nullable
    Window close(long nowMillis) {
        Window ended = windows.close(nowMillis);
        if (ended == null) {
            return null;
        }
        closedMillis = ended.toMillis();
        closed = ended.counts();
        unseen = unseen.plus(closed);
        if (unseen.recorded() == 0) {
            fromMillis = closedMillis;
            return null;
        }
        return new Window(unseen, fromMillis, closedMillis);
    }

    /// Nothing came until then, and nothing waits: what comes next is of the sub-window of that time.
    void rest(long untilMillis) {
        if (!isWaiting()) {
            closedMillis = windows.rest(untilMillis);
            fromMillis = closedMillis;
        }
    }

    /// When the sub-window is over, if there is something to be looked at then; else [Long#MAX_VALUE].
    long waitsUntilMillis() {
        return isWaiting() ? windows.endMillis() : Long.MAX_VALUE;
    }

    private boolean isWaiting() {
        return windows.isOpen() || unseen.recorded() > 0;
    }

    /// What the last sub-window adds to the evidence, once it has ended.
    EvidenceReport gather() {
        return evidence == null ? EvidenceReport.NONE : evidence.add(closed);
    }

    /// What was gathered by now.
    EvidenceReport evidence() {
        return evidence == null ? EvidenceReport.NONE : evidence.report();
    }

    /// What came so far is looked at, and what had too few values waits for more.
    ///
    /// @param insufficient features and vectors that had
    /// @return all that waits
    Window looked(Set<String> insufficient) {
        if (waitingNames.isEmpty()) {
            waiting = Cumulative.zero(plan());
            waitingFromMillis = fromMillis;
        }
        waiting = waiting.plus(unseen.only(insufficient));
        waitingNames =
                Stream.concat(waitingNames.stream(), insufficient.stream()).collect(Collectors.toUnmodifiableSet());
        fromMillis = closedMillis;
        unseen = Cumulative.zero(plan());
        return new Window(waiting, waitingFromMillis, closedMillis);
    }

    /// Whether something had too few values for the last look.
    boolean hasWaiting() {
        return !waitingNames.isEmpty();
    }

    /// Of what waited, the rest was looked at.
    ///
    /// @param insufficient what goes on waiting; nothing if it has waited long enough
    void waited(Set<String> insufficient) {
        waiting = waiting.only(insufficient);
        waitingNames = Set.copyOf(insufficient);
    }
}
