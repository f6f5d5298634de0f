package dev.penstock.router.split;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.penstock.core.Murmur3;
import java.util.List;

/// Which arm has which bucket: indexes of arms, 0 being the default and `i + 1` candidate `i`. Pure functions
/// of
/// the specification, so that every replica deals alike.
final class BucketTable {
    private static final double UNIT = 0x1p-53;
    private static final int FRACTION_SHIFT = 11;

    private BucketTable() {}

    /// @return as many entries as there are buckets
    static byte[] of(RouteSpec spec) {
        return switch (spec.assignment()) {
            case ANCHORED -> anchored(spec.candidates());
            case RENDEZVOUS -> rendezvous(spec);
        };
    }

    private static byte[] anchored(List<CandidateSpec> candidates) {
        byte[] arms = new byte[RouteSpec.BUCKETS];
        int anchor = 0;
        for (int i = 0; i < candidates.size(); i++) {
            CandidateSpec candidate = candidates.get(i);
            for (int bucket = anchor; bucket < anchor + candidate.weight(); bucket++) {
                arms[bucket] = (byte) (i + 1);
            }
            anchor += candidate.maxWeight();
        }
        return arms;
    }

    /// Each bucket has the arm of the highest `-weight / ln(u)`, where `u` is a number from 0 to 1 that bucket
    /// and
    /// arm have for ever.
    private static byte[] rendezvous(RouteSpec spec) {
        byte[] arms = new byte[RouteSpec.BUCKETS];
        int count = spec.candidates().size() + 1;
        int[] weights = new int[count];
        long[] seeds = new long[count];
        for (int arm = 0; arm < count; arm++) {
            CandidateSpec candidate = arm == 0 ? null : spec.candidates().get(arm - 1);
            weights[arm] = candidate == null ? spec.standardWeight() : candidate.weight();
            ArmSpec named = candidate == null ? spec.standard() : candidate.arm();
            seeds[arm] = Murmur3.hash((spec.salt() + '\0' + named.name()).getBytes(UTF_8));
        }
        for (int bucket = 0; bucket < arms.length; bucket++) {
            arms[bucket] = (byte) highest(bucket, weights, seeds);
        }
        return arms;
    }

    private static int highest(int bucket, int[] weights, long[] seeds) {
        int best = 0;
        double most = -1;
        for (int arm = 0; arm < weights.length; arm++) {
            if (weights[arm] > 0) {
                long hash = Murmur3.mix(seeds[arm] ^ Murmur3.mix(bucket + 1L));
                // In the middle of its step, so that it is neither 0 nor 1.
                double u = ((double) (hash >>> FRACTION_SHIFT) + 0.5) * UNIT;
                double score = -weights[arm] / Math.log(u);
                if (score > most) {
                    most = score;
                    best = arm;
                }
            }
        }
        return best;
    }
}
