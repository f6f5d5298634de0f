package dev.penstock.loadtest.run;

import org.jspecify.annotations.Nullable;

/// Asks a test to end with what it has measured. Thread safe.
public final class Stop {
    private boolean asked;
    private @Nullable Thread waiting;

    /// Ends the stage that is being measured, at the end of its window; one that is not measured yet is given
    /// up.
    public synchronized void ask() {
        asked = true;
        if (waiting != null) {
            waiting.interrupt();
        }
    }

    public synchronized boolean isAsked() {
        return asked;
    }

    /// The calling thread does something that is to be interrupted, until [#measuring].
    synchronized void waiting() {
        waiting = Thread.currentThread();
        if (asked) {
            waiting.interrupt();
        }
    }

    /// From now on the calling thread looks at [#isAsked] by itself.
    synchronized void measuring() {
        waiting = null;
    }
}
