package dev.penstock.server.monitoring;

import dev.penstock.monitor.recording.Cumulative;
import dev.penstock.monitor.recording.MonitorPlan;
import dev.penstock.monitor.recording.Window;
import dev.penstock.monitor.recording.WindowSettings;
import dev.penstock.monitor.recording.Windows;
import org.jspecify.annotations.Nullable;

/// What is counted of a version by one plan since one moment, and what was usual by the same. Not thread-safe.
final class Counted {
    private final Windows windows;
    private final @Nullable Cumulative baseline;

    /// What was counted and not looked at yet.
    private Cumulative unseen;

    private long fromMillis;
    private long closedMillis;

    Counted(MonitorPlan plan, @Nullable Cumulative baseline, WindowSettings settings, long startMillis) {
        this(new Windows(plan, settings, startMillis), baseline, Cumulative.zero(plan), startMillis);
    }

    private Counted(Windows windows, @Nullable Cumulative baseline, Cumulative unseen, long fromMillis) {
        this.windows = windows;
        this.baseline = baseline;
        this.unseen = unseen;
        this.fromMillis = fromMillis;
        this.closedMillis = fromMillis;
    }

    /// The same counts, held against something else.
    Counted heldAgainst(Cumulative usual) {
        return new Counted(windows, usual, unseen, fromMillis);
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
        Window closed = windows.close(nowMillis);
        if (closed == null) {
            return null;
        }
        closedMillis = closed.toMillis();
        unseen = unseen.plus(closed.counts());
        if (unseen.recorded() == 0) {
            fromMillis = closedMillis;
            return null;
        }
        return new Window(unseen, fromMillis, closedMillis);
    }

    /// What came so far is looked at.
    void looked() {
        fromMillis = closedMillis;
        unseen = Cumulative.zero(plan());
    }
}
