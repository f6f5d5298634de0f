package dev.penstock.monitor.drift;

import dev.penstock.core.Check;
import java.time.Duration;

/// How a version's rows are looked at.
///
/// @param rules by which a window is judged
/// @param window for so long rows are gathered at most that are too few to say anything
/// @param longest the same of a feature that has an alarm, as long as any of its values come
public record LookRules(DriftRules rules, Duration window, Duration longest) {
    /// An hour, and a day.
    public static final LookRules STANDARD =
            new LookRules(DriftRules.STANDARD, Duration.ofHours(1), Duration.ofHours(24));

    public LookRules {
        Check.argument(window.toMillis() > 0, "window: %s (expected: > 0)", window);
        Check.argument(longest.compareTo(window) >= 0, "longest: %s (expected: >= window, %s)", longest, window);
    }

    /// @param alarmed whether the feature has an alarm and some of its values came
    boolean isTooLong(long millis, boolean alarmed) {
        return millis >= (alarmed ? longest : window).toMillis();
    }
}
