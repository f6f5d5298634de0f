package dev.penstock.core.batching;

import dev.penstock.core.batching.BatchPlan.Bucket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Looks for the number of rows of one run from which on more rows hardly raise rows per second.
///
/// Decides by given times alone. Those of a shared machine err to one side: what disturbs a run makes it slower. So a
/// batch counts by the fast tenth of its runs; one that does not clearly gain is timed again, and longer, in turn with
/// the best one, so that both had the same moments; and where runs are short, the next doublings are looked at too
/// before the search ends. One slow moment then does not leave a model unbatched for as long as it is loaded. What
/// gains clearly needs no long look: a slow moment of the smaller batch can at worst have one tried that is too large
/// by a doubling.
final class BatchSearch {
    /// Twice the rows must raise rows per second by this factor.
    private static final double WORTHWHILE = 1.05;

    /// From this factor on a few runs are enough to say so.
    private static final double CLEAR = 1.25;

    private static final int FEWEST_SAMPLES = 3;
    /// Of which the fastest counts.
    private static final int FEW_SAMPLES = 9;
    private static final int MOST_SAMPLES = 51;
    private static final long SAMPLING_NANOS = 10_000_000;

    /// Up to here a run is short enough to look further.
    private static final long FAST_NANOS = 1_000_000;

    /// How many doublings in a row may gain too little before the search ends.
    private static final int FAST_PATIENCE = 3;

    /// However long runs are, those in turn with the best one are this many, or a slow moment decides.
    private static final int FEWEST_ROUNDS = 6;

    private final Trial trial;
    private final ProbeLimits limits;
    private final int mostRows;
    private final List<Samples> tried = new ArrayList<>();
    private int found;
    private String reason = "";

    BatchSearch(Trial trial, ProbeLimits limits, int mostRows) {
        this.trial = trial;
        this.limits = limits;
        this.mostRows = mostRows;
    }

    /// What is timed.
    interface Trial {
        /// How long one run of that many rows takes.
        long runNanos(int rows);

        /// Time that the probe has taken so far.
        long spentNanos();
    }

    /// Tries ever larger batches.
    ///
    /// @return the most rows that are worth it
    int search() {
        Samples best = time(1, MOST_SAMPLES);
        Samples last = best;
        int disappointments = 0;
        while (last.rows < mostRows) {
            int next = Math.min(2 * last.rows, mostRows);
            if (!isFixed() && wouldTakeTooLong(last, next)) {
                reason = "trying %d would have taken too long".formatted(next);
                return end(best);
            }
            last = time(next, FEW_SAMPLES);
            if (isFixed() || isWorthwhile(best, last)) {
                best = last;
                disappointments = 0;
            } else {
                disappointments++;
                if (disappointments >= patience()) {
                    break;
                }
            }
        }
        reason = isFixed() ? "as configured" : reasonToStop(best, last);
        return end(best);
    }

    private static String reasonToStop(Samples best, Samples last) {
        return last.rows == best.rows
                ? "the most that are tried"
                : "%d gain little (%d ns a row instead of %d)"
                        .formatted(last.rows, last.nanosPerRow(), best.nanosPerRow());
    }

    /// What was timed, up to the best. Also after a search that a failing model ended.
    List<Bucket> buckets() {
        return tried.stream()
                .filter(samples -> samples.rows <= Math.max(found, 1) && samples.count > 0)
                .map(samples -> new Bucket(samples.rows, samples.nanos()))
                .toList();
    }

    /// Why the search ended where it did, in words.
    String reason() {
        return reason;
    }

    private int end(Samples best) {
        found = best.rows;
        return found;
    }

    private boolean isFixed() {
        return limits.fixedRows() > 0;
    }

    private int patience() {
        return tried.getFirst().nanos() < FAST_NANOS ? FAST_PATIENCE : 1;
    }

    private boolean wouldTakeTooLong(Samples last, int nextRows) {
        double runNanos = (double) last.nanos() * nextRows / last.rows;
        return trial.spentNanos() + (1 + FEWEST_SAMPLES) * runNanos > limits.budgetNanos();
    }

    private Samples time(int rows, int mostSamples) {
        Samples samples = new Samples(rows);
        tried.add(samples);
        trial.runNanos(rows);
        sample(samples, mostSamples);
        return samples;
    }

    private void sample(Samples samples, int mostSamples) {
        long sampledNanos = 0;
        while (wantsMore(samples.count, mostSamples, sampledNanos)) {
            sampledNanos += sample(samples);
        }
    }

    private boolean isWorthwhile(Samples best, Samples larger) {
        if (gains(best, larger, CLEAR)) {
            return true;
        }
        sample(best, MOST_SAMPLES);
        sample(larger, MOST_SAMPLES);
        if (gains(best, larger, WORTHWHILE)) {
            return true;
        }
        // In turn, so that both had the same moments. Who is first changes as the Thue-Morse sequence does, which
        // keeps step with nothing: what disturbs every eighth run, say, would otherwise always meet the same one.
        long sampledNanos = 0;
        for (int round = 0; !overBudget() && wantsMoreRounds(round, sampledNanos / 2); round++) {
            boolean bestFirst = Integer.bitCount(round) % 2 == 0;
            sampledNanos += sample(bestFirst ? best : larger) + sample(bestFirst ? larger : best);
        }
        return gains(best, larger, WORTHWHILE);
    }

    /// Whether each doubling raised rows per second by that factor.
    private static boolean gains(Samples best, Samples larger, double least) {
        double factor = (double) best.nanos() / best.rows * larger.rows / larger.nanos();
        double doublings = Math.log((double) larger.rows / best.rows) / Math.log(2);
        return factor >= Math.pow(least, doublings);
    }

    private long sample(Samples samples) {
        long nanos = trial.runNanos(samples.rows);
        samples.add(nanos);
        return nanos;
    }

    private boolean wantsMore(int count, int most, long sampledNanos) {
        int fewest = overBudget() ? 1 : FEWEST_SAMPLES;
        return count < fewest || (count < most && sampledNanos < SAMPLING_NANOS);
    }

    private static boolean wantsMoreRounds(int count, long sampledNanos) {
        return count < FEWEST_ROUNDS || (count < MOST_SAMPLES && sampledNanos < SAMPLING_NANOS);
    }

    private boolean overBudget() {
        return trial.spentNanos() >= limits.budgetNanos();
    }

    /// How long the runs of so many rows took.
    private static final class Samples {
        private static final int FAST_SHARE = 10;

        private final int rows;
        private long[] sorted = new long[MOST_SAMPLES];
        private int count;

        Samples(int rows) {
            this.rows = rows;
        }

        void add(long nanos) {
            if (count == sorted.length) {
                sorted = Arrays.copyOf(sorted, 2 * count);
            }
            int at = count;
            while (at > 0 && sorted[at - 1] > nanos) {
                sorted[at] = sorted[at - 1];
                at--;
            }
            sorted[at] = nanos;
            count++;
        }

        /// A tenth of the runs were faster.
        long nanos() {
            return Math.max(1, sorted[count / FAST_SHARE]);
        }

        long nanosPerRow() {
            return nanos() / rows;
        }
    }
}
