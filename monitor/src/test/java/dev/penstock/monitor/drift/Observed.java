package dev.penstock.monitor.drift;

import dev.penstock.core.DataType;
import dev.penstock.core.Signature;
import dev.penstock.core.TensorSpec;
import dev.penstock.monitor.recording.Categories;
import dev.penstock.monitor.recording.Category;
import dev.penstock.monitor.recording.Cumulative;
import dev.penstock.monitor.recording.Edges;
import dev.penstock.monitor.recording.Feature;
import dev.penstock.monitor.recording.FeatureOrder;
import dev.penstock.monitor.recording.Known;
import dev.penstock.monitor.recording.MonitorPlan;
import dev.penstock.monitor.recording.MonitorSettings;
import dev.penstock.monitor.recording.PlanCompiler;
import dev.penstock.monitor.recording.PlanVerdict;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Counts as a server has them, made of histograms.
final class Observed {
    static final String VALUE = "output:value";
    static final String LABEL = "output:label";

    private final MonitorPlan plan;
    private final long[] counts;
    private final double[] sums;

    Observed(MonitorPlan plan) {
        this.plan = plan;
        counts = new long[plan.slots()];
        sums = new double[plan.sums()];
    }

    /// Numbers in, a number and one of three or so many labels out; numbers have twenty bins between 0 and 1.
    static MonitorPlan plan(int inputs) {
        return plan(inputs, 3);
    }

    static MonitorPlan plan(int inputs, int labels) {
        Signature signature = new Signature(
                List.of(TensorSpec.of("x", DataType.FP32, -1, inputs)),
                List.of(TensorSpec.of("value", DataType.FP32, -1), TensorSpec.of("label", DataType.INT64, -1)),
                0);
        MonitorSettings settings =
                MonitorSettings.STANDARD.withInputs(List.of(FeatureOrder.of("x", FeatureOrder.Kind.NUMERIC)));
        if (!(PlanCompiler.compile(signature, settings, 1) instanceof PlanVerdict.Planned planned)) {
            throw new AssertionError("this can be planned");
        }
        Map<String, Edges> edges = new HashMap<>();
        for (Feature feature : planned.plan().features()) {
            edges.put(feature.name(), Edges.UNIT);
        }
        List<Category> known = new ArrayList<>();
        for (int i = 0; i < labels; i++) {
            known.add(Category.of(i));
        }
        return planned.plan().with(new Known(edges, Map.of(LABEL, Categories.of(known, List.of())), Map.of()));
    }

    Feature feature(String name) {
        Feature feature = plan.feature(name);
        if (feature == null) {
            throw new AssertionError(name + " of " + plan.features());
        }
        return feature;
    }

    /// @param bins below the range, in it, above it
    Observed bins(String name, long... bins) {
        Feature.Numeric numeric = (Feature.Numeric) feature(name);
        int first = numeric.firstSlot() + Feature.Numeric.FIRST_BIN;
        long values = 0;
        for (int i = 0; i < bins.length; i++) {
            double middle = ((double) i - 0.5) / 20;
            counts[first + i] = bins[i];
            sums[first + i] = middle * (double) bins[i];
            sums[numeric.firstSlot()] += middle * middle * (double) bins[i];
            values += bins[i];
        }
        return rows(values);
    }

    Observed labels(long... labels) {
        int first = feature(LABEL).firstSlot() + Feature.Categorical.FIRST;
        long values = 0;
        for (int i = 0; i < labels.length; i++) {
            counts[first + i] = labels[i];
            values += labels[i];
        }
        return rows(values);
    }

    /// @param slot of the feature that is none of its bins or categories
    Observed special(String name, int slot, long values) {
        counts[feature(name).firstSlot() + slot] = values;
        return this;
    }

    private Observed rows(long values) {
        counts[MonitorPlan.SEEN] = Math.max(counts[MonitorPlan.SEEN], values);
        counts[MonitorPlan.RECORDED] = counts[MonitorPlan.SEEN];
        return this;
    }

    /// Of so many rows that ran.
    Observed of(long rows) {
        counts[MonitorPlan.SEEN] = rows;
        return this;
    }

    Cumulative counted() {
        return Cumulative.of(plan, counts, sums);
    }
}
