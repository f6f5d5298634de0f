package dev.penstock.monitor.drift;

import dev.penstock.monitor.recording.Cumulative;
import dev.penstock.monitor.recording.Feature;
import dev.penstock.monitor.statistics.Cusum;
import java.util.ArrayList;
import java.util.List;

/// The fast path: evidence that is gathered sub-window by sub-window, so that a drift is told as soon as
/// there is enough, however many sub-windows that takes, and without waiting for a window to be full. Not
/// thread-safe.
///
/// Of each feature it is enough when it would come by chance once in [#RUN_LENGTH] sub-windows times the
/// number of features, or less often: so the model has one in [#RUN_LENGTH]. It is an alarm only if the
/// values since it began to grow differ by as much as matters (see [DriftRules]), if the last sub-window
/// added to it, and if it does not hang on a single one.
public final class EvidenceWatch {
    /// Thirty days of five minutes.
    static final double RUN_LENGTH = 8640;

    private final DriftRules rules;
    private final List<FeatureWatch> features = new ArrayList<>();
    private EvidenceReport report = EvidenceReport.NONE;

    /// @param baseline which does not change, and is much larger than a sub-window
    public EvidenceWatch(Cumulative baseline, DriftRules rules) {
        this.rules = rules;
        List<Feature> possible = baseline.plan().features().stream()
                .filter(feature -> FeatureWatch.isPossible(feature, baseline, rules))
                .toList();
        double runLength = RUN_LENGTH * (double) Math.max(1, possible.size());
        double meanAlarmAt = Cusum.thresholdFor(runLength, Cusum.DEFAULT_ALLOWANCE);
        for (Feature feature : possible) {
            features.add(FeatureWatch.of(feature, baseline, rules, Math.log(runLength), meanAlarmAt));
        }
    }

    /// After one more sub-window.
    ///
    /// @param subWindow of the baseline's plan; none of its rows was in one before
    public EvidenceReport add(Cumulative subWindow) {
        ModelVerdict verdict = new ModelVerdict(rules);
        List<FeatureEvidence> judged = new ArrayList<>();
        for (FeatureWatch feature : features) {
            feature.add(subWindow);
            FeatureEvidence evidence = feature.judge();
            verdict.add(evidence.feature(), evidence.status());
            judged.add(evidence);
        }
        report = new EvidenceReport(verdict.status(), report.subWindows() + 1, judged);
        return report;
    }

    /// What was gathered of that feature speaks of what is over: it is gathered anew.
    void forget(String name) {
        for (FeatureWatch feature : features) {
            if (feature.name().equals(name)) {
                feature.forget();
            }
        }
    }

    /// After the last sub-window.
    public EvidenceReport report() {
        return report;
    }
}
