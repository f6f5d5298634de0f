package dev.penstock.server.alerting;

import dev.penstock.core.ModelKey;
import dev.penstock.monitor.drift.DriftStatus;
import dev.penstock.server.monitoring.Alert;
import java.util.List;

/// Something that is, or was, wrong with a version.
///
/// @param severity [DriftStatus#WARNING] or [DriftStatus#CRITICAL], the worst it was
/// @param raisedMillis since 1970
/// @param clearedMillis since 1970; 0 while it is active
/// @param fromMillis when the window began that raised it
/// @param rows of that window
/// @param share of the features that are concerned
/// @param features that are concerned, or measures of quality
public record Concern(
        Kind kind,
        ModelKey key,
        DriftStatus severity,
        long raisedMillis,
        long clearedMillis,
        long fromMillis,
        long rows,
        double share,
        List<String> features) {
    private static final String OUTPUT = "output:";

    /// What is wrong.
    public enum Kind {
        /// What goes in or comes out is not what it was.
        DRIFT,
        /// Answers turn out to be wrong more often.
        QUALITY
    }

    /// What there is one active concern of at most.
    record Subject(Kind kind, ModelKey key) {}

    public Concern {
        features = List.copyOf(features);
    }

    /// As the monitoring has it.
    public static Concern of(Alert alert) {
        return new Concern(
                Kind.DRIFT,
                alert.key(),
                alert.severity(),
                alert.raisedMillis(),
                alert.clearedMillis(),
                alert.fromMillis(),
                alert.rows(),
                alert.share(),
                alert.features());
    }

    Subject subject() {
        return new Subject(kind, key);
    }

    boolean active() {
        return clearedMillis == 0;
    }

    boolean critical() {
        return severity == DriftStatus.CRITICAL;
    }

    boolean ofOutputs() {
        return features.stream().anyMatch(feature -> feature.startsWith(OUTPUT));
    }

    boolean ofInputs() {
        return features.stream().anyMatch(feature -> !feature.startsWith(OUTPUT));
    }

    /// Tells it from all others of this process.
    String id() {
        return "%s %s %d".formatted(kind, key, raisedMillis);
    }
}
