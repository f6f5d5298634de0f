package dev.penstock.monitor.drift;

import dev.penstock.monitor.recording.Cumulative;
import dev.penstock.monitor.recording.Feature;
import dev.penstock.monitor.statistics.Cusum;

/// Gathers what sub-windows' means say of one feature's. Confined to one thread.
///
/// The baseline's mean is known only so well: where sub-windows are as large as the baseline, that error is
/// in all of them alike, and would add up to an alarm. So what is no evidence grows by twice that error.
final class MeanWatch {
    /// From so many values on a mean is about normal.
    private static final long LEAST_VALUES = 30;

    private static final double LEAST_SHIFT = 0.1;
    private static final double ERRORS_ALLOWED = 2;

    private final Feature.Numeric feature;
    private final Moments usual;
    private final double alarmAt;
    private Cusum sums = Cusum.start(Cusum.DEFAULT_ALLOWANCE);
    private Moments pending = Moments.NONE;
    private Moments sinceUp = Moments.NONE;
    private Moments sinceDown = Moments.NONE;

    /// @param usual two values or more that are not all the same
    MeanWatch(Feature.Numeric feature, Moments usual, double alarmAt) {
        this.feature = feature;
        this.usual = usual;
        this.alarmAt = alarmAt;
    }

    void add(Cumulative subWindow) {
        pending = pending.plus(Moments.of(subWindow, feature));
        if (pending.count() < LEAST_VALUES) {
            return;
        }
        Moments seen = pending;
        pending = Moments.NONE;
        double errorOfUsual = 1 / (double) usual.count();
        double error = errorOfUsual + 1 / (double) seen.count();
        double z = (seen.mean() - usual.mean()) / (usual.deviation() * Math.sqrt(error));
        if (!Double.isFinite(z)) {
            // Numbers too large to be added say nothing of a mean, and must not be in the way of later ones.
            return;
        }
        double allowance = Cusum.DEFAULT_ALLOWANCE + ERRORS_ALLOWED * Math.sqrt(errorOfUsual / error);
        sums = new Cusum(allowance, sums.up(), sums.down()).next(z);
        sinceUp = sums.up() == 0 ? Moments.NONE : sinceUp.plus(seen);
        sinceDown = sums.down() == 0 ? Moments.NONE : sinceDown.plus(seen);
    }

    /// Begins anew.
    void forget() {
        sums = Cusum.start(Cusum.DEFAULT_ALLOWANCE);
        pending = Moments.NONE;
        sinceUp = Moments.NONE;
        sinceDown = Moments.NONE;
    }

    MeanEvidence evidence() {
        Moments since = sums.up() >= sums.down() ? sinceUp : sinceDown;
        double shift = since.count() == 0 ? 0 : (since.mean() - usual.mean()) / usual.deviation();
        boolean shifting = sums.level() >= alarmAt && Math.abs(shift) >= LEAST_SHIFT;
        return new MeanEvidence(sums.up(), sums.down(), alarmAt, shift, shifting);
    }
}
