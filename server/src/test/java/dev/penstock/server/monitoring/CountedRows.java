package dev.penstock.server.monitoring;

import dev.penstock.core.DataType;
import dev.penstock.core.Signature;
import dev.penstock.core.TensorSpec;
import dev.penstock.monitor.recording.Cumulative;
import dev.penstock.monitor.recording.Edges;
import dev.penstock.monitor.recording.Feature;
import dev.penstock.monitor.recording.Known;
import dev.penstock.monitor.recording.MonitorPlan;
import dev.penstock.monitor.recording.MonitorSettings;
import dev.penstock.monitor.recording.PlanCompiler;
import dev.penstock.monitor.recording.PlanVerdict;
import java.util.List;
import java.util.Map;

/// What was counted of a version that answers one number, all of them in one bin.
final class CountedRows {
    static final String VALUE = "output:value";
    static final MonitorPlan PLAN = plan();

    private CountedRows() {}

    private static MonitorPlan plan() {
        Signature signature = new Signature(
                List.of(TensorSpec.of("x", DataType.FP32, -1, 1)),
                List.of(TensorSpec.of("value", DataType.FP32, -1)),
                0);
        if (!(PlanCompiler.compile(signature, MonitorSettings.STANDARD, 1) instanceof PlanVerdict.Planned planned)) {
            throw new AssertionError("this can be planned");
        }
        return planned.plan().with(new Known(Map.of(VALUE, Edges.UNIT), Map.of(), Map.of()));
    }

    static Cumulative rows(long rows) {
        Feature feature = PLAN.feature(VALUE);
        if (feature == null) {
            throw new AssertionError(VALUE + " of " + PLAN.features());
        }
        long[] counts = new long[PLAN.slots()];
        counts[MonitorPlan.SEEN] = rows;
        counts[MonitorPlan.RECORDED] = rows;
        counts[feature.firstSlot() + Feature.Numeric.FIRST_BIN + 1] = rows;
        return Cumulative.of(PLAN, counts, new double[PLAN.sums()]);
    }
}
