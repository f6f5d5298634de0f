package dev.penstock.router.rollout;

import dev.penstock.core.LatencyScale;
import dev.penstock.core.LatencySnapshot;
import dev.penstock.router.arms.ArmCounts;
import dev.penstock.router.evidence.Pool;
import java.util.Arrays;
import java.util.List;

/// What a candidate and the control had at the same time, in the form in which evidence is found. Pure.
final class Pairs {
    private final List<Epoch> epochs;
    private final String arm;
    private final String control;

    Pairs(List<Epoch> epochs, String arm, String control) {
        this.epochs = epochs.stream()
                .filter(epoch -> epoch.weight(arm) > 0 && epoch.weight(control) > 0)
                .toList();
        this.arm = arm;
        this.control = control;
    }

    /// Failures, under the shares that were dealt.
    dev.penstock.router.evidence.ArmCounts failures() {
        var sum = dev.penstock.router.evidence.ArmCounts.none(1);
        for (Epoch epoch : epochs) {
            Pool pool = new Pool(epoch.weight(arm), epoch.weight(control));
            sum = sum.plus(pool, epoch.counts(arm).failedOnce(), epoch.counts(control).failedOnce());
        }
        return sum;
    }

    /// The same under the shares that requests really had. Where few units make most of them, that is another one,
    /// and what looks like failing more often may be no more than being asked more often.
    dev.penstock.router.evidence.ArmCounts failuresOfAsked() {
        var sum = dev.penstock.router.evidence.ArmCounts.none(1);
        for (Epoch epoch : epochs) {
            ArmCounts canary = epoch.counts(arm);
            ArmCounts usual = epoch.counts(control);
            if (canary.eligibleOnce() > 0 && usual.eligibleOnce() > 0) {
                Pool pool = new Pool(count(canary.eligibleOnce()), count(usual.eligibleOnce()));
                sum = sum.plus(pool, canary.failedOnce(), usual.failedOnce());
            }
        }
        return sum;
    }

    private static int count(long requests) {
        return (int) Math.min(requests, Integer.MAX_VALUE);
    }

    dev.penstock.router.evidence.ArmCounts latencies() {
        var sum = dev.penstock.router.evidence.ArmCounts.none(LatencyScale.BUCKETS);
        for (Epoch epoch : epochs) {
            Pool pool = new Pool(epoch.weight(arm), epoch.weight(control));
            sum = sum.plus(
                    pool,
                    buckets(epoch.counts(arm).latency()),
                    buckets(epoch.counts(control).latency()));
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
                .mapToInt(epoch -> Math.max(epoch.counts(arm).bins().length, epoch.counts(control).bins().length))
                .max()
                .orElse(0);
    }

    /// @param bins positive
    dev.penstock.router.evidence.ArmCounts predictions(int bins) {
        var sum = dev.penstock.router.evidence.ArmCounts.none(bins);
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
