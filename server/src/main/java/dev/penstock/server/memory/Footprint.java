package dev.penstock.server.memory;

import dev.penstock.core.Check;

/// What a version takes of this machine's memory, as far as that can be known.
///
/// @param fileBytes of all its files
/// @param factor how much memory a byte of the files is taken to need
/// @param measuredBytes what the process grew by when it was loaded, see [ProcessMemory]; -1 if nobody looked
public record Footprint(long fileBytes, double factor, long measuredBytes) {
    /// What a model needs however small its files are: the session, runners of several threads, their buffers.
    public static final long BASE_BYTES = 1 << 20;

    /// Of a model that says nothing else. Twice what the weights of a float model take once they are loaded,
    /// about what it takes while they are, and with what its runs take in batches.
    public static final double USUAL_FACTOR = 1.6;

    private static final int MOST_TIMES = 4;

    public Footprint {
        Check.argument(fileBytes >= 0, "fileBytes: %d (expected: >= 0)", fileBytes);
        Check.argument(factor >= 0, "factor: %s (expected: >= 0)", factor);
        Check.argument(measuredBytes >= -1, "measuredBytes: %d (expected: >= -1)", measuredBytes);
    }

    /// Nothing was measured.
    public static Footprint ofFiles(long fileBytes, double factor) {
        return new Footprint(fileBytes, factor, -1);
    }

    /// Before it was ever loaded.
    public long predictedBytes() {
        return (long) Math.ceil((double) fileBytes * factor) + BASE_BYTES;
    }

    /// The larger of what is predicted and was measured: a model that is loaded into memory which others just
    /// gave back grows the process by nothing. A measurement counts up to four times the prediction: whatever
    /// is beyond, others took meanwhile, and one such moment must not keep a version out of memory from then
    /// on.
    public long bytes() {
        long predicted = predictedBytes();
        return Math.max(predicted, Math.min(measuredBytes, MOST_TIMES * predicted));
    }

    /// The same, measured once more; the larger counts.
    public Footprint measured(long bytes) {
        return new Footprint(fileBytes, factor, Math.max(measuredBytes, bytes));
    }
}
