package dev.penstock.server.monitoring;

import dev.penstock.core.ModelKey;
import dev.penstock.core.ServingException;
import dev.penstock.monitor.recording.Cumulative;
import dev.penstock.monitor.recording.Feature;
import dev.penstock.monitor.recording.MonitorPlan;
import java.util.List;
import java.util.stream.Collectors;

/// What a version counts held against a baseline that is not its own: counts that are there by other bins
/// cannot be had by these. Pure.
final class HeldForOnce {
    private HeldForOnce() {}

    /// The baseline by the slots of the version's plan.
    ///
    /// @throws ServingException if a feature is counted otherwise, which it names, or none is in both
    static Cumulative usual(ModelKey key, MonitorPlan plan, Baseline baseline) {
        List<String> misfits = baseline.misfits(plan);
        if (!misfits.isEmpty()) {
            throw ServingException.invalid(
                    "baseline '%s': '%s' has other bins than %s counts by%s (expected: one captured of that version, or hold the version against this one)"
                            .formatted(baseline.id(), misfits.getFirst(), key, others(misfits.size() - 1)));
        }
        if (!baseline.knowsAny(plan)) {
            throw ServingException.invalid("baseline '%s' has no feature of %s (expected: one of %s)"
                    .formatted(baseline.id(), key, names(plan)));
        }
        return baseline.by(plan);
    }

    private static String names(MonitorPlan plan) {
        return plan.features().stream().map(Feature::name).collect(Collectors.joining(", "));
    }

    private static String others(int count) {
        return count == 0 ? "" : ", and so have %d others".formatted(count);
    }
}
