package dev.penstock.server.feedback;

import dev.penstock.core.Check;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/// How feedback is taken.
///
/// @param tokens whether answers of models get tokens that say nothing of it
/// @param keyFile with the keys that servers share; empty for one of this server's own
/// @param maxLabelDays between a prediction and what is said of it
/// @param baselineLabels of each version that say how good it is usually
/// @param window of the metrics, beside the one of 24 hours
/// @param evaluateEvery how often quality is looked at
public record FeedbackSettings(
        boolean tokens,
        Optional<Path> keyFile,
        int maxLabelDays,
        int baselineLabels,
        Duration window,
        Duration evaluateEvery) {
    static final Duration LONG = Duration.ofHours(24);

    /// Of things said, those that are remembered for certain.
    static final int REMEMBERED = 1 << 20;

    private static final long MINUTES_OF_A_DAY = 24 * 60;

    public FeedbackSettings {
        Check.argument(maxLabelDays > 0, "maxLabelDays: %d (expected: > 0)", maxLabelDays);
        Check.argument(baselineLabels > 0, "baselineLabels: %d (expected: > 0)", baselineLabels);
    }

    long maxLabelMinutes() {
        return maxLabelDays * MINUTES_OF_A_DAY;
    }
}
