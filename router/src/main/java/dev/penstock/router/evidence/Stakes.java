package dev.penstock.router.evidence;

/// How much a better stakes who keeps part of his money for each of the steps to come, however many they are:
/// the i-th gets 1 / (i (i + 1)) of it, so that 1 / (n + 1) is left after n.
final class Stakes {
    private Stakes() {}

    /// ln of what the step after so many gets.
    static double logNext(long steps) {
        double next = (double) steps + 1;
        return -Math.log(next * (next + 1));
    }

    /// ln of what is left after so many.
    static double logLeft(long steps) {
        return -Math.log((double) steps + 1);
    }
}
