package dev.penstock.router.arms;

/// Which units a route has seen under one salt and in one rollout, about: two of them are taken for one with
/// a chance that has nothing to do with their arms, as it is told by bits of their hash that do not decide
/// the arm. 128 KiB. Thread-safe, never blocks.
final class FirstSeen {
    private static final int BITS = 20;

    /// The bits below the group's.
    private static final int SHIFT = 38;

    private final SeenBits seen = new SeenBits(1 << BITS);

    /// @param hash2 the second half of the unit's hash, of which the six highest bits are its random
    ///     group
    /// @return whether nobody like it was seen before
    boolean add(long hash2) {
        return seen.add((int) (hash2 >>> SHIFT) & ((1 << BITS) - 1));
    }
}
