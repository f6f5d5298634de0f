package dev.penstock.router.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.penstock.core.LatencyScale;
import dev.penstock.core.LatencySnapshot;
import dev.penstock.router.arms.ArmCounts;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class RepeatsTest {
    private static final long SEED = 5;

    private static final RolloutSpec WORSE = new RolloutSpec(
            "route",
            "stable",
            List.of(new Candidate("canary", "model", 2)),
            Strategy.CANARY,
            List.of(StepSpec.share(5_000, Duration.ofHours(1), Require.PROVEN)),
            List.of(MetricSpec.Errors.STANDARD, MetricSpec.Latency.P99),
            Rules.STANDARD,
            BanditSpec.STANDARD);

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
        return counts(100, every, once, failed, failedOnce);
    }

    private static ArmCounts counts(int latency, long every, long once, long failed, long failedOnce) {
        return new ArmCounts.Builder()
                .latency(latencies(latency, every - failed), LatencySnapshot.EMPTY)
                .latencyOnce(latencies(latency, once - failedOnce))
                .failed(failed)
                .once(once, failedOnce)
                .build();
    }

    private static LatencySnapshot latencies(int bucket, long count) {
        long[] buckets = new long[LatencyScale.BUCKETS];
        buckets[bucket] = count;
        return LatencySnapshot.of(buckets, 0);
    }

    /// What is against a canary that fails more often and takes longer, counted three times.
    ///
    /// @param repeats how many requests there are of each that counts once
    private static List<Double> against(List<String> sources, int repeats) {
        RolloutState state = RolloutState.pending(WORSE, 0);
        for (int i = 0; i < sources.size(); i++) {
            Map<String, ArmCounts> counts = Map.of(
                    "canary", counts(120, 1_000L * repeats, 1_000, 20L * repeats, 20),
                    "stable", counts(100, 1_000L * repeats, 1_000, 5L * repeats, 5));
            Epoch epoch = new Epoch(0, Map.of("canary", 5_000, "stable", 5_000), counts, Map.of());
            state = state.plus(WORSE, List.of(new Tally(sources.get(i), i + 1, List.of(epoch), 0)), 0);
        }
        return new EvidenceJudge()
                .judge(WORSE, state, List.of()).readings().stream()
                        .map(reading -> reading.evidence().rollback())
                        .toList();
    }

    @Test
    void whatComesBackToServersIsNoMoreEvidenceThanOfThoseThatItComesTo() {
        List<Double> one = against(List.of("a/1", "a/1", "a/1"), 2);
        List<Double> three = against(List.of("a/1", "b/1", "c/1"), 2);

        assertThat(one).hasSize(2).allMatch(logE -> logE > 5);
        for (int i = 0; i < one.size(); i++) {
            assertThat(three.get(i))
                    .as("%s and %s", one, three)
                    .isLessThan(0.6 * one.get(i))
                    .isGreaterThan(0.1 * one.get(i));
        }
        assertThat(against(List.of("a/1", "b/1", "c/1"), 1))
                .as("each came once")
                .isEqualTo(against(List.of("a/1", "a/1", "a/1"), 1));
    }

    @Test
    void requestsAndFailuresAreToldApartAndTheArmWithMoreCounts() {
        Epoch epoch = new Epoch(
                0,
                Map.of("canary", 5_000, "stable", 5_000),
                Map.of("canary", counts(1_000, 900, 10, 10), "stable", counts(2_000, 600, 10, 10)),
                Map.of());

        Repeats repeats = Repeats.of(List.of(epoch), 3);

        assertThat(repeats.asked())
                .as("3,000 of 1,500 together, but 2,000 of 600 of the default arm")
                .isEqualTo(Repeats.of(2_000 / 600.0, 3))
                .isGreaterThan(Repeats.of(2, 3) + 0.1);
        assertThat(repeats.failed()).isEqualTo(1);
        assertThat(repeats.abandoned()).as("nobody went away").isEqualTo(1);
        assertThat(Repeats.of(List.of(epoch), 1)).isEqualTo(Repeats.NONE);
        assertThat(Repeats.of(List.of(), 0)).isEqualTo(Repeats.NONE);
    }

    /// A busy unit fails on each of the servers in the canary, many units once each in the default arm.
    @Test
    void whatManyFailOnceDoesNotHideWhatAFewRepeat() {
        Map<String, Integer> weights = Map.of("canary", 1_000, "stable", 9_000);
        Epoch first = new Epoch(0, weights, Map.of("stable", counts(9_000, 9_000, 500, 500)), Map.of());
        Epoch second = new Epoch(0, weights, Map.of("canary", counts(1_000, 900, 300, 30)), Map.of());

        assertThat(Repeats.of(List.of(first, second), 3).failed())
                .isEqualTo(Repeats.of(10, 3))
                .isGreaterThan(2.9);
    }

    /// Counted by two servers, one of which was started twice.
    @Test
    void aServerIsOneHoweverOftenItStarts() {
        ArmCounts seen = counts(3_000, 1_000, 0, 0);
        Map<String, Integer> weights = Map.of("canary", 5_000, "stable", 5_000);
        RolloutState state = RolloutState.pending(WORSE, 0);
        for (String source : List.of("a/b/1", "a/b/2", "c/3")) {
            Epoch epoch = new Epoch(0, weights, Map.of("stable", seen), Map.of());
            state = state.plus(WORSE, List.of(new Tally(source, 1, List.of(epoch), 0)), 0);
            double expected = source.startsWith("a") ? 1 : Repeats.of(3, 2);
            assertThat(state.repeats().asked()).as(source).isEqualTo(expected);
        }
    }
}
