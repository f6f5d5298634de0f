package dev.penstock.server.monitoring;

import dev.penstock.monitor.drift.Drift;
import dev.penstock.monitor.drift.DriftReport;
import dev.penstock.monitor.drift.DriftRules;
import dev.penstock.monitor.drift.DriftStatus;
import dev.penstock.monitor.recording.Cumulative;
import dev.penstock.monitor.recording.Window;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// One window of a version, and what is to be said of it.
///
/// @param length that was asked for
/// @param window what was counted in it; null before anything is
/// @param report null as long as there is no baseline
/// @param replicas the servers that counted it, by name; none if this one alone does
public record Evaluation(
        Duration length, @Nullable Window window, @Nullable DriftReport report, List<ReplicaRows> replicas) {
    public Evaluation {
        replicas = List.copyOf(replicas);
    }

    /// Of one server.
    public Evaluation(Duration length, @Nullable Window window, @Nullable DriftReport report) {
        this(length, window, report, List.of());
    }

    /// Before anything was counted.
    static Evaluation none(Duration length) {
        return new Evaluation(length, null, null);
    }

    /// @param usual what a window is held against, null if there is nothing
    static Evaluation of(
            Duration length, Window window, Function<Window, @Nullable Cumulative> usual, DriftRules rules) {
        Cumulative against = usual.apply(window);
        return new Evaluation(length, window, against == null ? null : Drift.of(against, window.counts(), rules));
    }

    /// With who counted how much of it.
    Evaluation with(List<ReplicaRows> all) {
        return new Evaluation(length, window, report, all);
    }

    public DriftStatus status() {
        return report == null ? DriftStatus.INSUFFICIENT : report.status();
    }

    /// The length as people ask for it, such as `1h` or `5m`.
    public String text() {
        long seconds = length.toSeconds();
        if (seconds % 3600 == 0) {
            return seconds / 3600 + "h";
        }
        return seconds % 60 == 0 ? seconds / 60 + "m" : seconds + "s";
    }

    /// Rows that were recorded in the window.
    public long rows() {
        return window == null ? 0 : window.counts().recorded();
    }
}
