package dev.penstock.server.feedback;

import dev.penstock.core.ModelKey;
import dev.penstock.monitor.drift.DriftStatus;
import dev.penstock.server.monitoring.Alert;
import dev.penstock.server.monitoring.Alerts;
import java.util.List;

/// Alerts about versions of whose answers fewer are right than should be. Not thread-safe.
final class QualityAlerts {
    private static final System.Logger LOG = System.getLogger(QualityAlerts.class.getName());

    /// Instead of the features of alerts about drift.
    private static final List<String> FEATURES = List.of("quality:accuracy");

    private final Alerts alerts = new Alerts();

    /// Judges what was said of a version since the last time.
    void look(VersionFeedback version, long nowMillis) {
        QualityWatch watch = version.watch();
        long sinceMillis = watch.startMillis();
        long labels = watch.labels();
        double target = version.target();
        QualityWatch.Change change = watch.look(target, nowMillis);
        if (change == QualityWatch.Change.NONE) {
            return;
        }
        ModelKey key = version.key();
        DriftStatus severity = watch.raised();
        LOG.log(
                System.Logger.Level.WARNING,
                "{0}: quality {1}, {2} ({3} labels, expected right: {4})",
                key,
                change,
                severity,
                labels,
                target);
        if (change == QualityWatch.Change.CLEARED) {
            end(key, nowMillis);
        } else {
            alerts.raise(
                    key,
                    nowMillis,
                    raised ->
                            new Alert(Alert.Kind.QUALITY, key, severity, raised, 0, sinceMillis, labels, 1, FEATURES));
        }
    }

    void end(ModelKey key, long nowMillis) {
        alerts.end(key, nowMillis);
    }

    List<Alert> all() {
        return alerts.all();
    }
}
