package dev.penstock.loadtest.engine;

import java.time.Duration;

/// How long a run goes on. What is begun (closed loop) or due (open loop) in the measured phase is counted, whenever
/// its answer comes.
public sealed interface Extent {
    /// @param warmUp not counted
    /// @param measured counted
    record During(Duration warmUp, Duration measured) implements Extent {
        public During {
            if (warmUp.isNegative()) {
                throw new IllegalArgumentException("warmUp: " + warmUp + " (expected: not negative)");
            }
            if (!measured.isPositive()) {
                throw new IllegalArgumentException("measured: " + measured + " (expected: positive)");
            }
        }
    }

    /// A number of requests, over all threads.
    ///
    /// @param warmUp not counted
    /// @param measured counted
    record Requests(long warmUp, long measured) implements Extent {
        public Requests {
            if (warmUp < 0) {
                throw new IllegalArgumentException("warmUp: " + warmUp + " (expected: >= 0)");
            }
            if (measured < 1) {
                throw new IllegalArgumentException("measured: " + measured + " (expected: >= 1)");
            }
        }
    }
}
