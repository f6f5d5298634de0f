package dev.penstock.server.monitoring;

import dev.penstock.monitor.drift.DriftChange;
import dev.penstock.monitor.drift.DriftLooks;
import dev.penstock.monitor.drift.EvidenceReport;
import dev.penstock.monitor.recording.Cumulative;
import dev.penstock.monitor.recording.MonitorPlan;
import dev.penstock.monitor.recording.Window;
import dev.penstock.monitor.recording.WindowSettings;
import dev.penstock.monitor.recording.Windows;
import org.jspecify.annotations.Nullable;

/// What is counted of a version by one plan since one moment, what was usual by the same, and who looks at
/// it. Not thread-safe.
final class Counted {
    private final Windows windows;
    private final Cumulative before;
    private final long beganMillis;
    private final @Nullable Cumulative baseline;
    private final DriftLooks looks;

    /// @param before what was counted by the same plan until then, which is none of it
    /// @param looks at its sub-windows, of which none has ended yet
    Counted(
            MonitorPlan plan,
            Cumulative before,
            @Nullable Cumulative baseline,
            DriftLooks looks,
            WindowSettings settings,
            long startMillis) {
        this(new Windows(plan, settings, startMillis), before, startMillis, baseline, looks);
    }

    private Counted(
            Windows windows, Cumulative before, long beganMillis, @Nullable Cumulative baseline, DriftLooks looks) {
        this.windows = windows;
        this.before = before;
        this.beganMillis = beganMillis;
        this.baseline = baseline;
        this.looks = looks;
    }

    /// The same counts, held against something else, or looked at by other rules.
    Counted heldAgainst(@Nullable Cumulative usual, JudgedBy by) {
        DriftLooks others = looks.judgedBy(by.lookRules(), by.steady(usual));
        return new Counted(windows, before, beganMillis, usual, others);
    }

    MonitorPlan plan() {
        return windows.plan();
    }

    Windows windows() {
        return windows;
    }

    long beganMillis() {
        return beganMillis;
    }

    /// @param total all that was counted by the plan, before it began, too
    Cumulative since(Cumulative total) {
        return total.minus(before);
    }

    @Nullable
    Cumulative baseline() {
        return baseline;
    }

    DriftLooks looks() {
        return looks;
    }

    /// Ends the sub-window if it is over, and looks at it.
    ///
    /// @return what is to be told, null if nothing is
    @Nullable
    DriftChange look(long nowMillis, DriftLooks.Usual usual) {
        Window ended = windows.close(nowMillis);
        return ended == null ? null : looks.look(ended, usual);
    }

    /// Nothing came until then, and nothing waits: what comes next is of the sub-window of that time.
    void rest(long untilMillis) {
        if (!isWaiting()) {
            looks.rest(windows.rest(untilMillis));
        }
    }

    /// When the sub-window is over, if there is something to be looked at then; else [Long#MAX_VALUE].
    long waitsUntilMillis() {
        return isWaiting() ? windows.endMillis() : Long.MAX_VALUE;
    }

    private boolean isWaiting() {
        return windows.isOpen() || looks.isGathering();
    }

    /// What was gathered by now.
    EvidenceReport evidence() {
        return looks.evidence();
    }
}
