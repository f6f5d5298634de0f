package dev.penstock.loadtest.run;

import dev.penstock.loadtest.engine.LoadWindow;
import dev.penstock.loadtest.engine.PhaseObserver;
import dev.penstock.loadtest.run.Rest.View;

/// Follows one run of the engine: hands its windows on, and says when it is to end. Confined to the thread
/// that runs it.
final class StageWatch implements PhaseObserver {
    private final Rest rest;
    private final boolean untilRest;
    private final StageView view;
    private final Stop stop;
    private final Runnable onBegin;
    private final Runnable onEnd;
    private boolean began;

    /// @param untilRest whether the run ends as soon as it is at rest
    StageWatch(double tolerance, boolean untilRest, StageView view, Stop stop, Runnable onBegin, Runnable onEnd) {
        this.rest = new Rest(tolerance);
        this.untilRest = untilRest;
        this.view = view;
        this.stop = stop;
        this.onBegin = onBegin;
        this.onEnd = onEnd;
    }

    static View view(LoadWindow window) {
        return new View(
                (double) window.succeeded() * 1e9 / (double) window.length().toNanos(),
                window.latency().meanMicros());
    }

    @Override
    public void measuringBegan(long nowNanos) {
        began = true;
        stop.measuring();
        onBegin.run();
    }

    @Override
    public void measuringEnded(long nowNanos) {
        onEnd.run();
    }

    @Override
    public boolean window(LoadWindow window) {
        boolean resting = rest.offer(view(window));
        view.window(window);
        return !stop.isAsked() && !(untilRest && resting);
    }

    /// Whether it came to measuring.
    boolean began() {
        return began;
    }

    Rest rest() {
        return rest;
    }
}
