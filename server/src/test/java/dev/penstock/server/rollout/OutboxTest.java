package dev.penstock.server.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.router.arms.ArmCounts;
import dev.penstock.router.rollout.Epoch;
import dev.penstock.router.rollout.Observation;
import dev.penstock.router.rollout.RolloutSpec;
import dev.penstock.router.rollout.RolloutState;
import dev.penstock.router.rollout.Tally;
import dev.penstock.server.store.RolloutTallyRecord;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/// What a server keeps of what it counted for another one.
final class OutboxTest {
    private static final RolloutSpec SPEC = RolloutJson.read(
                    JsonMapper.shared().readTree("{\"route\": \"lookup\", \"candidate\": \"lookup@2\"}"),
                    RolloutJson.USUAL_CONTROL)
            .spec();
    private static final RolloutState STATE = RolloutState.pending(SPEC, 0);

    private final Outbox outbox = new Outbox("there/1");

    private Tally sent() {
        count(0);
        Tally next = Objects.requireNonNull(outbox.next());
        outbox.sent(next);
        return next;
    }

    private void count(long nowMillis) {
        ArmCounts counts = new ArmCounts.Builder().once(1, 0).build();
        Epoch epoch = new Epoch(0, Map.of("canary", 5000), Map.of("canary", counts), Map.of());
        Observation seen = new Observation(false, Map.of(), Map.of(), List.of(epoch), Map.of(), Map.of(), List.of());
        outbox.count(SPEC, STATE, seen, 0, nowMillis);
    }

    @Test
    void whatIsWrittenAndNotRecordedYetIsAddedByWhoTakesOver() {
        Tally first = sent();
        Tally second = sent();

        assertThat(outbox.all()).containsExactly(first, second);
        outbox.recorded(first.number());
        assertThat(outbox.all()).containsExactly(second);
    }

    @Test
    void ofWhatIsNeverRecordedTheLastOnesAreKept() {
        for (int i = 1; i < 10_000; i++) {
            var _ = sent();
        }
        Tally last = sent();

        assertThat(outbox.all()).hasSize(256).endsWith(last);
    }

    @Test
    void whatIsWrittenSaysWhenTheFirstOfItWasCounted() {
        count(1_000);
        count(601_000);
        Tally first = Objects.requireNonNull(outbox.next());
        outbox.sent(first);
        count(602_000);
        Tally second = Objects.requireNonNull(outbox.next());

        assertThat(first.sinceMillis()).isEqualTo(1_000);
        assertThat(second.sinceMillis()).isEqualTo(602_000);
        String written = TallyJson.write(second);
        Tally read = TallyJson.read(new RolloutTallyRecord("r", "there/1", 2, written))
                .tally();
        assertThat(read.sinceMillis()).isEqualTo(602_000);
        assertThat(TallyJson.write(read)).isEqualTo(written);
    }

    @Test
    void whatEarlierReleasesWroteIsReadAndHasNoTime() {
        count(1_000);
        Tally tally = Objects.requireNonNull(outbox.next());
        String earlier = StateJson.epochs(tally.epochs()).toString();

        Tally read = TallyJson.read(new RolloutTallyRecord("r", "there/1", 1, earlier))
                .tally();

        assertThat(read.sinceMillis()).isZero();
        assertThat(TallyJson.write(read)).isEqualTo(earlier);
        assertThat(StateJson.epochs(StateJson.readEpochs(TallyJson.write(tally))))
                .as("what they read of it")
                .hasToString(earlier);
    }
}
