package dev.penstock.loadtest.scenario;

import java.time.Duration;
import java.util.Optional;

/// How long a stage goes on.
///
/// @param warmUp not counted
/// @param length of what is counted
/// @param settle the longest that a load may take, after its warm-up, until it has come to rest; none is to
///     be waited for if empty
/// @param tolerance by which rate and latency of three windows in a row may differ at rest; 0.1 is 10 %
/// @param window length of one
public record Tempo(Duration warmUp, Length length, Optional<Duration> settle, double tolerance, Duration window) {
    /// How much is counted.
    public sealed interface Length {}

    /// @param time above 0
    public record For(Duration time) implements Length {}

    /// @param count above 0
    public record Requests(long count) implements Length {}
}
