package dev.penstock.server.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.LatencyHistogram;
import dev.penstock.core.ServingException;
import dev.penstock.router.arms.GroupSums;
import dev.penstock.router.rollout.Compared;
import dev.penstock.router.rollout.CopyRuns;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;

/// Lists whose elements have each its own meaning may get more of them.
class StateShapeTest {
    private static ArrayNode copies() {
        LatencyHistogram runs = new LatencyHistogram();
        runs.record(1_000_000);
        CopyRuns all = new CopyRuns(GroupSums.EMPTY, runs.snapshot(), runs.snapshot());
        ArrayNode copies = JsonMapper.shared().createArrayNode();
        CopiesJson.write(copies, new Compared(3, 2, 1, GroupSums.EMPTY, GroupSums.EMPTY, all));
        return copies;
    }

    private static String epochs(ArrayNode copies) {
        return "[{\"step\":0,\"copies\":{\"canary\":%s}}]".formatted(copies);
    }

    private static void check(ArrayNode copies) {
        StateShape.refuseNewer("{\"epochs\":%s}".formatted(epochs(copies)));
    }

    private static String newerInTally(ArrayNode copies) {
        return StateShape.newerIn(JsonMapper.shared().readTree(epochs(copies)));
    }

    @Test
    void whatIsKnownOfCopiesIsAllThatIsWritten() {
        ArrayNode copies = copies();
        assertThat(copies).hasSize(CopiesJson.ELEMENTS);
        check(copies);
        assertThat(newerInTally(copies)).isEmpty();
    }

    @Test
    void moreOfCopiesIsOfANewerRelease() {
        ArrayNode more = copies().add(1);
        assertThatExceptionOfType(ServingException.class)
                .isThrownBy(() -> check(more))
                .satisfies(refused -> assertThat(refused.code()).isEqualTo(ErrorCode.UNSUPPORTED))
                .withMessageContaining("only a newer release knows what epochs[0].copies.canary[8] is");
        assertThat(newerInTally(more)).isEqualTo("only a newer release knows what epochs[0].copies.canary[8] is");
    }

    /// Which recorded sums as lists: of each group its number, its count, its sum and its squares.
    @Test
    void whatEarlierReleasesHadOfCopiesIsKnown() {
        ArrayNode earlier = JsonMapper.shared().createArrayNode().add(3).add(2).add(1);
        ArrayNode sums = earlier.addArray();
        for (int i = 0; i < 12; i++) {
            sums.add(i / 4);
        }
        check(earlier);
        assertThat(newerInTally(earlier)).isEmpty();
    }
}
