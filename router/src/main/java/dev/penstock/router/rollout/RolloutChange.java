package dev.penstock.router.rollout;

import dev.penstock.router.arms.ArmCounts;
import dev.penstock.router.rollout.RolloutEvent.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// A state on its way to the next one, and what is told of that. For one thread.
final class RolloutChange {
    /// More epochs than steps and their shares need only a bandit has. Its oldest ones are forgotten, which costs
    /// evidence and makes none.
    private static final int MOST_EPOCHS = 128;

    private final RolloutState from;
    private final List<RolloutEvent> told = new ArrayList<>();
    private Phase phase;
    private int step;
    private long startedMillis;
    private long stepMillis;
    private long phaseMillis;
    private Map<String, Integer> weights;
    private int shadow;
    private String promoted;
    private final Set<String> dropped;
    private boolean latched;
    private List<Epoch> epochs;
    private RecentFailures recent;
    private Judgement judged;
    private String reason;
    private String detail;

    RolloutChange(RolloutState from) {
        this.from = from;
        phase = from.phase();
        step = from.step();
        startedMillis = from.startedMillis();
        stepMillis = from.stepMillis();
        phaseMillis = from.phaseMillis();
        weights = from.weights();
        shadow = from.shadow();
        promoted = from.promoted();
        dropped = new HashSet<>(from.dropped());
        latched = from.latched();
        epochs = from.epochs();
        recent = from.recent();
        judged = from.judged();
        reason = from.reason();
        detail = from.detail();
    }

    Phase phase() {
        return phase;
    }

    int step() {
        return step;
    }

    long stepMillis() {
        return stepMillis;
    }

    long startedMillis() {
        return startedMillis;
    }

    long phaseMillis() {
        return phaseMillis;
    }

    String reason() {
        return reason;
    }

    Judgement judged() {
        return judged;
    }

    boolean isDropped(String arm) {
        return dropped.contains(arm);
    }

    void judged(Judgement now) {
        judged = now;
    }

    /// @param why a word
    void to(Phase next, String why, String people, long nowMillis) {
        phase = next;
        phaseMillis = nowMillis;
        reason = why;
        detail = people;
    }

    /// The clock of step and rollout begins again where it stood.
    void forget(long millis) {
        stepMillis += millis;
        startedMillis += millis;
    }

    /// The step begins, or its shares are dealt only now.
    void stepBegins(int index, long nowMillis) {
        step = index;
        stepMillis = nowMillis;
    }

    void deal(Map<String, Integer> next, int copies) {
        weights = Map.copyOf(next);
        shadow = copies;
    }

    void dealNothing() {
        Map<String, Integer> none = new HashMap<>();
        weights.keySet().forEach(arm -> none.put(arm, 0));
        deal(none, 0);
    }

    void promote(String arm) {
        promoted = arm;
    }

    void drop(String arm) {
        dropped.add(arm);
        Map<String, Integer> rest = new HashMap<>(weights);
        rest.put(arm, 0);
        deal(rest, shadow);
    }

    void latch() {
        latched = true;
    }

    /// Adds what was seen under the present shares.
    void count(RolloutSpec spec, Observation seen) {
        Map<String, Integer> all = from.allWeights(spec);
        List<Epoch> more = new ArrayList<>(epochs);
        for (int i = more.size() - 1; i >= 0; i--) {
            if (more.get(i).isOf(step, all)) {
                more.set(i, more.get(i).plus(seen));
                epochs = List.copyOf(more);
                return;
            }
        }
        more.add(new Epoch(step, all, Map.of(), Map.of()).plus(seen));
        epochs = List.copyOf(more.subList(Math.max(0, more.size() - MOST_EPOCHS), more.size()));
    }

    void countControl(RolloutSpec spec, Observation seen, long nowMillis) {
        ArmCounts control = seen.counts().getOrDefault(spec.control(), ArmCounts.EMPTY);
        recent = recent.plus(nowMillis, control.eligible(), control.failed());
    }

    void tell(RolloutSpec spec, Kind kind, String actor, long nowMillis) {
        told.add(new RolloutEvent(
                from.events() + told.size() + 1,
                nowMillis,
                kind,
                reason,
                detail,
                actor,
                phase,
                step,
                from.allWeights(spec),
                judged));
    }

    /// Of the same reason as what was told last in this phase.
    RolloutMachine.Tick done() {
        return new RolloutMachine.Tick(state(), told);
    }

    RolloutState state() {
        return new RolloutState(
                phase,
                step,
                startedMillis,
                stepMillis,
                phaseMillis,
                weights,
                shadow,
                promoted,
                dropped,
                latched,
                epochs,
                recent,
                judged,
                reason,
                detail,
                from.events() + told.size());
    }
}
