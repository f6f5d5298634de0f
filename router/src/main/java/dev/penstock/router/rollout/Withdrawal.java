package dev.penstock.router.rollout;

import java.time.Duration;

/// The way back of a rollout that is promoting, while nobody is promoted yet: the candidate still has the share
/// of its last step, and nothing is compared any more. Pure.
public final class Withdrawal {
    /// So long a promotion may be refused before it is taken back.
    public static final Duration PATIENCE = Duration.ofMinutes(1);

    private static final String NOT_PROMOTED = "not-promoted";

    private Withdrawal() {}

    /// A tick of one whose promotion is refused: a guard and a candidate that cannot serve end it at once, and
    /// so does a refusal that stays.
    ///
    /// @param seen of it by guards
    /// @param refusal why nobody can be promoted
    /// @param forMillis how long that has been so
    public static RolloutMachine.Tick refused(
            RolloutSpec spec, RolloutState state, Observation seen, String refusal, long forMillis, long nowMillis) {
        RolloutChange change = state.change();
        change.clocks().tick(nowMillis);
        Against against = Against.of(spec, change, seen, Judgement.NONE).stream()
                .filter(one -> one.arm().equals(state.promoted()))
                .filter(one -> one.isForGood() || spec.rules().mode() == Mode.ROLLBACK)
                .findFirst()
                .orElse(null);
        if (against != null) {
            if (against.refutes()) {
                change.refute(against.arm());
            }
            back(spec, change, against.reason(), against.detail(), "", nowMillis);
        } else if (forMillis >= PATIENCE.toMillis()) {
            back(spec, change, NOT_PROMOTED, refusal, "", nowMillis);
        }
        return change.done();
    }

    /// A person aborts it.
    public static RolloutMachine.Tick asked(RolloutSpec spec, RolloutState state, Wish wish, long nowMillis) {
        RolloutChange change = state.change();
        back(spec, change, "manual", wish.why(), wish.actor(), nowMillis);
        return change.done();
    }

    private static void back(
            RolloutSpec spec, RolloutChange change, String why, String detail, String actor, long nowMillis) {
        change.promote("");
        Progress.rollBack(spec, change, why, detail, actor, nowMillis);
    }
}
