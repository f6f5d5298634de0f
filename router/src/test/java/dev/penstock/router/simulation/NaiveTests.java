package dev.penstock.router.simulation;

import dev.penstock.core.LatencyScale;
import dev.penstock.monitor.statistics.Normal;
import dev.penstock.monitor.statistics.PopulationStability;
import org.jspecify.annotations.Nullable;

/// A test at 5 % every minute, of all that came so far: errors by a z-test of two shares, latency by one of the
/// share above the control's p99, and predictions by whether they differ.
final class NaiveTests implements Rule {
    private static final double LEVEL = 0.05;

    private final String watched;
    private @Nullable Minute all;

    /// @param watched errors, p99, drift or all
    NaiveTests(String watched) {
        this.watched = watched;
    }

    @Override
    public boolean rollsBack(Minute minute) {
        Minute before = all;
        Minute now = before == null
                ? minute
                : new Minute(
                        minute.pool(),
                        before.canary().plus(minute.canary()),
                        before.control().plus(minute.control()));
        all = now;
        return switch (watched) {
            case "errors" -> moreErrors(now);
            case "p99" -> slower(now);
            case "drift" -> differs(now);
            default -> moreErrors(now) || slower(now) || differs(now);
        };
    }

    private static boolean moreErrors(Minute all) {
        return isMore(
                all.canary().failures(),
                all.canary().requests(),
                all.control().failures(),
                all.control().requests());
    }

    private static boolean slower(Minute all) {
        int p99 = Thresholds.quantile(all.control().latencies(), 0.99);
        return isMore(
                above(all.canary().latencies(), p99),
                all.canary().requests(),
                above(all.control().latencies(), p99),
                all.control().requests());
    }

    private static boolean differs(Minute all) {
        return Thresholds.both(all)
                && PopulationStability.pooled(
                                        all.control().predictions(),
                                        all.canary().predictions())
                                .pNoDrift()
                        <= LEVEL;
    }

    private static long above(long[] latencies, int bucket) {
        long above = 0;
        for (int i = bucket + 1; i < LatencyScale.BUCKETS; i++) {
            above += latencies[i];
        }
        return above;
    }

    private static boolean isMore(long hits, long count, long controlHits, long controlCount) {
        double n = (double) count;
        double m = (double) controlCount;
        double pooled = (double) (hits + controlHits) / (n + m);
        double deviation = Math.sqrt(pooled * (1 - pooled) * (1 / n + 1 / m));
        double difference = (double) hits / n - (double) controlHits / m;
        return count > 0 && deviation > 0 && Normal.survival(difference / deviation) <= LEVEL;
    }
}
