package dev.penstock.router.simulation;

import dev.penstock.router.arms.ArmCounts;
import dev.penstock.router.rollout.Compared;
import dev.penstock.router.rollout.EvidenceJudge;
import dev.penstock.router.rollout.Phase;
import dev.penstock.router.rollout.Require;
import dev.penstock.router.rollout.RolloutMachine;
import dev.penstock.router.rollout.RolloutSpec;
import dev.penstock.router.rollout.RolloutState;
import dev.penstock.router.rollout.StepSpec;
import dev.penstock.router.rollout.Strategy;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/// The machine and the judge that servers have, with the usual metrics and rules, in one step that gives the
/// canary a tenth: [EvidenceRule] is held against it, which knows nothing of rollouts and is sooner computed.
final class JudgeRule implements Rule {
    private static final long MINUTE_MILLIS = Duration.ofMinutes(1).toMillis();
    private static final long TICK_MILLIS = 1_000;

    private final RolloutSpec spec =
            WholeRollout.usual(Strategy.CANARY, List.of(StepSpec.share(1_000, Duration.ofHours(3), Require.NOT_WORSE)));
    private final RolloutMachine machine = new RolloutMachine(new EvidenceJudge());
    private RolloutState state = RolloutState.pending(spec, 0);
    private long nowMillis;

    JudgeRule() {
        while (state.phase() != Phase.ANALYSE) {
            tick(Map.of(), Compared.NONE, TICK_MILLIS);
        }
    }

    private void tick(Map<String, ArmCounts> counts, Compared copies, long millis) {
        nowMillis += millis;
        state = machine.tick(spec, state, WholeRollout.seen(counts, copies), nowMillis)
                .state();
    }

    @Override
    public boolean rollsBack(Minute minute) {
        if (state.phase() == Phase.ANALYSE) {
            tick(
                    Map.of(
                            "canary", WholeRollout.counts(minute.canary()),
                            "stable", WholeRollout.counts(minute.control())),
                    Compared.NONE,
                    MINUTE_MILLIS);
        }
        return state.latched();
    }
}
