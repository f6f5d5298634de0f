package dev.penstock.loadtest.engine;

import dev.penstock.loadtest.latency.Latencies;
import java.time.Duration;

/// A short piece of the measured time. Of the requests that count, answers belong to the window in which they
/// came, and what is due to the window in which it was due; answers that come after the measured time are in
/// no window.
///
/// @param from since the measured time began
/// @param length of the plan, but of the last one, which ends with the measured time
/// @param due requests that were due (open loop) or begun (closed loop)
/// @param succeeded right answers
/// @param failed answers that are errors, and requests that were given up
/// @param overflowed requests that were due and not sent, as too many already waited
/// @param latency of what succeeded, as in [LoadResult#latency()]
public record LoadWindow(
        Duration from, Duration length, long due, long succeeded, long failed, long overflowed, Latencies latency) {}
