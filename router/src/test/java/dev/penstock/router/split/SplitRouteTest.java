package dev.penstock.router.split;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.penstock.core.Murmur3;
import dev.penstock.router.arms.AssignmentReason;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// How units are dealt: shares, stickiness, monotony and independence, over 100,000 of them.
class SplitRouteTest {
    private static final int UNITS = 100_000;
    private static final long SEED = 20_261_122;

    /// Half a percentage point.
    private static final double TOLERANCE = 0.005;

    private static RouteSpec route(int... weights) {
        List<CandidateSpec> candidates = new ArrayList<>();
        for (int i = 0; i < weights.length; i++) {
            candidates.add(new CandidateSpec(ArmSpec.of("c" + i, "m", i + 2), weights[i], 3_000));
        }
        return RouteSpec.of("r", ArmSpec.of("stable", "m", 1)).withCandidates(candidates);
    }

    private static int[] arms(SplitRoute route) {
        int[] arms = new int[UNITS];
        for (int i = 0; i < UNITS; i++) {
            arms[i] = Place.arm(route.place("user-" + i));
        }
        return arms;
    }

    private static double share(int[] arms, int arm) {
        int count = 0;
        for (int each : arms) {
            count += each == arm ? 1 : 0;
        }
        return (double) count / arms.length;
    }

    @Test
    void theBucketIsThatOfTheHashOfSaltAndUnit() {
        byte[] key = "fraud-score/v3\0user-1".getBytes(UTF_8);
        long first = Murmur3.hash(key);
        long second = Murmur3.hash(MemorySegment.ofArray(key), 0, key.length, (_, half) -> half);

        long place = SplitRoute.of(route(500).withSalt("fraud-score/v3")).place("user-1");

        assertThat(Place.bucket(place)).isEqualTo((int) Math.unsignedMultiplyHigh(first, 10_000));
        assertThat(Place.hash2(place)).isEqualTo(second >>> 22 << 22);
    }

    /// What other replicas, releases and languages must find: see docs/routing.md.
    @Test
    void bucketsNeverChange() {
        SplitRoute route = SplitRoute.of(route(500).withSalt("fraud-score/v3"));

        assertThat(List.of("user-1", "user-2", "Käthe", "x".repeat(2000)).stream()
                        .map(unit -> Place.bucket(route.place(unit))))
                .containsExactly(4613, 2608, 5455, 8863);
    }

    @Test
    void aUnitBeyondAsciiIsHashedAsUtf8() {
        byte[] key = "r/v1\0Käthe".getBytes(UTF_8);

        long place = SplitRoute.of(route(500)).place("Käthe");

        assertThat(Place.bucket(place)).isEqualTo((int) Math.unsignedMultiplyHigh(Murmur3.hash(key), 10_000));
    }

    @Test
    void everyArmHasItsShareOfTheUnits() {
        int[] arms = arms(SplitRoute.of(route(1, 500, 2_500)));

        assertThat(share(arms, 1)).isCloseTo(0.0001, within(TOLERANCE));
        assertThat(share(arms, 2)).isCloseTo(0.05, within(TOLERANCE));
        assertThat(share(arms, 3)).isCloseTo(0.25, within(TOLERANCE));
        assertThat(share(arms, 0)).isCloseTo(0.6999, within(TOLERANCE));
    }

    @Test
    void aBanditsArmsHaveTheirShareOfTheUnits() {
        int[] arms = arms(SplitRoute.of(route(100, 500, 2_500).withAssignment(Assignment.RENDEZVOUS)));

        assertThat(share(arms, 1)).isCloseTo(0.01, within(TOLERANCE));
        assertThat(share(arms, 2)).isCloseTo(0.05, within(TOLERANCE));
        assertThat(share(arms, 3)).isCloseTo(0.25, within(TOLERANCE));
    }

    /// What is known of a unit's chances is its arm's weight: evidence and propensities are computed with it.
    @Test
    void everyArmHasExactlyAsManyBucketsAsItsWeight() {
        Random random = new Random(SEED);
        for (int round = 0; round < 200; round++) {
            int[] weights = new int[1 + random.nextInt(6)];
            int left = RouteSpec.BUCKETS;
            for (int i = 0; i < weights.length; i++) {
                weights[i] = random.nextInt(left / 2);
                left -= weights[i];
            }
            for (Assignment assignment : Assignment.values()) {
                SplitRoute route = SplitRoute.of(rooms(weights).withAssignment(assignment));

                for (int arm = 0; arm <= weights.length; arm++) {
                    assertThat(route.buckets(arm))
                            .as(
                                    "round %d of seed %d, %s, arm %d of %s",
                                    round, SEED, assignment, arm, Arrays.toString(weights))
                            .isEqualTo(route.weight(arm));
                }
            }
        }
    }

    private static RouteSpec rooms(int... weights) {
        List<CandidateSpec> candidates = new ArrayList<>();
        for (int i = 0; i < weights.length; i++) {
            candidates.add(new CandidateSpec(ArmSpec.of("c" + i, "m", i + 2), weights[i], weights[i]));
        }
        return RouteSpec.of("r", ArmSpec.of("stable", "m", 1)).withCandidates(candidates);
    }

    @Test
    void aWeightOfZeroGetsNothing() {
        for (Assignment assignment : Assignment.values()) {
            assertThat(arms(SplitRoute.of(route(0, 500).withAssignment(assignment))))
                    .doesNotContain(1)
                    .contains(2);
        }
    }

    @Test
    void noUnitChangesItsArmWhileWeightsAreConstant() {
        RouteSpec spec = route(700, 1_300);

        // Two replicas, and the same after all else of the route was edited.
        int[] once = arms(SplitRoute.of(spec));
        int[] again = arms(SplitRoute.of(spec.withUnit(List.of(new UnitSource(UnitSource.Kind.COOKIE, "uid")))
                .withStandard(ArmSpec.of("stable", "m", 7))));

        assertThat(again).isEqualTo(once);
    }

    /// Raising a weight moves units from the default arm to that candidate, lowering it back, and nothing else.
    @Test
    void tenThousandEditsMoveUnitsOnlyBetweenTheDefaultArmAndTheOneThatWasEdited() {
        Random random = new Random(SEED);
        RouteSpec spec = route(0, 1_000, 3_000);
        byte[] before = BucketTable.of(spec);
        for (int round = 0; round < 10_000; round++) {
            int arm = 1 + random.nextInt(3);
            int old = spec.candidates().get(arm - 1).weight();
            int weight = random.nextInt(3_001);
            spec = spec.withWeight("c" + (arm - 1), weight);
            byte[] after = BucketTable.of(spec);
            int moved = 0;
            for (int bucket = 0; bucket < after.length; bucket++) {
                if (after[bucket] != before[bucket]) {
                    moved++;
                    assertThat(weight > old ? before[bucket] : after[bucket])
                            .as("round %d of seed %d, bucket %d", round, SEED, bucket)
                            .isZero();
                    assertThat(weight > old ? after[bucket] : before[bucket]).isEqualTo((byte) arm);
                }
            }
            assertThat(moved).isEqualTo(Math.abs(weight - old));
            before = after;
        }
    }

    @Test
    void aBanditsEditMovesHardlyMoreThanItMust() {
        RouteSpec spec = route(1_000, 2_000).withAssignment(Assignment.RENDEZVOUS);
        byte[] before = BucketTable.of(spec);
        byte[] after = BucketTable.of(spec.withWeight("c0", 2_000));
        int moved = 0;
        for (int bucket = 0; bucket < after.length; bucket++) {
            moved += after[bucket] == before[bucket] ? 0 : 1;
        }

        assertThat(moved).isBetween(1_000, 1_300);
    }

    /// Pearson's statistic over the 10 x 10 table of two salts' deciles, of 81 degrees of freedom: above 126
    /// once in a thousand, if the two know nothing of one another.
    @Test
    void twoSaltsAreIndependent() {
        SplitRoute one = SplitRoute.of(route(500).withSalt("a/v1"));
        SplitRoute other = SplitRoute.of(route(500).withSalt("a/v2"));
        int[][] counts = new int[10][10];
        for (int i = 0; i < UNITS; i++) {
            String unit = "user-" + i;
            counts[Place.bucket(one.place(unit)) / 1000][Place.bucket(other.place(unit)) / 1000]++;
        }

        assertThat(chiSquare(counts)).isLessThan(126);
    }

    /// The same of buckets and random groups.
    @Test
    void theGroupSaysNothingOfTheBucket() {
        SplitRoute route = SplitRoute.of(route(500));
        int[][] counts = new int[10][10];
        for (int i = 0; i < UNITS; i++) {
            long place = route.place("user-" + i);
            int tenth = (int) Math.unsignedMultiplyHigh(Place.hash2(place), 10);
            counts[Place.bucket(place) / 1000][tenth]++;
        }

        assertThat(chiSquare(counts)).isLessThan(126);
    }

    private static double chiSquare(int[][] counts) {
        double[] rows = new double[10];
        double[] columns = new double[10];
        for (int i = 0; i < 10; i++) {
            for (int j = 0; j < 10; j++) {
                rows[i] += counts[i][j];
                columns[j] += counts[i][j];
            }
        }
        double sum = 0;
        for (int i = 0; i < 10; i++) {
            for (int j = 0; j < 10; j++) {
                double expected = rows[i] * columns[j] / UNITS;
                sum += (counts[i][j] - expected) * (counts[i][j] - expected) / expected;
            }
        }
        return sum;
    }

    @Test
    void requestsWithoutAUnitAreDealtByChanceEach() {
        SplitRoute route = SplitRoute.of(route(2_500));
        int candidate = 0;
        for (int i = 0; i < UNITS; i++) {
            long place = route.place(RequestFacts.NONE);
            assertThat(Place.reason(place)).isEqualTo(AssignmentReason.RANDOM);
            candidate += Place.arm(place);
        }

        // Six standard deviations.
        assertThat((double) candidate / UNITS).isCloseTo(0.25, within(0.0083));
    }

    @Test
    void aPlaceKeepsAllThatWasPutIntoIt() {
        Random random = new Random(SEED);
        for (int round = 0; round < 10_000; round++) {
            long hash1 = random.nextLong();
            long hash2 = random.nextLong();
            int arm = random.nextInt(RouteSpec.MAX_ARMS);
            long place = Place.at(Place.at(Place.of(hash1, hash2), 31, 5), arm, Place.NOT_READY);

            assertThat(Place.arm(place)).isEqualTo(arm);
            assertThat(Place.reason(place)).isEqualTo(AssignmentReason.NOT_READY);
            assertThat(Place.bucket(place)).isEqualTo((int) Math.unsignedMultiplyHigh(hash1, 10_000));
            assertThat(Place.hash2(place)).isEqualTo(hash2 >>> 22 << 22);
        }
    }
}
