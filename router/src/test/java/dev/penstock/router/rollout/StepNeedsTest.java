package dev.penstock.router.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.LatencyScale;
import dev.penstock.core.LatencySnapshot;
import dev.penstock.router.arms.ArmCounts;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// What counts for a step's end.
final class StepNeedsTest {
    private final RolloutSpec spec = GivenJudgements.spec(Rules.STANDARD);

    private static ArmCounts counts(int answered, int failed, int refused) {
        long[] latencies = new long[LatencyScale.BUCKETS];
        latencies[LatencyScale.BUCKETS / 2] = answered;
        return new ArmCounts.Builder()
                .latency(LatencySnapshot.of(latencies, 0), LatencySnapshot.EMPTY)
                .failed(failed)
                .refused(refused)
                .build();
    }

    private StepNeeds needs(ArmCounts candidate) {
        RolloutChange change = RolloutState.pending(spec, 0).change();
        Map<String, ArmCounts> counts = Map.of("stable", counts(9_000, 0, 0), GivenJudgements.ARM, candidate);
        change.counted().add(spec, new Observation(true, counts, Map.of(), Map.of(), Map.of(), List.of()));
        return StepNeeds.of(spec, change.state(), 0);
    }

    @Test
    void requestsThatWereRefusedAreNoneThatTheModelAnswered() {
        assertThat(needs(counts(400, 0, 600)).requests())
                .containsEntry(GivenJudgements.ARM, new StepNeeds.Missing(400, 500));
        assertThat(needs(counts(400, 100, 600)).hasEnoughRequests())
                .as("who fails was at work")
                .isTrue();
    }
}
