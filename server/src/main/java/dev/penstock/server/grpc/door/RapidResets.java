package dev.penstock.server.grpc.door;

import dev.penstock.core.InferenceRequest;
import dev.penstock.core.NanoClock;
import java.util.concurrent.TimeUnit;

/// Finds peers that open calls only to reset them: so they could have any number under way, whatever they are allowed.
/// Callers whose patience ends do the same, but not before the deadline that they gave their call, and not at once.
/// Confined to the connection's event loop.
final class RapidResets {
    static final int MAX_RESETS = 200;
    static final long WINDOW_NANOS = TimeUnit.SECONDS.toNanos(30);

    /// A call that lasts longer keeps its place among those under way long enough.
    static final long SOON_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    /// A shorter deadline counts as this: with one of a nanosecond every reset would come late, in any number.
    static final long LEAST_PATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    /// The peer has begun to count before us: its deadline is near when so much of it has passed here.
    private static final int LATE_QUARTERS = 3;

    private final EventRate rate;

    RapidResets(NanoClock clock) {
        rate = new EventRate(MAX_RESETS, WINDOW_NANOS, clock);
    }

    /// The peer resets a stream.
    ///
    /// @return whether that was one too many
    boolean exceeded(DoorStream stream, long nowNanos) {
        return !stream.isAnswered()
                && isRapid(stream.openedNanos(), stream.deadlineNanos(), nowNanos)
                && rate.exceeded();
    }

    /// Whether a call that was not answered is reset like in an attack.
    ///
    /// @param deadlineNanos [InferenceRequest#NO_DEADLINE] for none
    static boolean isRapid(long openedNanos, long deadlineNanos, long nowNanos) {
        long passedNanos = nowNanos - openedNanos;
        boolean late = deadlineNanos != InferenceRequest.NO_DEADLINE
                && passedNanos >= Math.max(deadlineNanos - openedNanos, LEAST_PATIENCE_NANOS) / 4 * LATE_QUARTERS;
        return passedNanos < SOON_NANOS && !late;
    }
}
