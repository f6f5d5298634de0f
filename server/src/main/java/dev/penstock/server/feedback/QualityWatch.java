package dev.penstock.server.feedback;

import dev.penstock.monitor.drift.DriftStatus;
import dev.penstock.monitor.statistics.BernoulliSequence;

/// Whether fewer labels are right than should be. Labels are looked at in blocks, in the order in which they
/// come; within a block the bounds of the share hold however often they are looked at, so that a version that
/// is as good as it should be is told of in at most one of a hundred blocks. Blocks that may end an alarm are
/// short, and take as long as their labels do. Not thread-safe.
final class QualityWatch {
    private static final double ALPHA = 0.01;
    private static final long MOST_LABELS = 5_000;
    private static final long MOST_MILLIS = 24 * 3_600_000L;

    /// Of a block that says that all is well again.
    private static final long CALM_LABELS = 200;

    /// So much less is urgent.
    private static final double URGENT = 0.05;

    private long labels;
    private long right;
    private long startMillis;

    /// Of all blocks.
    private long seen;

    private DriftStatus raised = DriftStatus.OK;

    /// What changed.
    enum Change {
        NONE,
        RAISED,
        WORSE,
        CLEARED
    }

    void add(boolean hit) {
        labels++;
        seen++;
        right += hit ? 1 : 0;
    }

    /// Looks at what came since the last look.
    ///
    /// @param reference the share that should be right
    Change look(double reference, long nowMillis) {
        startMillis = labels == 0 ? nowMillis : startMillis;
        if (labels == 0 || Double.isNaN(reference)) {
            return Change.NONE;
        }
        double upper = BernoulliSequence.of(right, labels, ALPHA).upper();
        DriftStatus found = upper >= reference
                ? DriftStatus.OK
                : upper < reference - URGENT ? DriftStatus.CRITICAL : DriftStatus.WARNING;
        Change change = Change.NONE;
        if (found.compareTo(raised) > 0) {
            change = raised == DriftStatus.OK ? Change.RAISED : Change.WORSE;
            raised = found;
        } else if (raised != DriftStatus.OK
                && found == DriftStatus.OK
                && labels >= CALM_LABELS
                && (double) right / (double) labels >= reference) {
            change = Change.CLEARED;
            raised = DriftStatus.OK;
        }
        boolean over = raised == DriftStatus.OK
                ? labels >= MOST_LABELS || nowMillis - startMillis >= MOST_MILLIS
                : labels >= CALM_LABELS;
        if (change != Change.NONE || over) {
            begin(nowMillis);
        }
        return change;
    }

    /// With a new block, and silent.
    void reset(long nowMillis) {
        raised = DriftStatus.OK;
        seen = 0;
        begin(nowMillis);
    }

    /// Whether there were so many labels that somebody would have been told if none of them had been right.
    ///
    /// @param reference the share that should be right; NaN if nobody knows
    boolean couldTell(double reference) {
        return seen > 0
                && (reference <= 0
                        || BernoulliSequence.of(0, Math.min(seen, MOST_LABELS), ALPHA)
                                        .upper()
                                < reference);
    }

    private void begin(long nowMillis) {
        labels = 0;
        right = 0;
        startMillis = nowMillis;
    }

    /// Since when labels are looked at together.
    long startMillis() {
        return startMillis;
    }

    long labels() {
        return labels;
    }

    /// [DriftStatus#OK] if nobody is told of anything.
    DriftStatus raised() {
        return raised;
    }
}
