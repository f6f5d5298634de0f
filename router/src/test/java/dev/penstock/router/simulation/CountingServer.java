package dev.penstock.router.simulation;

import dev.penstock.core.LatencyScale;
import dev.penstock.core.LatencySnapshot;
import dev.penstock.router.arms.ArmCounts;
import java.util.BitSet;
import java.util.Map;

/// What one server counts of a canary and its control, as servers do: units, and what a bucket is predicted,
/// once while shares stay; what a bucket asks, and that it fails, once in each sub-window.
final class CountingServer {
    static final int CANARY = 0;

    static final int CONTROL = 1;

    private final BitSet units = new BitSet();
    private final BitSet predicted = new BitSet();
    private final BitSet asked = new BitSet();
    private final BitSet failedLately = new BitSet();
    private final Seen[] arms = {new Seen(), new Seen()};

    /// Whether the request that was [#asked] last is its bucket's first one.
    private boolean first;

    /// Of one arm, since it was told last.
    private static final class Seen {
        private final long[] latencies = new long[LatencyScale.BUCKETS];
        private final long[] latenciesOnce = new long[LatencyScale.BUCKETS];
        private final long[] bins = new long[Crowd.CLASSES];
        private long failed;
        private long askedOnce;
        private long failedOnce;
        private long units;

        ArmCounts counts() {
            return new ArmCounts.Builder()
                    .latency(LatencySnapshot.of(latencies, 0), LatencySnapshot.EMPTY)
                    .latencyOnce(LatencySnapshot.of(latenciesOnce, 0))
                    .failed(failed)
                    .once(askedOnce, failedOnce)
                    .firstExposures(units)
                    .bins(bins)
                    .build();
        }
    }

    void nextSubWindow() {
        asked.clear();
        failedLately.clear();
    }

    void nextShares() {
        units.clear();
        predicted.clear();
    }

    /// A request came; what becomes of it is said next.
    void asked(int arm, int unit, int bucket, int predictedClass) {
        Seen seen = arms[arm];
        first = isNew(asked, bucket);
        seen.units += isNew(units, unit) ? 1 : 0;
        seen.askedOnce += first ? 1 : 0;
        seen.bins[predictedClass] += isNew(predicted, bucket) ? 1 : 0;
    }

    void failed(int arm, int bucket) {
        arms[arm].failed++;
        arms[arm].failedOnce += isNew(failedLately, bucket) ? 1 : 0;
    }

    /// @param latency its bucket of [LatencyScale]
    void answered(int arm, int latency) {
        arms[arm].latencies[latency]++;
        arms[arm].latenciesOnce[latency] += first ? 1 : 0;
    }

    /// What it counted since this was asked last.
    Map<String, ArmCounts> take() {
        Map<String, ArmCounts> counts = Map.of("canary", arms[CANARY].counts(), "stable", arms[CONTROL].counts());
        arms[CANARY] = new Seen();
        arms[CONTROL] = new Seen();
        return counts;
    }

    private static boolean isNew(BitSet bits, int index) {
        boolean isNew = !bits.get(index);
        bits.set(index);
        return isNew;
    }
}
