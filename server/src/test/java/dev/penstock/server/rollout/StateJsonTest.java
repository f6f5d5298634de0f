package dev.penstock.server.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.ServingException;
import dev.penstock.router.arms.ArmCounts;
import dev.penstock.router.arms.GroupSums;
import dev.penstock.router.arms.GroupTally;
import dev.penstock.router.arms.OnceCounts;
import dev.penstock.router.rollout.Compared;
import dev.penstock.router.rollout.Epoch;
import dev.penstock.router.rollout.Finding;
import dev.penstock.router.rollout.RolloutState;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// What is recorded of a rollout is read as it was.
final class StateJsonTest {
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
        Compared copies = new Compared(2, 1, 1, told(3, 1), told(4, 1));
        Epoch epoch = new Epoch(0, Map.of("stable", 10_000), Map.of(), Map.of("canary", copies));

        String json = StateJson.epochs(List.of(epoch)).toString();

        assertThat(StateJson.readEpochs(json)).containsExactly(epoch);
        String earlier = """
                [{"step":0,"weights":{"stable":10000},"counts":{},"copies":{"canary":[2,1,1]}}]""";
        assertThat(StateJson.readEpochs(earlier).getFirst().copies("canary"))
                .isEqualTo(new Compared(2, 1, 1, GroupSums.EMPTY, GroupSums.EMPTY));
    }

    private static RolloutState read(String fields) {
        return StateJson.read("{\"phase\": \"ANALYSE\", \"promoted\": \"\", \"reason\": \"manual\", %s}".formatted(fields));
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
        RolloutState found = read(words
                + ", \"findings\": [{\"seq\": 7, \"arm\": \"canary\", \"reason\": \"errors\", \"detail\": \"31 of 90\"}]");

        assertThat(found.findings()).containsExactly(new Finding(7, "canary", "errors", "31 of 90"));
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
}
