package dev.penstock.server.shadow;

/// How much of a processor a thread may have in the long run, and how long it has to rest for that. Reads no
/// clock; confined to the thread.
final class CpuShare {
    /// Less than that is not worth a rest yet.
    private static final long LEAST_NANOS = 1_000_000;

    /// One run of long does not stop the thread for as long as it likes.
    private static final long MOST_NANOS = 1_000_000_000;

    private final double restPerWork;
    private long seenNanos;
    private double owedNanos;

    /// @param share above 0 and up to 1
    /// @param busyNanos for how long the thread had a processor up to now
    CpuShare(double share, long busyNanos) {
        this.restPerWork = (1 - share) / share;
        this.seenNanos = busyNanos;
    }

    /// How long to rest now. It counts as rested.
    ///
    /// @param busyNanos for how long the thread had a processor up to now
    /// @return 0 for not yet
    long owedNanos(long busyNanos) {
        worked(busyNanos);
        if (owedNanos < LEAST_NANOS) {
            return 0;
        }
        long rest = (long) Math.min(owedNanos, MOST_NANOS);
        // What a long run owes beyond one rest is rested after the next ones.
        owedNanos -= rest;
        return rest;
    }

    /// It rested for another reason, which counts as well; for what comes nothing is saved by that.
    void rested(long nanos, long busyNanos) {
        worked(busyNanos);
        owedNanos = Math.max(0, owedNanos - nanos);
    }

    private void worked(long busyNanos) {
        owedNanos += restPerWork * (double) (busyNanos - seenNanos);
        seenNanos = busyNanos;
    }
}
