package dev.penstock.server.monitoring;

import dev.penstock.core.Check;
import dev.penstock.monitor.drift.DriftRules;
import dev.penstock.monitor.recording.WindowSettings;
import java.time.Duration;
import java.util.List;
import java.util.TreeSet;

/// How versions are watched.
///
/// @param rules by which windows are judged
/// @param window that is asked for if none is named, at most 24 hours
/// @param evaluateEvery how often windows are judged
/// @param baselineRows of live traffic that are taken for usual where nobody says what is
/// @param cpuShare of all processors that recording may take, 0 to 1
public record MonitoringSettings(
        DriftRules rules, Duration window, Duration evaluateEvery, long baselineRows, double cpuShare) {
    static final Duration SHORT = Duration.ofMinutes(5);
    static final Duration LONG = Duration.ofHours(24);

    /// Values of each feature from which edges are learnt, if the baseline has as many.
    private static final long EDGE_ROWS = 2_000;

    public MonitoringSettings {
        Check.argument(
                window.compareTo(SHORT) >= 0 && window.compareTo(LONG) <= 0,
                "window: %s (expected: 5m to 24h)",
                window);
        Check.argument(evaluateEvery.toMillis() > 0, "evaluateEvery: %s (expected: > 0)", evaluateEvery);
        Check.argument(baselineRows > 0, "baselineRows: %d (expected: > 0)", baselineRows);
        Check.argument(cpuShare > 0 && cpuShare <= 1, "cpuShare: %s (expected: 0..1)", cpuShare);
    }

    long edgeRows() {
        return Math.min(EDGE_ROWS, baselineRows);
    }

    /// Those that are judged again and again, the shortest first.
    List<Duration> windows() {
        return List.copyOf(new TreeSet<>(List.of(SHORT, window, LONG)));
    }

    WindowSettings kept() {
        return WindowSettings.STANDARD;
    }
}
