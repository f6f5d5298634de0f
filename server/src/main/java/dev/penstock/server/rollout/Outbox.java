package dev.penstock.server.rollout;

import dev.penstock.router.rollout.Epoch;
import dev.penstock.router.rollout.Epochs;
import dev.penstock.router.rollout.Observation;
import dev.penstock.router.rollout.RolloutSpec;
import dev.penstock.router.rollout.RolloutState;
import dev.penstock.router.rollout.Tally;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What this server counts of one rollout while another one drives it, on its way to the record. What could
/// not be written is added to what comes, so that nothing is lost but by a restart, or because who drives it
/// leaves it out, and nothing grows but by epochs. Not thread-safe: its owner's lock is held.
final class Outbox {
    /// As many as the record takes of one rollout: more are written only where who drives it leaves them out.
    private static final int MOST_WRITTEN = 256;

    private final String source;
    private List<Epoch> pending = List.of();

    /// When the first of it was counted.
    private long pendingMillis;

    /// Perhaps written already, or added up by this server itself: these stay as they are.
    private final Deque<Tally> fixed = new ArrayDeque<>();

    /// Written, but not known to be in the recorded state: who takes over adds them itself. The last ones.
    private final Deque<Tally> written = new ArrayDeque<>();

    /// Of the last tally, or the last time that this server tried to record what it counted itself.
    private long number;

    /// The step whose shares requests are dealt by here, and since when; new shares within one, as bandits have
    /// them all the time, begin nothing.
    private int dealtStep = -1;

    private long dealtUpMillis;
    private boolean looked;

    /// @param source never used before, by this server or another
    Outbox(String source) {
        this.source = source;
    }

    String source() {
        return source;
    }

    /// @param state as it is recorded
    /// @param upMillis of [Around#up], as `nowMillis` is of what is recorded
    void count(RolloutSpec spec, RolloutState state, Observation seen, long upMillis, long nowMillis) {
        if (seen.applied() && state.step() != dealtStep) {
            // A step that was dealt when it first looked began when it was written.
            dealtUpMillis = looked ? upMillis : upMillis - Math.max(0, nowMillis - state.stepMillis());
            dealtStep = state.step();
        }
        looked = true;
        boolean fresh = upMillis - dealtUpMillis < spec.rules().settle().toMillis();
        Epoch.seen(spec, state, seen, fresh).ifPresent(epoch -> add(epoch, nowMillis));
        seen.late().forEach(epoch -> add(epoch, nowMillis));
    }

    private void add(Epoch epoch, long nowMillis) {
        if (pending.isEmpty()) {
            pendingMillis = nowMillis;
        }
        pending = Epochs.newest(Epochs.plus(pending, epoch));
    }

    /// What is to be written: the same until that is known to have been.
    ///
    /// @return null if there is nothing
    @Nullable
    Tally next() {
        if (fixed.isEmpty()) {
            fix();
        }
        return fixed.peekFirst();
    }

    private void fix() {
        if (!pending.isEmpty()) {
            number++;
            fixed.add(new Tally(source, number, pending, pendingMillis));
            pending = List.of();
        }
    }

    /// All there is, for this server to add up itself.
    List<Tally> all() {
        fix();
        List<Tally> all = new ArrayList<>(written);
        all.addAll(fixed);
        return all;
    }

    /// Before this server tries to record what it added up itself.
    ///
    /// @return greater than any before
    long attempt() {
        number++;
        return number;
    }

    /// It is in the record, or never will be.
    void sent(Tally tally) {
        if (tally.equals(fixed.peekFirst())) {
            written.add(fixed.removeFirst());
        }
        if (written.size() > MOST_WRITTEN) {
            written.removeFirst();
        }
    }

    /// What is in the recorded state of the rollout need not be sent.
    ///
    /// @param last number of this source's that is in it
    void recorded(long last) {
        fixed.removeIf(tally -> tally.number() <= last);
        written.removeIf(tally -> tally.number() <= last);
    }
}
