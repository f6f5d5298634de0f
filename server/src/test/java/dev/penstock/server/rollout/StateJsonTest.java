package dev.penstock.server.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.LatencyHistogram;
import dev.penstock.core.LatencyScale;
import dev.penstock.core.LatencySnapshot;
import dev.penstock.core.ServingException;
import dev.penstock.router.arms.ArmCounts;
import dev.penstock.router.arms.GroupSums;
import dev.penstock.router.arms.GroupTally;
import dev.penstock.router.arms.OnceCounts;
import dev.penstock.router.rollout.Compared;
import dev.penstock.router.rollout.CopyRuns;
import dev.penstock.router.rollout.Epoch;
import dev.penstock.router.rollout.Finding;
import dev.penstock.router.rollout.RolloutState;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// What is recorded of a rollout is read as it was.
final class StateJsonTest {
    private static final long SEED = 5;

    @Test
    void countsOfWhatFailedAndWasAbandonedAreKept() {
        ArmCounts counts = new ArmCounts.Builder()
                .failures(ErrorCode.INTERNAL, 4)
                .failures(ErrorCode.CANCELLED, 7)
                .failed(4)
                .abandoned(7)
                .refused(8)
                .once(new OnceCounts(9, 3, 5, 6))
                .firstExposures(2)
                .late(told(3, 0.5), told(4, 1))
                .build();
        ObjectNode node = JsonMapper.shared().createObjectNode();

        CountsJson.write(node, counts);

        ArmCounts read = CountsJson.read(node);
        assertThat(read).hasToString(counts.toString());
        assertThat(read.eligible()).isEqualTo(19);
        assertThat(read.eligibleOnce()).isEqualTo(9);
        assertThat(read.failedOnce()).isEqualTo(3);
        assertThat(read.abandonedOnce()).isEqualTo(5);
        assertThat(read.refused()).isEqualTo(8);
        assertThat(read.refusedOnce()).isEqualTo(6);
        assertThat(read.lateRewards()).isEqualTo(told(3, 0.5));
        assertThat(read.lateRight()).isEqualTo(told(4, 1));
    }

    @Test
    void whatBecameOfCopiesIsKeptAndReadAsEarlierReleasesHadIt() {
        LatencyHistogram runs = new LatencyHistogram();
        runs.record(70_000);
        runs.record(3_000_000);
        CopyRuns timed = new CopyRuns(told(5, 0.25), runs.snapshot(), LatencySnapshot.EMPTY);
        Compared copies = new Compared(2, 1, 1, told(3, 1), told(4, 1), timed);
        Epoch epoch = new Epoch(0, Map.of("stable", 10_000), Map.of(), Map.of("canary", copies));

        String json = StateJson.epochs(List.of(epoch)).toString();

        assertThat(StateJson.readEpochs(json)).containsExactly(epoch);
        String earlier = """
                [{"step":0,"weights":{"stable":10000},"counts":{},"copies":{"canary":[2,1,1]}}]""";
        assertThat(StateJson.readEpochs(earlier).getFirst().copies("canary"))
                .isEqualTo(new Compared(2, 1, 1, GroupSums.EMPTY, GroupSums.EMPTY));
    }

    private static RolloutState read(String fields) {
        return StateJson.read(
                "{\"phase\": \"ANALYSE\", \"promoted\": \"\", \"reason\": \"manual\", %s}".formatted(fields));
    }

    @Test
    void whoIsWaitedForIsReadByWhatItIsAndOfOlderRecordsByItsWords() {
        String words = "\"detail\": \"waits for m@2: it is being loaded\"";

        assertThat(read(words).waits()).containsExactly("m@2: it is being loaded");
        assertThat(read(words + ", \"waits\": []").waits())
                .as("a person said so")
                .isEmpty();
        RolloutState waiting = read(words + ", \"waits\": [\"m@2: it is being loaded\"]");
        assertThat(waiting.waits()).containsExactly("m@2: it is being loaded");
        assertThat(StateJson.read(StateJson.write(waiting))).isEqualTo(waiting);
    }

    @Test
    void whatNobodyHasConfirmedIsThereAgain() {
        String words = "\"detail\": \"\"";
        RolloutState found = read(
                words
                        + ", \"findings\": [{\"seq\": 7, \"arm\": \"canary\", \"reason\": \"errors\", \"detail\": \"31 of 90\"}]");

        assertThat(found.findings()).containsExactly(new Finding(7, "canary", "errors", "31 of 90"));
        StateShape.refuseNewer(StateJson.write(found));
        assertThat(StateJson.read(StateJson.write(found))).isEqualTo(found);
        assertThat(read(words).findings()).as("of an earlier release").isEmpty();
    }

    @Test
    void whatAnotherServerCountedAndCannotBeIsRefusedByName() {
        ArmCounts counted = new ArmCounts.Builder().failed(-3).build();
        Epoch epoch = new Epoch(0, Map.of("canary", 1000), Map.of("canary", counted), Map.of());
        String written = StateJson.epochs(List.of(epoch)).toString();

        assertThatThrownBy(() -> StateJson.readEpochs(written))
                .isInstanceOf(ServingException.class)
                .hasMessageContaining("failed of canary: -3 (expected: >= 0)");
    }

    private static GroupSums told(int group, double value) {
        GroupTally tally = new GroupTally();
        tally.add(group, value);
        return tally.sums();
    }

    /// Of two arms that asked and were told for weeks, as a bandit's are.
    @Test
    void muchIsRecordedInFewLetters() {
        Random random = new Random(SEED);
        List<Epoch> epochs = new ArrayList<>();
        for (int i = 0; i < 128; i++) {
            epochs.add(new Epoch(
                    0,
                    Map.of("stable", 10_000 - i, "canary", i),
                    Map.of("stable", counts(random), "canary", counts(random)),
                    Map.of()));
        }

        String json = StateJson.epochs(epochs).toString();

        assertThat(json.length() / epochs.size() / 2).as("of each arm's epoch").isBetween(500, 1_600);
        assertThat(StateJson.epochs(StateJson.readEpochs(json))).hasToString(json);
    }

    private static ArmCounts counts(Random random) {
        LatencySnapshot every = latencies(random, 4_000);
        return new ArmCounts.Builder()
                .latency(every, LatencySnapshot.EMPTY)
                .latencyOnce(latencies(random, 1_000))
                .once(1_000, 3)
                .failed(20)
                .firstExposures(400)
                .bins(random.longs(10, 0, 400).toArray())
                .rewards(clicks(random, 800))
                .late(clicks(random, 200), GroupSums.EMPTY)
                .build();
    }

    private static LatencySnapshot latencies(Random random, int count) {
        long[] buckets = new long[LatencyScale.BUCKETS];
        long sum = 0;
        for (int i = 0; i < count; i++) {
            long nanos = (long) (2e6 * Math.exp(0.5 * random.nextGaussian()));
            buckets[LatencyScale.bucketOf(nanos)]++;
            sum += nanos;
        }
        return LatencySnapshot.of(buckets, sum);
    }

    private static GroupSums clicks(Random random, int count) {
        GroupTally tally = new GroupTally();
        for (int i = 0; i < count; i++) {
            tally.add(random.nextInt(GroupSums.GROUPS), random.nextInt(3) == 0 ? 1 : 0);
        }
        return tally.sums();
    }

    @Test
    void whatWasToldComesBackToTheLastBit() {
        Random random = new Random(SEED);
        GroupTally tally = new GroupTally();
        for (int i = 0; i < 300; i++) {
            tally.add(random.nextInt(GroupSums.GROUPS), random.nextGaussian() * 1e9);
        }
        ArmCounts counts = new ArmCounts.Builder()
                .latency(latencies(random, 50), LatencySnapshot.EMPTY)
                .latencyOnce(latencies(random, 5))
                .rewards(tally.sums(), clicks(random, 300))
                .right(clicks(random, 7))
                .late(told(63, 1.0 / 3), GroupSums.EMPTY, told(0, -1))
                .clipped(12)
                .build();

        ArmCounts read = written(counts);

        assertThat(read.latency()).isEqualTo(counts.latency());
        assertThat(read.latencyOnce()).isEqualTo(counts.latencyOnce());
        assertThat(read.rewards()).isEqualTo(counts.rewards());
        assertThat(read.earned()).isEqualTo(counts.earned());
        assertThat(read.right()).isEqualTo(counts.right());
        assertThat(read.lateRewards()).isEqualTo(counts.lateRewards());
        assertThat(read.lateEarned()).isEqualTo(GroupSums.EMPTY);
        assertThat(read.lateRight()).isEqualTo(counts.lateRight());
        assertThat(read.clipped()).isEqualTo(12);
    }

    @Test
    void whereNothingCountsOnceThereIsOneLatency() {
        LatencySnapshot latency = latencies(new Random(SEED), 50);
        ArmCounts counts = new ArmCounts.Builder()
                .latency(latency, LatencySnapshot.EMPTY)
                .latencyOnce(latency)
                .build();

        assertThat(written(counts).latencyOnce()).isEqualTo(latency);
        assertThat(written(ArmCounts.EMPTY)).usingRecursiveComparison().isEqualTo(ArmCounts.EMPTY);
    }

    private static ArmCounts written(ArmCounts counts) {
        ObjectNode node = JsonMapper.shared().createObjectNode();
        CountsJson.write(node, counts);
        StateShape.refuseNewer("{\"epochs\":[{\"counts\":{\"canary\":%s}}]}".formatted(node));
        return CountsJson.read(JsonMapper.shared().readTree(node.toString()));
    }

    @Test
    void countsAreReadAsEarlierReleasesHadThem() {
        String earlier = """
                {"failed":4,"abandoned":7,"refused":8,"eligibleOnce":9,"failedOnce":3,"abandonedOnce":5,"refusedOnce":6,
                "firstExposures":2,"failures":{"INTERNAL":4},"latency":[3000,17,1,18,2],"latencyOnce":[1000,17,1],
                "bins":[0,5],"rewards":[3,2,1.5,1.25],"right":[],"lateRewards":[63,1,-0.5,0.25],"lateRight":[4,1,1.0,1.0]}""";

        ArmCounts read = CountsJson.read(JsonMapper.shared().readTree(earlier));

        assertThat(read.latency().count()).isEqualTo(3);
        assertThat(read.latency().count(18)).isEqualTo(2);
        assertThat(read.latency().sumNanos()).isEqualTo(3_000);
        assertThat(read.latencyOnce().count(17)).isEqualTo(1);
        assertThat(read.bins()).containsExactly(0, 5);
        assertThat(read.rewards().count(3)).isEqualTo(2);
        assertThat(read.rewards().sum(3)).isEqualTo(1.5);
        assertThat(read.rewards().squares(3)).isEqualTo(1.25);
        assertThat(read.earned()).isEqualTo(read.rewards());
        assertThat(read.lateRewards()).isEqualTo(told(63, -0.5));
        assertThat(read.lateRight()).isEqualTo(told(4, 1));
        assertThat(read.eligible()).isEqualTo(22);
        assertThat(read.refusedOnce()).isEqualTo(6);
    }

    /// Of a record that was cut, or of no release.
    @Test
    void numbersThatAreNoneAreRefused() {
        for (String wrong : List.of("gA", "AAgC", "!", "AgD/////////////AQ")) {
            String json = """
                    [{"step":0,"weights":{},"counts":{"canary":{"rewards":"%s"}},"copies":{}}]""".formatted(wrong);
            assertThatThrownBy(() -> StateJson.readEpochs(json)).as(wrong).isInstanceOf(ServingException.class);
        }
    }
}
