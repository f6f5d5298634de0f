package dev.penstock.runtime;

/// Tells the runs after which ONNX Runtime is to give memory back: its arena keeps what the largest run
/// needed for as long as the session lives, so one request that is far larger than the others would cost
/// memory for ever.
///
/// While they come often nothing is given back, however large they are: the next would only take it again; it
/// is when none has come for a while. A run cannot give back the memory of its own outputs, so the next
/// ordinary one gives back, too. Pure but for what it remembers; confined to its runner's thread.
final class OutlierRuns {
    /// So many times as large as usual is far larger.
    private static final int TIMES = 8;

    /// Inputs of fewer bytes are not worth it.
    private static final long SMALL_BYTES = 16 << 10;

    /// How far what is usual moves towards each run: up by an eighth or down by a ninth, so that it is about
    /// what half of the runs have, and one that is off the scale moves it no further than any other.
    private static final double STEP = 1.125;

    /// One far larger run in fewer than so many is often.
    private static final int SELDOM_RUNS = 64;

    private double usualBytes;

    /// Since the last that was far larger; no more than count.
    private int ordinaryRuns = SELDOM_RUNS;

    /// Whether the last of those came soon after another.
    private boolean often;

    /// Since memory was given back.
    private long largestBytes;

    /// Of each run once, before it.
    ///
    /// @param inputBytes of all its inputs
    /// @return whether memory is to be given back at its end
    boolean givesBack(long inputBytes) {
        usualBytes = usual(inputBytes);
        largestBytes = Math.max(largestBytes, inputBytes);
        double far = TIMES * usualBytes;
        boolean owed = largestBytes >= SMALL_BYTES && (double) largestBytes > far;
        boolean ordinary = inputBytes < SMALL_BYTES || (double) inputBytes <= far;
        if (ordinary) {
            ordinaryRuns = Math.min(ordinaryRuns + 1, SELDOM_RUNS);
        } else {
            often = ordinaryRuns < SELDOM_RUNS;
            ordinaryRuns = 0;
        }
        boolean now = owed && (!often || ordinaryRuns == SELDOM_RUNS);
        if (now && ordinary) {
            largestBytes = inputBytes;
        }
        return now;
    }

    private double usual(long inputBytes) {
        double bytes = (double) inputBytes;
        if (usualBytes == 0) {
            return bytes;
        }
        return bytes > usualBytes ? Math.min(bytes, usualBytes * STEP) : Math.max(bytes, usualBytes / STEP);
    }
}
