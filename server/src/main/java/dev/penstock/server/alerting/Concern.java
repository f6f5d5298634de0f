package dev.penstock.server.alerting;

import dev.penstock.core.ModelKey;
import dev.penstock.monitor.drift.DriftStatus;
import dev.penstock.server.monitoring.Alert;
import java.util.List;

/// Something that is, or was, wrong with a version: an alert of the monitoring, and what is to be known of it
/// to tell others.
public record Concern(Alert alert) {
    private static final String OUTPUT = "output:";

    /// What there is one active concern of at most.
    record Subject(Alert.Kind kind, ModelKey key) {}

    Alert.Kind kind() {
        return alert.kind();
    }

    ModelKey key() {
        return alert.key();
    }

    /// The worst it was.
    DriftStatus severity() {
        return alert.severity();
    }

    /// Since 1970.
    long raisedMillis() {
        return alert.raisedMillis();
    }

    /// Since 1970; 0 while it is active.
    long clearedMillis() {
        return alert.clearedMillis();
    }

    /// That are concerned, or measures of quality.
    List<String> features() {
        return alert.features();
    }

    Subject subject() {
        return new Subject(kind(), key());
    }

    /// Whether it is so now; else it was.
    public boolean active() {
        return clearedMillis() == 0;
    }

    boolean critical() {
        return severity() == DriftStatus.CRITICAL;
    }

    boolean isDrift() {
        return kind() == Alert.Kind.DRIFT;
    }

    boolean ofOutputs() {
        return features().stream().anyMatch(feature -> feature.startsWith(OUTPUT));
    }

    boolean ofInputs() {
        return features().stream().anyMatch(feature -> !feature.startsWith(OUTPUT));
    }

    /// Tells it from all others of this process.
    String id() {
        return "%s %s %d".formatted(kind(), key(), raisedMillis());
    }
}
