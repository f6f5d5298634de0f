package dev.penstock.router.evidence;

import dev.penstock.core.Check;
import java.util.Arrays;
import java.util.List;

/// What 32 bets of [FailureArm] against one margin have come to, each for itself. Those of different times
/// multiply, so what was counted may be forgotten and they go on as if it were not. Immutable.
public final class FailureBets {
    private static final int RATIOS = 32;
    private static final double LEAST = Math.log(1.05);
    private static final double STEP = (Math.log(16) - LEAST) / (RATIOS - 1);

    private static final double[] LARGER = factors(1);
    private static final double[] SMALLER = factors(-1);

    private static final FailureBets NONE = new FailureBets(new double[RATIOS]);

    private final double[] logs;

    private FailureBets(double[] logs) {
        this.logs = logs;
    }

    public static FailureBets none() {
        return NONE;
    }

    /// Bets on that the canary fails more than `margin` times as often as the control.
    ///
    /// @param failures by division, one slot
    /// @param margin positive; 1: not at all
    public static FailureBets worse(PairCounts failures, double margin) {
        check(failures, margin);
        return of(failures, Math.log(margin), 1);
    }

    /// Bets on that it fails less than `margin` times as often.
    ///
    /// @param margin positive
    public static FailureBets notWorse(PairCounts failures, double margin) {
        check(failures, margin);
        return of(failures, Math.log(margin), -1);
    }

    static void check(PairCounts failures, double margin) {
        Check.argument(failures.slots() == 1, "failures: %d slots (expected: 1)", failures.slots());
        Check.argument(margin > 0 && margin < Double.POSITIVE_INFINITY, "margin: %s (expected: > 0, finite)", margin);
    }

    private static double[] factors(int side) {
        double[] factors = new double[RATIOS];
        Arrays.setAll(factors, i -> Math.exp(side * (LEAST + i * STEP)));
        return factors;
    }

    /// @param side 1 for larger ratios, -1 for smaller ones
    static FailureBets of(PairCounts failures, double logMargin, int side) {
        double[] logs = new double[RATIOS];
        for (PoolCounts counts : failures.pools()) {
            add(counts, Math.exp(logMargin), side, logs);
        }
        return new FailureBets(logs);
    }

    /// Adds ln of the likelihood of each larger (or smaller) ratio over that of `ratio`.
    private static void add(PoolCounts counts, double ratio, int side, double[] logs) {
        double canary = (double) counts.canary(0);
        double all = canary + (double) counts.control(0);
        double odds = counts.pool().odds() * ratio;
        double[] factors = side > 0 ? LARGER : SMALLER;
        for (int i = 0; i < RATIOS; i++) {
            double step = side * (LEAST + i * STEP);
            logs[i] += canary * step - all * Math.log((1 + odds * factors[i]) / (1 + odds));
        }
    }

    /// Those of both, which are of different failures.
    public FailureBets plus(FailureBets other) {
        double[] sum = logs.clone();
        Arrays.setAll(sum, i -> sum[i] + other.logs[i]);
        return new FailureBets(sum);
    }

    /// What they have come to if so many failures count for one.
    ///
    /// @param divisor positive
    public FailureBets dividedBy(double divisor) {
        Check.argument(divisor > 0, "divisor: %s (expected: > 0)", divisor);
        double[] parts = logs.clone();
        Arrays.setAll(parts, i -> parts[i] / divisor);
        return new FailureBets(parts);
    }

    /// Before the first stake.
    static FailureBets lost() {
        double[] logs = new double[RATIOS];
        Arrays.fill(logs, Double.NEGATIVE_INFINITY);
        return new FailureBets(logs);
    }

    /// With as much more on each of them.
    FailureBets staked(double logStake) {
        double[] more = new double[RATIOS];
        Arrays.setAll(more, i -> Combined.logSum(logs[i], logStake));
        return new FailureBets(more);
    }

    /// ln of what they have come to on average.
    public double logEvidence() {
        return Combined.logMean(logs);
    }

    /// All of it in numbers.
    public List<Double> toList() {
        return Arrays.stream(logs).boxed().toList();
    }

    /// What [#toList] wrote.
    ///
    /// @throws IllegalArgumentException if it did not
    public static FailureBets of(List<Double> logs) {
        Check.argument(logs.size() == RATIOS, "logs: %d (expected: %d)", logs.size(), RATIOS);
        return new FailureBets(logs.stream().mapToDouble(log -> log).toArray());
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof FailureBets that && Arrays.equals(logs, that.logs);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(logs);
    }

    @Override
    public String toString() {
        return "e^%.1f".formatted(logEvidence());
    }
}
