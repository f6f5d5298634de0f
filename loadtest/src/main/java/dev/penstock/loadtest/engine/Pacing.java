package dev.penstock.loadtest.engine;

import java.time.Duration;

/// When requests are sent.
public sealed interface Pacing {
    /// Each place in flight sends its next request when its answer came. A server that stalls is then asked less, so
    /// latencies of a closed loop say nothing about what independent callers would see.
    record ClosedLoop() implements Pacing {}

    /// A caller who asks for little: after an answer it rests, and asleep, so that it takes no processor from others.
    /// Latency counts from when a request was sent.
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

    /// Requests are due at times that do not depend on the server; latency counts from that time. What cannot be
    /// sent because every place in flight is taken waits in the client.
    ///
    /// @param perSecond requests per second, over all connections
    /// @param spacing how they are spread
    /// @param maxWaiting how many requests may wait in the client, over all threads; what is due beyond that is
    ///     counted as [LoadResult#overflowed()] and not sent
    /// @param seed of the random spacing
    record OpenLoop(double perSecond, Spacing spacing, int maxWaiting, long seed) implements Pacing {
        public OpenLoop {
            if (!(perSecond > 0 && perSecond <= 100_000_000)) {
                throw new IllegalArgumentException("perSecond: " + perSecond + " (expected: 0 < rate <= 1e8)");
            }
            if (maxWaiting < 1) {
                throw new IllegalArgumentException("maxWaiting: " + maxWaiting + " (expected: >= 1)");
            }
        }
    }

    /// How the arrivals of an open loop are spread.
    enum Spacing {
        /// All gaps are equal.
        CONSTANT,
        /// Gaps are exponentially distributed, as those of many independent callers.
        POISSON
    }
}
