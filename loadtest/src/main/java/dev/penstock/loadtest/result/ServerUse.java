package dev.penstock.loadtest.result;

import java.util.Map;

/// What the server counted in the measured time, and what it used. NaN is what it did not say.
///
/// @param queueMicros mean time that a request waited for its run
/// @param computeMicros mean time of its run
/// @param meanBatch rows of a run
/// @param batches how many runs there were, by rows
/// @param cpuMicrosPerRequest CPU time of the server's process for each answer, where it runs on this
///     machine
public record ServerUse(
        double queueMicros,
        double computeMicros,
        double meanBatch,
        Map<Long, Long> batches,
        double cpuMicrosPerRequest) {
    public ServerUse {
        batches = Map.copyOf(batches);
    }
}
