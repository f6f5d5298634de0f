package dev.penstock.monitor.drift;

import dev.penstock.monitor.recording.MonitorPlan;

/// What the features of a model say of it together. One input of many that drifts is told; the model has
/// drifted
/// when its answers have, or an input that is pinned, or many inputs. Confined to one thread.
final class ModelVerdict {
    private final DriftRules rules;
    private int judged;
    private int alarming;
    private boolean decided;
    private DriftStatus worst = DriftStatus.INSUFFICIENT;

    ModelVerdict(DriftRules rules) {
        this.rules = rules;
    }

    /// @param name of a feature, or of a tensor as features have it
    void add(String name, DriftStatus status) {
        if (status == DriftStatus.INSUFFICIENT) {
            return;
        }
        judged++;
        worst = worst.worse(status);
        if (status.alarming()) {
            alarming++;
            decided |= name.startsWith(MonitorPlan.OUTPUT) || rules.isPinned(name);
        }
    }

    /// Of the features that were judged, how many are alarming; NaN if none was.
    double share() {
        return judged == 0 ? Double.NaN : (double) alarming / (double) judged;
    }

    DriftStatus status() {
        return worst.alarming() && !decided && share() < rules.modelShare() ? DriftStatus.NOTICE : worst;
    }
}
