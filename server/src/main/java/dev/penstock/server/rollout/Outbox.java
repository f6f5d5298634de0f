package dev.penstock.server.rollout;

import dev.penstock.router.rollout.Epoch;
import dev.penstock.router.rollout.Epochs;
import dev.penstock.router.rollout.Observation;
import dev.penstock.router.rollout.RolloutSpec;
import dev.penstock.router.rollout.RolloutState;
import dev.penstock.router.rollout.Tally;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What this server counts of one rollout while another one drives it, on its way to the record. What could
/// not be
/// written is added to what comes, so that nothing is lost but by a restart, and nothing grows but by epochs.
/// Not
/// thread-safe: its owner's lock is held.
final class Outbox {
    private final String source;
    private List<Epoch> pending = List.of();

    @Nullable
    private Tally sending;

    private long number;

    /// The step whose shares requests are dealt by here, and since when; new shares within one, as bandits have
    /// them all the time, begin nothing.
    private int dealtStep = -1;

    private long dealtMillis;
    private boolean looked;

    /// @param source never used before, by this server or another
    Outbox(String source) {
        this.source = source;
    }

    String source() {
        return source;
    }

    /// @param state as it is recorded
    void count(RolloutSpec spec, RolloutState state, Observation seen, long nowMillis) {
        if (seen.applied() && state.step() != dealtStep) {
            // A step that was dealt when it first looked began when it was written.
            dealtMillis = looked ? nowMillis : state.stepMillis();
            dealtStep = state.step();
        }
        looked = true;
        boolean fresh = nowMillis - dealtMillis < spec.rules().settle().toMillis();
        Epoch.seen(spec, state, seen, fresh).ifPresent(epoch -> pending = Epochs.newest(Epochs.plus(pending, epoch)));
    }

    /// What is to be written: the same until that is known to have been.
    ///
    /// @return null if there is nothing
    @Nullable
    Tally next() {
        if (sending == null && !pending.isEmpty()) {
            number++;
            sending = new Tally(source, number, pending);
            pending = List.of();
        }
        return sending;
    }

    /// It is in the record, or never will be.
    void sent(Tally tally) {
        if (tally.equals(sending)) {
            sending = null;
        }
    }
}
