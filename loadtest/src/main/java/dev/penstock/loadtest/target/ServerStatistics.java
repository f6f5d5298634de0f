package dev.penstock.loadtest.target;

import dev.penstock.loadtest.result.ServerUse;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/// What a server has counted so far, and the CPU time that it has used. Two of them make a [ServerUse].
///
/// @param counts of the models; empty if the server does not tell
/// @param cpuNanos of its process; empty if it does not run on this machine
public record ServerStatistics(Optional<Counts> counts, OptionalLong cpuNanos) {
    /// Running totals of some models.
    ///
    /// @param queued requests whose waiting is in `queueNanos`
    /// @param computed requests whose run is in `computeNanos`
    /// @param rows that went through the model
    /// @param runs of the model
    /// @param runsByRows empty if the server does not tell
    public record Counts(
            long queued,
            double queueNanos,
            long computed,
            double computeNanos,
            long rows,
            long runs,
            Map<Long, Long> runsByRows) {
        static final Counts NONE = new Counts(0, 0, 0, 0, 0, 0, Map.of());

        public Counts {
            runsByRows = Map.copyOf(runsByRows);
        }

        Counts plus(Counts other) {
            return new Counts(
                    queued + other.queued,
                    queueNanos + other.queueNanos,
                    computed + other.computed,
                    computeNanos + other.computeNanos,
                    rows + other.rows,
                    runs + other.runs,
                    sum(other.runsByRows, 1));
        }

        private Counts since(Counts before) {
            return new Counts(
                    queued - before.queued,
                    queueNanos - before.queueNanos,
                    computed - before.computed,
                    computeNanos - before.computeNanos,
                    rows - before.rows,
                    runs - before.runs,
                    sum(before.runsByRows, -1));
        }

        private Map<Long, Long> sum(Map<Long, Long> others, long times) {
            Map<Long, Long> sum = new TreeMap<>(runsByRows);
            others.forEach((size, count) -> sum.merge(size, times * count, Long::sum));
            sum.values().removeIf(count -> count == 0);
            return sum;
        }
    }

    /// What was used between two snapshots. A server that was started anew in between says nothing.
    ///
    /// @param answers that came in that time
    /// @return empty if neither says anything
    public Optional<ServerUse> since(ServerStatistics before, long answers) {
        Counts spent =
                counts.isPresent() && before.counts.isPresent() ? counts.get().since(before.counts.get()) : Counts.NONE;
        boolean cpuKnown = cpuNanos.isPresent() && before.cpuNanos.isPresent();
        if (!cpuKnown && (counts.isEmpty() || before.counts.isEmpty())) {
            return Optional.empty();
        }
        double cpuMicros = cpuKnown ? (double) (cpuNanos.getAsLong() - before.cpuNanos.getAsLong()) / 1e3 : Double.NaN;
        boolean rising = spent.queued >= 0 && spent.computed >= 0 && spent.rows >= 0 && spent.runs >= 0;
        return Optional.of(new ServerUse(
                perEach(spent.queueNanos / 1e3, rising ? spent.queued : 0),
                perEach(spent.computeNanos / 1e3, rising ? spent.computed : 0),
                perEach((double) spent.rows, rising ? spent.runs : 0),
                rising ? spent.runsByRows : Map.of(),
                cpuMicros >= 0 ? perEach(cpuMicros, answers) : Double.NaN));
    }

    private static double perEach(double sum, long count) {
        return count > 0 ? sum / (double) count : Double.NaN;
    }
}
