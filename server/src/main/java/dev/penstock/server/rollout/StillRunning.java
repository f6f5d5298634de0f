package dev.penstock.server.rollout;

/// Somebody wants to forget a rollout that is not over. An answer, not a surprise: it has no stack trace, and
/// its message is meant for who asked.
public final class StillRunning extends RuntimeException {
    private static final long serialVersionUID = 1;

    StillRunning(String id, String phase) {
        super(
                "rollout '%s' is in phase %s (expected: one that is over; abort it first)".formatted(id, phase),
                null,
                false,
                false);
    }
}
