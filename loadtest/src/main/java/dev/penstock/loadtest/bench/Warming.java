package dev.penstock.loadtest.bench;

/// Tells when a server is warm: turns cost no less any more. One disturbed turn says nothing, so it takes
/// several. Pure but for what it remembers; confined to one thread.
final class Warming {
    /// What counts as less than before.
    private static final double GAIN = 0.97;

    private static final int MAX_TURNS = 10;

    private final int most;
    private double best = Double.POSITIVE_INFINITY;
    private int inVain;
    private int turns;

    /// @param most turns one after another that bring nothing
    Warming(int most) {
        this.most = most;
    }

    /// @param micros CPU time per request of one more turn
    /// @return whether one more may bring more
    boolean gains(double micros) {
        inVain = micros < best * GAIN ? 0 : inVain + 1;
        best = Math.min(best, micros);
        return ++turns < MAX_TURNS && inVain < most;
    }
}
