package dev.penstock.monitor.recording;

import dev.penstock.core.RunRows;

/// Counts one [Part] of rows. Confined to its recorder's writer; keeps its working memory, so that it makes
/// none.
interface Kernel {
    /// The most rows of one call.
    int BLOCK = 64;

    /// @param from the first row, not before those of an earlier call of the same run
    /// @param count from 1 to [#BLOCK] rows from there on
    void record(RunRows run, int from, int count);

    static Kernel of(Part part, Counters counters) {
        return switch (part) {
            case Part.Numbers numbers -> new NumberKernel(numbers, counters);
            case Part.Keys keys ->
                keys.type().hasFixedSize() ? new KeyKernel(keys, counters) : new TextKernel(keys, counters);
            case Part.Scores scores -> new ScoreKernel(scores, counters);
            case Part.Vector vector -> new VectorKernel(vector, counters);
        };
    }
}
