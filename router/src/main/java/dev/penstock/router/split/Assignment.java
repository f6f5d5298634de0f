package dev.penstock.router.split;

/// How buckets are given to arms.
public enum Assignment {
    /// Each candidate has a block that begins where the maximum weights of those before it end. Raising a
    /// weight moves units from the default arm only, lowering it moves them back there.
    ANCHORED,
    /// Each bucket picks the arm that scores highest for it, as weights have it. A change of weights moves
    /// about as few units as it must, between any two arms; for bandits, whose weights change all the time.
    RENDEZVOUS
}
