package dev.penstock.server.alerting;

import dev.penstock.core.ModelKey;
import dev.penstock.monitor.drift.DriftStatus;
import dev.penstock.server.monitoring.Alert;
import java.util.List;

/// Concerns for tests.
final class Concerns {
    static final ModelKey FRAUD = new ModelKey("fraud", 8);

    private Concerns() {}

    static Concern drift(ModelKey key, DriftStatus severity, long raisedMillis, long clearedMillis) {
        return of(Alert.Kind.DRIFT, key, severity, raisedMillis, clearedMillis, List.of("amount", "output:score"));
    }

    static Concern critical(long raisedMillis) {
        return drift(FRAUD, DriftStatus.CRITICAL, raisedMillis, 0);
    }

    static Concern warning(long raisedMillis) {
        return drift(FRAUD, DriftStatus.WARNING, raisedMillis, 0);
    }

    static Concern of(
            Alert.Kind kind,
            ModelKey key,
            DriftStatus severity,
            long raisedMillis,
            long clearedMillis,
            List<String> features) {
        return new Concern(new Alert(
                kind, key, severity, raisedMillis, clearedMillis, raisedMillis - 300_000, 1_000, 0.5, features));
    }

    static Concern cleared(Concern concern, long atMillis) {
        return new Concern(concern.alert().cleared(atMillis));
    }
}
