package dev.penstock.router.simulation;

import dev.penstock.monitor.statistics.PopulationStability;
import dev.penstock.monitor.statistics.Smoothing;
import java.util.Arrays;

/// Fixed limits for each minute of the canary, of which four may be passed before it is rolled back at the
/// fifth less one, as analyses with a failure limit of 3 do: more than 3 % errors, a p99 above 1.25 times
/// what it usually is, or a PSI above 0.1 against the control.
final class Thresholds implements Rule {
    private static final int FAILURE_LIMIT = 3;
    private static final double ERRORS = 0.03;
    private static final double PSI = 0.1;
    private static final double P99 = 1.25;

    private final String watched;
    private final int p99Limit;
    private int errors;
    private int slow;
    private int drifted;

    /// @param watched errors, p99, drift or all
    /// @param usualP99 bucket
    Thresholds(String watched, int usualP99) {
        this.watched = watched;
        this.p99Limit = usualP99 + dev.penstock.router.evidence.QuantileTest.shiftAtLeast(P99);
    }

    @Override
    public boolean rollsBack(Minute minute) {
        Arm canary = minute.canary();
        long requests = canary.requests();
        if (requests > 0 && (double) canary.failures() / (double) requests > ERRORS) {
            errors++;
        }
        if (Arrays.stream(canary.latencies()).sum() > 0 && quantile(canary.latencies(), 0.99) > p99Limit) {
            slow++;
        }
        if (both(minute)
                && PopulationStability.index(minute.control().predictions(), canary.predictions(), Smoothing.JEFFREYS)
                        > PSI) {
            drifted++;
        }
        return switch (watched) {
            case "errors" -> errors > FAILURE_LIMIT;
            case "p99" -> slow > FAILURE_LIMIT;
            case "drift" -> drifted > FAILURE_LIMIT;
            default -> errors > FAILURE_LIMIT || slow > FAILURE_LIMIT || drifted > FAILURE_LIMIT;
        };
    }

    static boolean both(Minute minute) {
        return Arrays.stream(minute.canary().predictions()).sum() > 0
                && Arrays.stream(minute.control().predictions()).sum() > 0;
    }

    /// The bucket that it is in.
    static int quantile(long[] latencies, double p) {
        double needed = p * (double) Arrays.stream(latencies).sum();
        long upTo = 0;
        int bucket = -1;
        while (bucket < latencies.length - 1 && (double) upTo < needed) {
            upTo += latencies[++bucket];
        }
        return Math.max(0, bucket);
    }
}
