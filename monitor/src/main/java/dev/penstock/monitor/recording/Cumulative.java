package dev.penstock.monitor.recording;

import dev.penstock.core.Check;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;

/// What was counted up to one moment, by one process or by many: counts and sums of one plan. Immutable.
///
/// Snapshots of different writers and processes add up, in any order; what was counted between two snapshots of
/// the same ones is their difference. Counts are exact; sums are sums of doubles, equal up to rounding whatever
/// the order.
public final class Cumulative {
    private final MonitorPlan plan;
    private final long[] counts;
    private final double[] sums;

    private Cumulative(MonitorPlan plan, long[] counts, double[] sums) {
        this.plan = plan;
        this.counts = counts;
        this.sums = sums;
    }

    /// Nothing yet.
    public static Cumulative zero(MonitorPlan plan) {
        return new Cumulative(plan, new long[plan.slots()], new double[plan.sums()]);
    }

    /// Of another process, or of a file.
    ///
    /// @param counts not negative, as many as the plan has slots
    /// @param sums as many as the plan has
    public static Cumulative of(MonitorPlan plan, long[] counts, double[] sums) {
        Check.argument(
                counts.length == plan.slots() && sums.length == plan.sums(),
                "%d counts and %d sums (expected: %d and %d, of plan %s)",
                counts.length,
                sums.length,
                plan.slots(),
                plan.sums(),
                plan.id());
        for (int i = 0; i < counts.length; i++) {
            Check.argument(counts[i] >= 0, "count %d: %d (expected: >= 0)", i, counts[i]);
        }
        return new Cumulative(plan, counts.clone(), sums.clone());
    }

    /// The same without copies: nobody else may have the arrays.
    static Cumulative owning(MonitorPlan plan, long[] counts, double[] sums) {
        return new Cumulative(plan, counts, sums);
    }

    public MonitorPlan plan() {
        return plan;
    }

    /// Of a slot of the plan.
    public long count(int slot) {
        return counts[slot];
    }

    public double sum(int slot) {
        return sums[slot];
    }

    /// Of a feature's slot, counted from its first one.
    public long count(Feature feature, int slot) {
        return counts[feature.firstSlot() + slot];
    }

    public long[] counts() {
        return counts.clone();
    }

    public double[] sums() {
        return sums.clone();
    }

    /// Rows that ran.
    public long seen() {
        return counts[MonitorPlan.SEEN];
    }

    /// Rows that were recorded: what every formula means by n, if no value is missing.
    public long recorded() {
        return counts[MonitorPlan.RECORDED];
    }

    /// By bin.
    public long[] bins(Feature.Numeric feature) {
        int first = feature.firstSlot() + Feature.Numeric.FIRST_BIN;
        return Arrays.copyOfRange(counts, first, first + feature.edges().bins());
    }

    /// The sum of the values in each bin; those far beyond the edges as [Edges#summed] has them.
    public double[] binSums(Feature.Numeric feature) {
        int first = feature.firstSlot() + Feature.Numeric.FIRST_BIN;
        return Arrays.copyOfRange(sums, first, first + feature.edges().bins());
    }

    /// The sum of the squares of all finite values, the same.
    public double squares(Feature.Numeric feature) {
        return sums[feature.firstSlot()];
    }

    /// How often each category was seen.
    public long[] categories(Feature.Categorical feature) {
        int first = feature.firstSlot() + Feature.Categorical.FIRST;
        return Arrays.copyOfRange(counts, first, first + feature.categories().count());
    }

    /// All values of a feature: those that have a bin or a category, and those that have none.
    public long total(Feature feature) {
        long total = 0;
        for (int i = 0; i < feature.slots(); i++) {
            total += counts[feature.firstSlot() + i];
        }
        return total;
    }

    /// Of a vector's feature: how many vectors were summed, and the sums of their elements before that; the
    /// middle of what was seen is their quotient.
    ///
    /// @param norm the name of the vectors' [Measure#NORM]
    /// @return sums of the elements, then the number of vectors; of no elements if there is no such
    ///     feature
    public double[] vectorSums(String norm) {
        for (Part part : plan.parts()) {
            if (part instanceof Part.Vector v
                    && plan.features().get(v.norm()).name().equals(norm)) {
                return Arrays.copyOfRange(sums, v.firstSum(), v.firstSum() + v.elements() + 1);
            }
        }
        return new double[0];
    }

    /// What both have counted.
    ///
    /// @param other of an equal plan
    public Cumulative plus(Cumulative other) {
        return combined(other, 1);
    }

    /// What was counted since `earlier`.
    ///
    /// @param earlier of an equal plan and the same writers
    public Cumulative minus(Cumulative earlier) {
        return combined(earlier, -1);
    }

    private Cumulative combined(Cumulative other, int sign) {
        Check.argument(
                plan.id().equals(other.plan.id()),
                "counts of plan %s and of plan %s (expected: of one)",
                plan.id(),
                other.plan.id());
        long[] bothCounts = counts.clone();
        for (int i = 0; i < bothCounts.length; i++) {
            bothCounts[i] += sign * other.counts[i];
        }
        double[] bothSums = sums.clone();
        for (int i = 0; i < bothSums.length; i++) {
            bothSums[i] += sign * other.sums[i];
        }
        return new Cumulative(plan, bothCounts, bothSums);
    }

    /// The same rows, of which only those features and vectors were counted.
    ///
    /// @param names of features, and of vectors as their features have it
    public Cumulative only(Set<String> names) {
        long[] kept = new long[counts.length];
        double[] keptSums = new double[sums.length];
        System.arraycopy(counts, 0, kept, 0, MonitorPlan.FIRST_SLOT);
        for (Feature feature : plan.features()) {
            if (names.contains(feature.name())) {
                System.arraycopy(counts, feature.firstSlot(), kept, feature.firstSlot(), feature.slots());
                System.arraycopy(sums, feature.firstSlot(), keptSums, feature.firstSlot(), feature.slots());
            }
        }
        for (PlannedVector vector : plan.vectors()) {
            if (names.contains(vector.name())) {
                System.arraycopy(sums, vector.firstSum(), keptSums, vector.firstSum(), vector.sums());
            }
        }
        return new Cumulative(plan, kept, keptSums);
    }

    /// The same rows, with those features and vectors as another one has them.
    ///
    /// @param names of features, and of vectors as their features have it
    /// @param other of an equal plan
    public Cumulative with(Set<String> names, Cumulative other) {
        Set<String> mine = new HashSet<>();
        plan.features().forEach(feature -> mine.add(feature.name()));
        plan.vectors().forEach(vector -> mine.add(vector.name()));
        mine.removeAll(names);
        Cumulative both = only(mine).plus(other.only(names));
        System.arraycopy(counts, 0, both.counts, 0, MonitorPlan.FIRST_SLOT);
        return both;
    }

    /// The same, of so many rows that ran.
    ///
    /// @param rows at least as many as were recorded
    public Cumulative ofSeen(long rows) {
        Check.argument(rows >= recorded(), "%d rows (expected: >= %d)", rows, recorded());
        long[] more = counts.clone();
        more[MonitorPlan.SEEN] = rows;
        return new Cumulative(plan, more, sums);
    }

    /// Whether no count of this one is less than that of `earlier`.
    boolean isAfter(Cumulative earlier) {
        for (int i = 0; i < counts.length; i++) {
            if (counts[i] < earlier.counts[i]) {
                return false;
            }
        }
        return true;
    }

    @Override
    public String toString() {
        return plan + " with " + recorded() + " rows of " + seen();
    }
}
