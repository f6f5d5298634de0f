package dev.penstock.loadtest.bench;

/// How much slower this machine is, now, than the one on which bars were set. Two things tell: what the stock
/// server costs, which also depends on how warm it is, and what runs without a server cost, which knows nothing
/// of the kernel.
///
/// @param stock what the stock server costs in its best turn, as a multiple of what it costs there
/// @param naiveMicros CPU time of a naive direct run of the tiny model, in its best turn
/// @param pinnedMicros likewise, of one with bound tensors
record Slowness(double stock, double naiveMicros, double pinnedMicros) {
    private static final double REFERENCE_NAIVE = 5.4;
    private static final double REFERENCE_PINNED = 2.3;

    /// The mean over both ways to run.
    double direct() {
        return (naiveMicros / REFERENCE_NAIVE + pinnedMicros / REFERENCE_PINNED) / 2;
    }

    /// What both agree on: the smaller one. At most 1 means that no bar is moved.
    double factor() {
        return Math.min(stock, direct());
    }

    @Override
    public String toString() {
        return "direct runs %s µs naive, %s pinned, %s x the reference's; grpc-java %s x"
                .formatted(
                        Numbers.text(naiveMicros),
                        Numbers.text(pinnedMicros),
                        Numbers.text(direct()),
                        Numbers.text(stock));
    }
}
