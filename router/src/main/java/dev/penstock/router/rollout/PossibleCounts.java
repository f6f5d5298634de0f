package dev.penstock.router.rollout;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.LatencyScale;
import dev.penstock.core.LatencySnapshot;
import dev.penstock.router.arms.ArmCounts;
import dev.penstock.router.arms.GroupSums;
import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// Names what was counted and cannot be. Pure.
public final class PossibleCounts {
    private PossibleCounts() {}

    /// @throws IllegalArgumentException naming the first count that is below 0
    public static void check(Epoch epoch) {
        epoch.counts().forEach(PossibleCounts::check);
        epoch.copies().forEach((arm, copies) -> {
            check(arm, "copies", Math.min(copies.answered(), copies.failed()), copies.different());
            check(
                    arm,
                    "copies by group",
                    copies.differences(),
                    copies.failures(),
                    copies.runs().longer());
            check(
                    arm,
                    "runs of copies",
                    least(copies.runs().control()),
                    least(copies.runs().candidate()));
        });
    }

    private static void check(String arm, ArmCounts counts) {
        check(arm, "failed", counts.failed(), counts.failedOnce());
        check(arm, "abandoned", counts.abandoned(), counts.abandonedOnce());
        check(arm, "refused", counts.refused(), counts.refusedOnce());
        check(arm, "requests", counts.eligibleOnce(), counts.firstExposures());
        check(
                arm,
                "failures",
                Stream.of(ErrorCode.values()).mapToLong(counts::failures).toArray());
        check(arm, "latency", least(counts.latency()), least(counts.latencyOnce()));
        check(arm, "bins", counts.bins());
        check(arm, "rewards", counts.rewards(), counts.earned(), counts.lateRewards(), counts.lateEarned());
        check(arm, "labels", counts.right(), counts.lateRight());
        check(arm, "clipped rewards", counts.clipped());
    }

    private static long least(LatencySnapshot latency) {
        return IntStream.range(0, LatencyScale.BUCKETS)
                .mapToLong(latency::count)
                .min()
                .orElse(0);
    }

    private static void check(String arm, String what, GroupSums... all) {
        for (GroupSums sums : all) {
            check(arm, what, sums.counts());
        }
    }

    private static void check(String arm, String what, long... counts) {
        long least = Arrays.stream(counts).min().orElse(0);
        if (least < 0) {
            throw new IllegalArgumentException("%s of %s: %d (expected: >= 0)".formatted(what, arm, least));
        }
    }
}
