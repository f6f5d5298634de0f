package dev.penstock.router.arms;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.penstock.monitor.feedback.Prediction;
import java.util.Arrays;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Puts what is predicted into bins that all arms of a rollout have alike, so that whether they predict alike
/// can be told of counts. Classes have a bin each, but for the last ones; numbers have the upper half of the
/// bins, between quantiles of the first ones that any arm predicts, which are then not counted. Thread-safe.
///
/// Which bins there are says nothing about the arms, as they are the same for all at any moment: other bins
/// after a restart, or on another server, cost the comparison power and never its validity.
public final class PredictionBins {
    /// What has no bin of its own is in the last one.
    public static final int BINS = 32;

    /// Not to be counted.
    public static final int NONE = -1;

    /// Numbers that edges are learnt from.
    static final int LEARNT_FROM = 512;

    private static final int NUMBER_BINS = 16;

    /// Classes before it are never where numbers are.
    private static final int FIRST_NUMBER = BINS - NUMBER_BINS;

    /// Where numbers are in fewer bins, much may change and stay in the same ones.
    private static final int FEWEST_OF_NUMBERS = 3;

    private final ReentrantLock lock = new ReentrantLock();

    @GuardedBy("lock")
    private final double[] first = new double[LEARNT_FROM];

    @GuardedBy("lock")
    private int seen;

    private volatile double @Nullable [] edges;

    /// @return 0 to [#BINS] - 1, or [#NONE]
    public int of(Prediction.Row row) {
        if (row.predicted() >= 0) {
            return Math.min(row.predicted(), BINS - 1);
        }
        return Float.isNaN(row.score()) ? NONE : ofNumber(row.score());
    }

    private int ofNumber(double number) {
        double[] known = edges;
        if (known == null) {
            learn(number);
            return NONE;
        }
        int bin = 0;
        while (bin < known.length && number > known[bin]) {
            bin++;
        }
        return FIRST_NUMBER + bin;
    }

    /// Whether the bins hardly tell answers apart: they are numbers, or classes beyond the first ones, and
    /// nearly all bins are empty. Equal counts are no proof of equal answers then.
    ///
    /// @param counts of all arms together
    public static boolean areTooFew(long[] counts) {
        int used = 0;
        for (int bin = 0; bin < counts.length; bin++) {
            if (counts[bin] > 0 && bin < FIRST_NUMBER) {
                return false;
            }
            used += counts[bin] > 0 ? 1 : 0;
        }
        return used < FEWEST_OF_NUMBERS;
    }

    private void learn(double number) {
        lock.lock();
        try {
            if (seen == LEARNT_FROM) {
                return;
            }
            first[seen] = number;
            seen++;
            if (seen == LEARNT_FROM) {
                Arrays.sort(first);
                double[] quantiles = new double[NUMBER_BINS - 1];
                for (int i = 0; i < quantiles.length; i++) {
                    quantiles[i] = first[(i + 1) * LEARNT_FROM / NUMBER_BINS];
                }
                edges = quantiles;
            }
        } finally {
            lock.unlock();
        }
    }
}
