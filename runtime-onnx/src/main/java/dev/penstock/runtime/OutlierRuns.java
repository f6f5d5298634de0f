package dev.penstock.runtime;

/// Tells the runs after which ONNX Runtime is to give memory back: its arena keeps what the largest run needed for
/// as long as the session lives, so one request that is far larger than the others would cost memory for ever.
///
/// Of what comes often nothing is given back, however large it is: the next run would only take it again. A run
/// cannot give back the memory of its own outputs, so the next ordinary one gives back, too. Pure but for what it
/// remembers; confined to its runner's thread.
final class OutlierRuns {
    /// So many times as large as usual is far larger.
    private static final int TIMES = 8;

    /// Inputs of fewer bytes are not worth it.
    private static final long SMALL_BYTES = 16 << 10;

    /// How far what is usual moves towards each run: up by an eighth or down by a ninth, so that it is about what
    /// half of the runs have, and one that is off the scale moves it no further than any other.
    private static final double STEP = 1.125;

    private double usualBytes;

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
        if (owed && (double) inputBytes <= far) {
            largestBytes = inputBytes;
        }
        return owed;
    }

    private double usual(long inputBytes) {
        double bytes = (double) inputBytes;
        if (usualBytes == 0) {
            return bytes;
        }
        return bytes > usualBytes ? Math.min(bytes, usualBytes * STEP) : Math.max(bytes, usualBytes / STEP);
    }
}
