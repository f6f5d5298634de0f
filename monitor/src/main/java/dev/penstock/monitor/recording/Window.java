package dev.penstock.monitor.recording;

import dev.penstock.core.Check;

/// What was counted within a time, in milliseconds since 1970.
///
/// @param fromMillis when it began
/// @param toMillis when the last of it was taken
public record Window(Cumulative counts, long fromMillis, long toMillis) {
    public Window {
        Check.argument(fromMillis <= toMillis, "a window from %d to %d (expected: not before)", fromMillis, toMillis);
    }
}
