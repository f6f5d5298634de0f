package dev.penstock.router.split;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.penstock.core.Murmur3;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/// Which arm has which bucket: indexes of arms, 0 being the default and `i + 1` candidate `i`. Pure functions
/// of the specification, so that every replica deals alike.
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

    /// Each bucket has the arm of the highest `-weight / ln(u)`, where `u` is a number from 0 to 1 that
    /// bucket and arm have for ever. Arms that have more buckets by that than their weight then give up those
    /// that they are nearest to losing, so that in the end all have exactly their weights.
    private static byte[] rendezvous(RouteSpec spec) {
        int[] weights = new int[spec.candidates().size() + 1];
        double[][] draws = new double[weights.length][];
        for (int arm = 0; arm < weights.length; arm++) {
            CandidateSpec candidate = arm == 0 ? null : spec.candidates().get(arm - 1);
            weights[arm] = candidate == null ? spec.standardWeight() : candidate.weight();
            ArmSpec named = candidate == null ? spec.standard() : candidate.arm();
            draws[arm] = draws(Murmur3.hash((spec.salt() + '\0' + named.name()).getBytes(UTF_8)));
        }
        byte[] arms = new byte[RouteSpec.BUCKETS];
        int[] surplus = Arrays.stream(weights).map(weight -> -weight).toArray();
        for (int bucket = 0; bucket < arms.length; bucket++) {
            arms[bucket] = (byte) highest(bucket, weights, draws);
            surplus[arms[bucket]]++;
        }
        give(arms, surplus, moves(arms, surplus, weights, draws));
        return arms;
    }

    /// For each bucket -ln(u).
    private static double[] draws(long seed) {
        double[] draws = new double[RouteSpec.BUCKETS];
        for (int bucket = 0; bucket < draws.length; bucket++) {
            long hash = Murmur3.mix(seed ^ Murmur3.mix(bucket + 1L));
            // In the middle of its step, so that it is neither 0 nor 1. Alike on every machine.
            draws[bucket] = -StrictMath.log(((double) (hash >>> FRACTION_SHIFT) + 0.5) * UNIT);
        }
        return draws;
    }

    private static int highest(int bucket, int[] weights, double[][] draws) {
        int best = 0;
        double most = -1;
        for (int arm = 0; arm < weights.length; arm++) {
            double score = weights[arm] / draws[arm][bucket];
            if (weights[arm] > 0 && score > most) {
                most = score;
                best = arm;
            }
        }
        return best;
    }

    /// A bucket of an arm that has too many could be that of one that has too few.
    ///
    /// @param loss how many times as high the score of the arm is that has it
    private record Move(int bucket, int to, double loss) {}

    /// The least lossy ones first.
    private static List<Move> moves(byte[] arms, int[] surplus, int[] weights, double[][] draws) {
        List<Move> moves = new ArrayList<>();
        for (int bucket = 0; bucket < arms.length; bucket++) {
            int from = arms[bucket];
            for (int to = 0; to < weights.length && surplus[from] > 0; to++) {
                if (surplus[to] < 0) {
                    double score = weights[to] / draws[to][bucket];
                    moves.add(new Move(bucket, to, weights[from] / draws[from][bucket] / score));
                }
            }
        }
        moves.sort(Comparator.comparingDouble(Move::loss).thenComparingInt(Move::bucket));
        return moves;
    }

    private static void give(byte[] arms, int[] surplus, List<Move> moves) {
        for (Move move : moves) {
            int from = arms[move.bucket];
            if (surplus[from] > 0 && surplus[move.to] < 0) {
                arms[move.bucket] = (byte) move.to;
                surplus[from]--;
                surplus[move.to]++;
            }
        }
    }
}
