package dev.penstock.monitor.recording;

import java.util.ArrayList;
import java.util.List;

/// Adds up what was counted in stretches of time of which not the same part of the rows was recorded, so that
/// each weighs as the rows that ran in it. Confined to one thread.
///
/// With N rows that ran in a stretch and n of them recorded, each of these stands for w = N / n. The share of a
/// slot is the sum of w c over that of w n; it is as well known as that of Kish's effective number of rows,
/// (sum of w n)² / sum of w² n, and the counts are the shares times that number. Where the weights hardly
/// differ the counts are the plain sums. Source: Kish, Survey Sampling (1965).
public final class Strata {
    /// What of the rows may be lost by weights that differ, before they are used: of less they say nothing but
    /// chance.
    private static final double ALIKE = 0.99;

    /// Stretches of fewer recorded rows count with the next one: what they stand for is not known well.
    private static final long LEAST_ROWS = 30;

    private final MonitorPlan plan;
    private final List<Cumulative> stretches = new ArrayList<>();

    /// Of fewer rows than a stretch has.
    private Cumulative rest;

    public Strata(MonitorPlan plan) {
        this.plan = plan;
        rest = Cumulative.zero(plan);
    }

    /// @param stretch of the same plan, after those that were added before
    public void add(Cumulative stretch) {
        rest = rest.plus(stretch);
        if (rest.recorded() >= LEAST_ROWS) {
            stretches.add(rest);
            rest = Cumulative.zero(plan);
        }
    }

    /// All of them. Its rows are as many as count, and those that ran.
    public Cumulative total() {
        List<Cumulative> all = new ArrayList<>(stretches);
        if (all.isEmpty()) {
            return rest;
        }
        all.set(all.size() - 1, all.getLast().plus(rest));
        double seen = 0;
        double recorded = 0;
        double squares = 0;
        for (Cumulative one : all) {
            seen += one.seen();
            recorded += one.recorded();
            squares += (double) one.seen() * (double) one.seen() / (double) one.recorded();
        }
        double effective = seen * seen / squares;
        if (!(effective < ALIKE * recorded)) {
            return all.stream().reduce(Cumulative.zero(plan), Cumulative::plus);
        }
        return weighed(all, effective / seen);
    }

    /// @param part of the rows that ran that count
    private Cumulative weighed(List<Cumulative> all, double part) {
        double[] counts = new double[plan.slots()];
        double[] sums = new double[plan.sums()];
        long seen = 0;
        for (Cumulative one : all) {
            double weight = part * (double) one.seen() / (double) one.recorded();
            seen += one.seen();
            for (int i = 0; i < counts.length; i++) {
                counts[i] += weight * (double) one.count(i);
            }
            for (int i = 0; i < sums.length; i++) {
                sums[i] += weight * one.sum(i);
            }
        }
        long[] whole = new long[counts.length];
        whole[MonitorPlan.SEEN] = seen;
        whole[MonitorPlan.RECORDED] = Math.round(counts[MonitorPlan.RECORDED]);
        whole[MonitorPlan.MISMATCHED] = Math.round(counts[MonitorPlan.MISMATCHED]);
        for (Feature feature : plan.features()) {
            round(counts, whole, feature);
        }
        return Cumulative.owning(plan, whole, sums);
    }

    /// Of what a slot has beyond a whole number the next one has the rest: rounded one by one, slots that are
    /// all rare would vanish together.
    private static void round(double[] counts, long[] whole, Feature feature) {
        double upTo = 0;
        long given = 0;
        for (int i = feature.firstSlot(); i < feature.firstSlot() + feature.slots(); i++) {
            upTo += counts[i];
            long now = Math.round(upTo);
            whole[i] = now - given;
            given = now;
        }
    }
}
