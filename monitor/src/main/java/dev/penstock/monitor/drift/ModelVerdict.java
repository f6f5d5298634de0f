package dev.penstock.monitor.drift;

import dev.penstock.monitor.recording.Feature;
import dev.penstock.monitor.recording.MonitorPlan;
import java.util.HashMap;
import java.util.Map;

/// What the features of a model say of it together. One input of many that drifts is told; the model has
/// drifted when its answers have, or an input that is pinned, or many inputs. A vector is one of them, by
/// whatever measure it drifts. Confined to one thread.
final class ModelVerdict {
    private final DriftRules rules;

    /// By what features are measures of.
    private final Map<String, DriftStatus> wholes = new HashMap<>();

    private boolean decided;
    private DriftStatus worst = DriftStatus.INSUFFICIENT;

    ModelVerdict(DriftRules rules) {
        this.rules = rules;
    }

    void add(Feature feature, DriftStatus status) {
        add(feature.whole(), feature.name(), status);
    }

    /// Of a tensor as a whole.
    ///
    /// @param name as features have it
    void add(String name, DriftStatus status) {
        add(name, name, status);
    }

    /// @param whole what that is a measure of
    void add(String whole, String name, DriftStatus status) {
        if (status == DriftStatus.INSUFFICIENT) {
            return;
        }
        wholes.merge(whole, status, DriftStatus::worse);
        worst = worst.worse(status);
        decided |= status.alarming() && (name.startsWith(MonitorPlan.OUTPUT) || rules.isPinned(name));
    }

    /// Of what was judged, how much is alarming; NaN if nothing was.
    double share() {
        long alarming = wholes.values().stream().filter(DriftStatus::alarming).count();
        return wholes.isEmpty() ? Double.NaN : (double) alarming / (double) wholes.size();
    }

    DriftStatus status() {
        return worst.alarming() && !decided && share() < rules.modelShare() ? DriftStatus.NOTICE : worst;
    }
}
