package dev.penstock.monitor.recording;

import dev.penstock.core.Check;
import java.time.Duration;

/// How long what was counted is kept, and in what steps.
///
/// @param subWindow the short step
/// @param subWindows how many short steps are kept
/// @param longStep a multiple of the short one
/// @param longSteps how many long steps are kept
public record WindowSettings(Duration subWindow, int subWindows, Duration longStep, int longSteps) {
    /// Five minutes for an hour and hours for a day.
    public static final WindowSettings STANDARD =
            new WindowSettings(Duration.ofMinutes(5), 12, Duration.ofHours(1), 24);

    public WindowSettings {
        Check.argument(subWindow.toMillis() > 0, "subWindow: %s (expected: > 0)", subWindow);
        Check.argument(subWindows > 0, "subWindows: %d (expected: > 0)", subWindows);
        Check.argument(
                longStep.toMillis() > 0 && longStep.toMillis() % subWindow.toMillis() == 0,
                "longStep: %s (expected: a multiple of %s)",
                longStep,
                subWindow);
        Check.argument(longSteps > 0, "longSteps: %d (expected: > 0)", longSteps);
    }

    /// The longest window.
    public Duration longest() {
        Duration shorts = subWindow.multipliedBy(subWindows);
        Duration longs = longStep.multipliedBy(longSteps);
        return shorts.compareTo(longs) > 0 ? shorts : longs;
    }
}
