package dev.penstock.monitor.recording;

import dev.penstock.monitor.statistics.DistinctCount;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// How many different values there were of each categorical feature that are not known, since the plan is
/// counted by. Of very many within a second some are left out. Confined to one thread, which is none of the
/// recorders'.
final class UnseenCounts {
    private final MonitorPlan plan;
    private final Map<Integer, DistinctCount> counts = new HashMap<>();

    UnseenCounts(MonitorPlan plan) {
        this.plan = plan;
    }

    void drain(Recorder recorder) {
        List<Feature> features = plan.features();
        for (int i = 0; i < features.size(); i++) {
            LearningRing ring = recorder.unseen(i);
            if (ring != null) {
                int feature = i;
                ring.drainCategories(value -> counts.computeIfAbsent(feature, _ -> new DistinctCount())
                        .add(value.key()));
            }
        }
    }

    /// By name of the feature; of those that had one.
    Map<String, Long> distinct() {
        Map<String, Long> distinct = new HashMap<>();
        counts.forEach(
                (feature, count) -> distinct.put(plan.features().get(feature).name(), count.estimate()));
        return distinct;
    }
}
