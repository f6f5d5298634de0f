package dev.penstock.router.arms;

import dev.penstock.core.LatencyHistogram;
import dev.penstock.core.LatencySnapshot;
import dev.penstock.core.PerThread;
import dev.penstock.core.ThreadCounts;
import java.util.List;
import java.util.function.Function;

/// Counts where the time of one arm's requests went, whatever the epoch. Any thread counts and reads;
/// counting blocks nobody and allocates nothing but for the first request of a thread.
final class ArmPhases {
    private final PerThread<Times> times = new PerThread<>(Times::new);

    /// What one thread counted, or all that have no counts of their own.
    private static final class Times extends ThreadCounts {
        private final LatencyHistogram queue = new LatencyHistogram();
        private final LatencyHistogram batch = new LatencyHistogram();
        private final LatencyHistogram inference = new LatencyHistogram();

        Times(long owner) {
            super(owner);
        }

        void ran(long queueNanos, long batchNanos, long runNanos) {
            record(queue, queueNanos);
            record(batch, batchNanos);
            record(inference, runNanos);
        }
    }

    void ran(long queueNanos, long batchNanos, long runNanos) {
        times.mine().ran(queueNanos, batchNanos, runNanos);
    }

    /// Up to now. Of what is being counted meanwhile, some may be in and some not.
    PhaseLatencies counts() {
        List<Times> all = times.all();
        return new PhaseLatencies(
                sum(all, one -> one.queue), sum(all, one -> one.batch), sum(all, one -> one.inference));
    }

    private static LatencySnapshot sum(List<Times> all, Function<Times, LatencyHistogram> phase) {
        return LatencyHistogram.sum(all.stream().map(phase).toList());
    }
}
