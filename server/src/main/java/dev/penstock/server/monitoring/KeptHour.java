package dev.penstock.server.monitoring;

import dev.penstock.monitor.recording.Cumulative;
import dev.penstock.monitor.recording.Feature;
import dev.penstock.monitor.recording.MonitorPlan;
import dev.penstock.monitor.recording.PlannedVector;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// What came in one hour, as a file has it: a baseline, and how many rows ran of which it was counted.
///
/// @param seen rows that ran
record KeptHour(Baseline baseline, long seen) {
    private static final String SEEN = "seen";

    /// @param without features and vectors that it does not have by the plan's edges or categories
    record Counts(Cumulative all, Set<String> without) {
        Counts {
            without = Set.copyOf(without);
        }
    }

    /// @param hourMillis when it began
    static KeptHour of(String model, Cumulative counts, long hourMillis) {
        return new KeptHour(Baseline.of(model, Baseline.Origin.CAPTURED, counts, hourMillis), counts.seen());
    }

    String json() {
        ObjectNode json = (ObjectNode) JsonMapper.shared().readTree(baseline.json());
        json.put(SEEN, seen);
        return json.toString();
    }

    /// @throws IllegalArgumentException if it is none
    static KeptHour read(String text) {
        Baseline baseline = BaselineJson.read(text);
        // Of one that was kept before that was, all rows count alike.
        JsonNode seen = JsonMapper.shared().readTree(text).path(SEEN);
        return new KeptHour(baseline, Math.max(baseline.rows(), seen.asLong(0)));
    }

    boolean began(long hourMillis) {
        return baseline.createdMillis() == hourMillis;
    }

    /// @return null if it has nothing by what the plan counts
    @Nullable
    Counts by(MonitorPlan plan) {
        Set<String> without = new LinkedHashSet<>();
        for (Feature feature : plan.features()) {
            if (!baseline.has(feature)) {
                without.add(feature.name());
            }
        }
        if (without.size() == plan.features().size()) {
            return null;
        }
        for (PlannedVector vector : plan.vectors()) {
            if (!baseline.has(vector)) {
                without.add(vector.name());
            }
        }
        return new Counts(baseline.by(plan).ofSeen(seen), without);
    }
}
