package dev.penstock.router.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.penstock.core.LatencyScale;
import dev.penstock.core.LatencySnapshot;
import dev.penstock.router.arms.ArmCounts;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class RepeatsTest {
    private static final long SEED = 5;

    @Test
    void whatNoServerSeesTwiceIsSeenByOneOnly() {
        assertThat(Repeats.of(1, 3)).isEqualTo(1);
        assertThat(Repeats.of(0.5, 3)).as("answered while an arm settled").isEqualTo(1);
    }

    @Test
    void whatEachSeesAgainAndAgainIsSeenByAll() {
        assertThat(Repeats.of(50, 3)).isEqualTo(3, within(1e-6));
        assertThat(Repeats.of(1e9, 512)).isEqualTo(512, within(1e-6));
    }

    /// Each bucket has as many requests, from one to forty, that any of the servers gets.
    @Test
    void ofBucketsThatAreAlikeItIsHowManyServersSeeThem() {
        SplittableRandom random = new SplittableRandom(SEED);
        for (int servers : new int[] {2, 3, 10}) {
            for (int requests : new int[] {2, 3, 7, 40}) {
                int buckets = 20_000;
                long counted = 0;
                for (int bucket = 0; bucket < buckets; bucket++) {
                    counted += reached(random, requests, servers);
                }
                double each = (double) counted / buckets;

                assertThat(Repeats.of(requests / each, servers))
                        .as("%d requests, %d servers, seed %d", requests, servers, SEED)
                        .isEqualTo(each, within(0.02 * each));
            }
        }
    }

    /// Some have one request and some have many: those that count more often weigh more often, too.
    @Test
    void ofOthersItIsAtLeastThat() {
        SplittableRandom random = new SplittableRandom(SEED);
        for (int round = 0; round < 200; round++) {
            int servers = 2 + random.nextInt(9);
            double busy = random.nextDouble();
            long requests = 0;
            long counted = 0;
            long weighed = 0;
            for (int bucket = 0; bucket < 5_000; bucket++) {
                int of = random.nextDouble() < busy ? 1 + random.nextInt(40) : 1;
                int by = reached(random, of, servers);
                requests += of;
                counted += by;
                weighed += (long) by * by;
            }
            assertThat(Repeats.of((double) requests / (double) counted, servers))
                    .as("round %d of seed %d", round, SEED)
                    .isGreaterThan(0.98 * (double) weighed / (double) counted);
        }
    }

    private static int reached(SplittableRandom random, int requests, int servers) {
        BitSet any = new BitSet();
        for (int i = 0; i < requests; i++) {
            any.set(random.nextInt(servers));
        }
        return any.cardinality();
    }

    private static ArmCounts counts(long every, long once, long failed, long failedOnce) {
        long[] buckets = new long[LatencyScale.BUCKETS];
        buckets[100] = every - failed;
        return new ArmCounts.Builder()
                .latency(LatencySnapshot.of(buckets, 0), LatencySnapshot.EMPTY)
                .failed(failed)
                .once(once, failedOnce)
                .build();
    }

    @Test
    void requestsAndFailuresAreToldApartButNotArms() {
        Epoch epoch = new Epoch(
                0,
                Map.of("canary", 5_000, "stable", 5_000),
                Map.of("canary", counts(1_000, 900, 10, 10), "stable", counts(2_000, 600, 10, 10)),
                Map.of());

        Repeats repeats = Repeats.of(List.of(epoch), 3);

        assertThat(repeats.asked()).isEqualTo(Repeats.of(2, 3)).isBetween(2.6, 2.8);
        assertThat(repeats.failed()).isEqualTo(1);
        assertThat(repeats.abandoned()).as("nobody went away").isEqualTo(1);
        assertThat(Repeats.of(List.of(epoch), 1)).isEqualTo(Repeats.NONE);
        assertThat(Repeats.of(List.of(), 0)).isEqualTo(Repeats.NONE);
    }

    /// Counted by two servers, one of which was started twice.
    @Test
    void aServerIsOneHoweverOftenItStarts() {
        ArmCounts seen = counts(3_000, 1_000, 0, 0);
        Map<String, Integer> weights = Map.of("canary", 5_000, "stable", 5_000);
        RolloutSpec spec = new EvidenceJudgeTests() {}.spec;
        RolloutState state = RolloutState.pending(spec, 0);
        for (String source : List.of("a/b/1", "a/b/2", "c/3")) {
            Epoch epoch = new Epoch(0, weights, Map.of("stable", seen), Map.of());
            state = state.plus(spec, List.of(new Tally(source, 1, List.of(epoch), 0)), 0);
            double expected = source.startsWith("a") ? 1 : Repeats.of(3, 2);
            assertThat(state.repeats().asked()).as(source).isEqualTo(expected);
        }
    }
}
