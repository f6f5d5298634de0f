package dev.penstock.router.evidence;

import dev.penstock.core.Check;

/// How many buckets of units each of two compared arms has: as long as that stays, a unit that either of them
/// has is the canary's with one known chance.
///
/// @param canary the canary's buckets, positive
/// @param control the buckets it is compared with: a slice of the default arm's or all of them, positive
public record Pool(int canary, int control) {
    public Pool {
        Check.argument(canary > 0, "canary: %d buckets (expected: > 0)", canary);
        Check.argument(control > 0, "control: %d buckets (expected: > 0)", control);
    }

    /// The same of any numbers, such as of requests: of large ones about, in the same relation.
    ///
    /// @param canary positive
    /// @param control positive
    public static Pool of(long canary, long control) {
        Check.argument(canary > 0 && control > 0, "%d and %d (expected: > 0)", canary, control);
        long scale = Math.max(canary, control) / Integer.MAX_VALUE + 1;
        return new Pool(Math.toIntExact(Math.max(1, canary / scale)), Math.toIntExact(Math.max(1, control / scale)));
    }

    /// The canary's share of what both have, in (0, 1).
    public double share() {
        return (double) canary / ((double) canary + (double) control);
    }

    /// How many times as many the canary has.
    double odds() {
        return (double) canary / (double) control;
    }
}
