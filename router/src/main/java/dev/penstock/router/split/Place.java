package dev.penstock.router.split;

import dev.penstock.router.arms.AssignmentReason;
import java.util.List;

/// Where a request went, in one number, so that nothing is allocated for it: arm, reason, bucket, and what is
/// left of the unit's second hash.
///
/// | bits | what |
/// |---|---|
/// | 0-4 | index of the arm, 0 being the default |
/// | 5-7 | the reason |
/// | 8-21 | the bucket |
/// | 22-63 | the 42 highest bits of the second half of the hash |
public final class Place {
    /// There are so many pairs of an arm and a reason at most.
    public static final int CODES = 256;

    private static final int ARM_BITS = 5;
    private static final int ARM_MASK = (1 << ARM_BITS) - 1;
    private static final int REASON_BITS = 3;
    private static final int REASON_MASK = (1 << REASON_BITS) - 1;
    private static final int BUCKET_SHIFT = ARM_BITS + REASON_BITS;
    private static final int BUCKET_BITS = 14;
    private static final int BUCKET_MASK = (1 << BUCKET_BITS) - 1;
    private static final long HASH2_MASK = -1L << (BUCKET_SHIFT + BUCKET_BITS);
    private static final long UNIT_MASK = -1L << BUCKET_SHIFT;

    /// In the order of their codes.
    private static final List<AssignmentReason> REASONS = List.of(
            AssignmentReason.HASH,
            AssignmentReason.RANDOM,
            AssignmentReason.OVERRIDE,
            AssignmentReason.NO_MATCH,
            AssignmentReason.NOT_READY,
            AssignmentReason.FALLBACK,
            AssignmentReason.TRIPPED);

    static final int HASH = 0;
    static final int RANDOM = 1;
    static final int OVERRIDE = 2;
    static final int NO_MATCH = 3;
    static final int NOT_READY = 4;
    static final int FALLBACK = 5;
    static final int TRIPPED = 6;

    private Place() {}

    /// Of a unit, by both halves of its hash: bucket and second hash, no arm yet.
    static long of(long hash1, long hash2) {
        long bucket = Math.unsignedMultiplyHigh(hash1, RouteSpec.BUCKETS);
        return (hash2 & HASH2_MASK) | (bucket << BUCKET_SHIFT);
    }

    static long at(long place, int arm, int reason) {
        return (place & UNIT_MASK) | ((long) reason << ARM_BITS) | arm;
    }

    static int reasonCode(long place) {
        return (int) (place >>> ARM_BITS) & REASON_MASK;
    }

    /// One number for arm and reason, less than [#CODES].
    public static int code(long place) {
        return (int) place & (CODES - 1);
    }

    /// Index of the arm, 0 being the default.
    public static int arm(long place) {
        return (int) place & ARM_MASK;
    }

    public static AssignmentReason reason(long place) {
        return REASONS.get(reasonCode(place));
    }

    /// 0 to 9999.
    public static int bucket(long place) {
        return (int) (place >>> BUCKET_SHIFT) & BUCKET_MASK;
    }

    /// The second half of the unit's hash, but for its 22 lowest bits.
    public static long hash2(long place) {
        return place & HASH2_MASK;
    }
}
