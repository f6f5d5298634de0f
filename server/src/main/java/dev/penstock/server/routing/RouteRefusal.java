package dev.penstock.server.routing;

import org.jspecify.annotations.Nullable;

/// A write that did not fit what is there by now. An answer, not a surprise: it has no stack trace.
public final class RouteRefusal extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final Reason reason;
    private final transient @Nullable RouteView current;

    /// What the writer can do about it.
    public enum Reason {
        /// It did not say what it had read: read it, and say so.
        UNSAID,
        /// Somebody else was faster: read it anew.
        STALE,
        /// A rollout runs on it: wait, or end the rollout.
        ROLLOUT_RUNS
    }

    /// @param current the route as it is, or null if it is not there
    RouteRefusal(Reason reason, String message, @Nullable RouteView current) {
        super(message, null, false, false);
        this.reason = reason;
        this.current = current;
    }

    public Reason reason() {
        return reason;
    }

    public @Nullable RouteView current() {
        return current;
    }
}
