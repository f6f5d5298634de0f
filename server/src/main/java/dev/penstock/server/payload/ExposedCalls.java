package dev.penstock.server.payload;

import dev.penstock.core.Assigned;
import dev.penstock.core.NanoClock;
import dev.penstock.server.calls.CallTimes;
import dev.penstock.server.calls.FinishedCall;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;

/// Finds among calls those that had an arm of a route, and says when they came by the clock on the wall.
///
/// @param assignments how often units of a route were dealt anew, by its name; 0 if that is not known
/// @param clock by which calls were timed
record ExposedCalls(ToLongFunction<String> assignments, NanoClock clock, InstantSource time) {
    /// @param taker is told each of them, in order, and says whether it has it
    /// @return how many it has not
    int hand(List<FinishedCall> calls, Predicate<ExposureLine> taker) {
        Instant now = time.instant();
        long nowNanos = clock.nanoTime();
        int refused = 0;
        for (FinishedCall call : calls) {
            Assigned arm = call.arm();
            if (arm != null) {
                long assignment = assignments.applyAsLong(arm.route());
                ExposureLine line = new ExposureLine(call, arm, assignment, arrival(call, now, nowNanos));
                refused += taker.test(line) ? 0 : 1;
            }
        }
        return refused;
    }

    private static Instant arrival(FinishedCall call, Instant now, long nowNanos) {
        CallTimes times = call.times();
        long at = times.startNanos() == CallTimes.UNKNOWN ? times.endNanos() : times.startNanos();
        return now.minusNanos(nowNanos - at);
    }
}
