package dev.penstock.router.rollout;

import dev.penstock.core.LatencyScale;
import dev.penstock.core.LatencySnapshot;
import dev.penstock.router.arms.ArmCounts;
import dev.penstock.router.evidence.PairCounts;
import dev.penstock.router.evidence.Pool;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/// What a candidate and the control had at the same time, in the form in which evidence is found. Pure.
final class Pairs {
    private final List<Epoch> epochs;
    private final String arm;
    private final String control;
    private final Repeats repeats;

    /// Which counts are asked of.
    record Failures(ToLongFunction<ArmCounts> failed, ToLongFunction<ArmCounts> eligible) {
        /// What one unit does again and again is counted once: about independent, but where most units fail
        /// sooner or later, all arms look alike.
        static final Failures ONCE = new Failures(ArmCounts::failedOnce, ArmCounts::eligibleOnce);

        /// Every request: exact, but not independent.
        static final Failures EVERY = new Failures(ArmCounts::failed, ArmCounts::eligible);

        static final Failures ABANDONED_ONCE = new Failures(ArmCounts::abandonedOnce, ArmCounts::eligibleOnce);
        static final Failures ABANDONED_EVERY = new Failures(ArmCounts::abandoned, ArmCounts::eligible);
        static final Failures REFUSED_ONCE = new Failures(ArmCounts::refusedOnce, ArmCounts::eligibleOnce);
        static final Failures REFUSED_EVERY = new Failures(ArmCounts::refused, ArmCounts::eligible);

        /// Of those that are eligible. A bucket that was answered while the arm settled, which is not
        /// counted, and fails in the same sub-window is only among those that failed.
        long failed(ArmCounts counts) {
            return Math.min(failed.applyAsLong(counts), eligible.applyAsLong(counts));
        }

        /// NaN if there was nothing.
        double rate(ArmCounts counts) {
            return (double) failed(counts) / (double) eligible.applyAsLong(counts);
        }
    }

    Pairs(List<Epoch> epochs, String arm, String control) {
        this(epochs, arm, control, Repeats.NONE);
    }

    /// @param repeats of what counts once
    Pairs(List<Epoch> epochs, String arm, String control, Repeats repeats) {
        this.epochs = epochs.stream()
                .filter(epoch -> epoch.weight(arm) > 0 && epoch.weight(control) > 0)
                .toList();
        this.arm = arm;
        this.control = control;
        this.repeats = repeats;
    }

    Repeats repeats() {
        return repeats;
    }

    /// Whether they never had a share at the same time.
    boolean isEmpty() {
        return epochs.isEmpty();
    }

    /// Of the last step in which both had a share: totals over several steps compare one hour's requests with
    /// another's.
    Pairs lastStep() {
        int last = epochs.stream().mapToInt(Epoch::step).max().orElse(0);
        return new Pairs(epochs.stream().filter(epoch -> epoch.step() == last).toList(), arm, control, repeats);
    }

    /// Failures under the shares that were dealt.
    PairCounts failures(Failures which) {
        var sum = PairCounts.none(1);
        for (Epoch epoch : epochs) {
            Pool pool = new Pool(epoch.weight(arm), epoch.weight(control));
            sum = sum.plus(
                    pool,
                    which.failed().applyAsLong(epoch.counts(arm)),
                    which.failed().applyAsLong(epoch.counts(control)));
        }
        return sum;
    }

    /// The same under the shares that requests really had. Where few units make most of them, that is another
    /// one, and what looks like failing more often may be no more than being asked more often.
    PairCounts failuresOfAsked(Failures which) {
        var sum = PairCounts.none(1);
        for (Epoch epoch : epochs) {
            ArmCounts canary = epoch.counts(arm);
            ArmCounts usual = epoch.counts(control);
            long ofCanary = which.eligible().applyAsLong(canary);
            long ofControl = which.eligible().applyAsLong(usual);
            if (ofCanary > 0 && ofControl > 0) {
                Pool pool = Pool.of(ofCanary, ofControl);
                sum = sum.plus(
                        pool, which.failed().applyAsLong(canary), which.failed().applyAsLong(usual));
            }
        }
        return sum;
    }

    /// Each bucket's once in a sub-window: what one unit asks takes as long again and again.
    PairCounts latencies() {
        return latencies(ArmCounts::latencyOnce);
    }

    /// Of every request: exact, but not independent.
    PairCounts latenciesOfEvery() {
        return latencies(ArmCounts::latency);
    }

    private PairCounts latencies(Function<ArmCounts, LatencySnapshot> which) {
        var sum = PairCounts.none(LatencyScale.BUCKETS);
        for (Epoch epoch : epochs) {
            Pool pool = new Pool(epoch.weight(arm), epoch.weight(control));
            sum = sum.plus(pool, buckets(which.apply(epoch.counts(arm))), buckets(which.apply(epoch.counts(control))));
        }
        return sum;
    }

    static long[] buckets(LatencySnapshot latency) {
        long[] counts = new long[LatencyScale.BUCKETS];
        for (int i = 0; i < counts.length; i++) {
            counts[i] = latency.count(i);
        }
        return counts;
    }

    /// How many bins predictions are counted in; 0 if they are not.
    int bins() {
        return epochs.stream()
                .mapToInt(epoch -> Math.max(
                        epoch.counts(arm).bins().length, epoch.counts(control).bins().length))
                .max()
                .orElse(0);
    }

    /// @param bins positive
    PairCounts predictions(int bins) {
        var sum = PairCounts.none(bins);
        for (Epoch epoch : epochs) {
            Pool pool = new Pool(epoch.weight(arm), epoch.weight(control));
            sum = sum.plus(
                    pool,
                    Arrays.copyOf(epoch.counts(arm).bins(), bins),
                    Arrays.copyOf(epoch.counts(control).bins(), bins));
        }
        return sum;
    }

    /// All that both had.
    ArmCounts candidateTotal() {
        return total(epochs, arm);
    }

    ArmCounts controlTotal() {
        return total(epochs, control);
    }

    static ArmCounts total(List<Epoch> epochs, String arm) {
        ArmCounts sum = ArmCounts.EMPTY;
        for (Epoch epoch : epochs) {
            sum = sum.plus(epoch.counts(arm));
        }
        return sum;
    }
}
