package dev.penstock.loadtest.engine;

import java.time.Duration;

/// When requests are sent.
public sealed interface Pacing {
    /// Each place in flight sends its next request when its answer came. A server that stalls is then asked
    /// less, so latencies of a closed loop say nothing about what independent callers would see.
    record ClosedLoop() implements Pacing {}

    /// A caller who asks for little: after an answer it rests, and asleep, so that it takes no processor from
    /// others. Latency counts from when a request was sent.
    ///
    /// @param rest between the last answer and the next requests, for all places in flight; exact to a
    ///     millisecond
    record Resting(Duration rest) implements Pacing {
        public Resting {
            if (!rest.isPositive()) {
                throw new IllegalArgumentException("rest: " + rest + " (expected: positive)");
            }
        }
    }

    /// Requests are due at times that do not depend on the server; latency counts from that time. What cannot
    /// be sent because every place in flight is taken waits in the client.
    sealed interface Open extends Pacing {
        /// How many requests may wait in the client, over all threads; what is due beyond that is counted as
        /// [LoadResult#overflowed()] and not sent.
        int maxWaiting();
    }

    /// An open loop at one rate.
    ///
    /// @param perSecond requests per second, over all connections
    /// @param spacing how they are spread
    /// @param maxWaiting see [Open#maxWaiting()]
    /// @param seed of the random spacing
    record OpenLoop(double perSecond, Spacing spacing, int maxWaiting, long seed) implements Open {
        public OpenLoop {
            if (!(perSecond > 0 && perSecond <= Pacing.MAX_RATE)) {
                throw new IllegalArgumentException("perSecond: " + perSecond + " (expected: 0 < rate <= 1e8)");
            }
            checkWaiting(maxWaiting);
        }
    }

    /// An open loop whose rate goes evenly from one value to another and then stays there. It begins to
    /// change when the measured time begins ([Extent.During]) or with the run ([Extent.Requests]).
    ///
    /// @param fromPerSecond requests per second until then, over all connections; may be 0
    /// @param toPerSecond requests per second from the end of the change on; may be 0 if the other is not
    /// @param over how long the change takes
    /// @param spacing how they are spread
    /// @param maxWaiting see [Open#maxWaiting()]
    /// @param seed of the random spacing
    record Ramp(double fromPerSecond, double toPerSecond, Duration over, Spacing spacing, int maxWaiting, long seed)
            implements Open {
        public Ramp {
            checkRate("fromPerSecond", fromPerSecond);
            checkRate("toPerSecond", toPerSecond);
            if (fromPerSecond + toPerSecond == 0) {
                throw new IllegalArgumentException("fromPerSecond and toPerSecond: 0 (expected: one of them above)");
            }
            if (!over.isPositive()) {
                throw new IllegalArgumentException("over: " + over + " (expected: positive)");
            }
            checkWaiting(maxWaiting);
        }

        private static void checkRate(String name, double rate) {
            if (!(rate >= 0 && rate <= Pacing.MAX_RATE)) {
                throw new IllegalArgumentException(name + ": " + rate + " (expected: 0 <= rate <= 1e8)");
            }
        }
    }

    /// An open loop that replays times that were recorded, from the beginning of the run. After the last one
    /// nothing is due any more: a run of some time goes on to its end, one of a number of requests ends
    /// there.
    ///
    /// @param times since the run began, warm-up included
    /// @param repeated whether it begins anew, a mean gap after the last arrival; then not all may come at once
    /// @param maxWaiting see [Open#maxWaiting()]
    record Recorded(ArrivalTimes times, boolean repeated, int maxWaiting) implements Open {
        public Recorded {
            if (repeated && times.periodNanos() == 0) {
                throw new IllegalArgumentException("times: all the same (expected: others, as they are repeated)");
            }
            checkWaiting(maxWaiting);
        }
    }

    /// How the arrivals of an open loop are spread.
    enum Spacing {
        /// All gaps are equal, or grow and shrink evenly with the rate.
        CONSTANT,
        /// Gaps are exponentially distributed, as those of many independent callers.
        POISSON
    }

    /// The highest rate, in requests per second.
    double MAX_RATE = 1e8;

    private static void checkWaiting(int maxWaiting) {
        if (maxWaiting < 1) {
            throw new IllegalArgumentException("maxWaiting: " + maxWaiting + " (expected: >= 1)");
        }
    }
}
