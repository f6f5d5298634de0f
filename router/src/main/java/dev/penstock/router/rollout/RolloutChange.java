package dev.penstock.router.rollout;

import dev.penstock.router.rollout.RolloutEvent.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// A state on its way to the next one, and what is told of that. For one thread.
final class RolloutChange {
    private final RolloutState from;
    private final Clocks clocks;
    private final Counted counted;
    private final List<RolloutEvent> told = new ArrayList<>();
    private Phase phase;
    private Map<String, Integer> weights;
    private int shadow;
    private String promoted;
    private final Map<String, String> dropped;
    private final Set<String> refuted;
    private final Heard heard;
    private final Findings findings;
    private Judgement judged;
    private String reason;
    private String detail;
    private List<String> waits;

    RolloutChange(RolloutState from) {
        this.from = from;
        clocks = new Clocks(from);
        counted = new Counted(from, clocks);
        phase = from.phase();
        weights = from.weights();
        shadow = from.shadow();
        promoted = from.promoted();
        dropped = new HashMap<>(from.dropped());
        refuted = new HashSet<>(from.refuted());
        heard = new Heard(from.told());
        findings = new Findings(from.findings());
        judged = from.judged();
        reason = from.reason();
        detail = from.detail();
        waits = from.waits();
    }

    Phase phase() {
        return phase;
    }

    /// That were told so far.
    long events() {
        return from.events() + told.size();
    }

    int step() {
        return clocks.step();
    }

    /// Since when it is where it is.
    Clocks clocks() {
        return clocks;
    }

    /// What was counted in it.
    Counted counted() {
        return counted;
    }

    String reason() {
        return reason;
    }

    String detail() {
        return detail;
    }

    /// Candidates that cannot serve, or cannot now, on some server.
    List<String> waits() {
        return waits;
    }

    Judgement judged() {
        return judged;
    }

    boolean isDropped(String arm) {
        return dropped.containsKey(arm);
    }

    void judged(Judgement now) {
        judged = now;
    }

    /// @param why a word
    void to(Phase next, String why, String people, long nowMillis) {
        phase = next;
        clocks.phaseBegins(nowMillis);
        reason = why;
        detail = people;
        waits = List.of();
        if (next.isEnding()) {
            // Whatever was found, nobody is asked about it any more.
            var _ = findings.confirm(Long.MAX_VALUE);
        }
    }

    /// In the same phase, of which people are told that, or nothing if nobody is waited for any more.
    void waitFor(List<String> candidates) {
        if (!waits.equals(candidates)) {
            waits = candidates;
            detail = candidates.isEmpty() ? "" : "waits for " + String.join("; ", candidates);
        }
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

    void drop(String arm, String why) {
        dropped.put(arm, why);
        // Nobody has to confirm what is said of an arm that is gone.
        findings.forget(arm);
        Map<String, Integer> rest = new HashMap<>(weights);
        rest.put(arm, 0);
        deal(rest, shadow);
    }

    /// There is evidence against that arm.
    void refute(String arm) {
        refuted.add(arm);
    }

    /// What people were told of already.
    Heard heard() {
        return heard;
    }

    /// What nobody has confirmed.
    Findings findings() {
        return findings;
    }

    /// The last event told that, which stops it.
    void found(String arm, String why, String people) {
        findings.add(new Finding(events(), arm, why, people));
    }

    /// With the reason of the phase.
    void tell(RolloutSpec spec, Kind kind, String actor, long nowMillis) {
        tell(spec, kind, reason, detail, actor, nowMillis);
    }

    /// With a reason of its own: that of the phase stays.
    void tell(RolloutSpec spec, Kind kind, String why, String people, String actor, long nowMillis) {
        tell(spec, kind, why, people, actor, List.of(), nowMillis);
    }

    /// A person has let it go on.
    void tellConfirmed(RolloutSpec spec, Kind kind, String actor, List<Finding> confirmed, long nowMillis) {
        tell(spec, kind, reason, detail, actor, confirmed, nowMillis);
    }

    private void tell(
            RolloutSpec spec,
            Kind kind,
            String why,
            String people,
            String actor,
            List<Finding> confirmed,
            long nowMillis) {
        told.add(new RolloutEvent(
                events() + 1,
                nowMillis,
                kind,
                why,
                people,
                actor,
                phase,
                clocks.step(),
                from.allWeights(spec),
                judged,
                confirmed,
                kind.isEnd() ? outcome(spec) : Outcome.NONE));
    }

    /// As of what is known.
    Outcome outcome(RolloutSpec spec) {
        return Outcome.of(spec, judged, dropped.keySet());
    }

    RolloutMachine.Tick done() {
        return new RolloutMachine.Tick(state(), told);
    }

    RolloutState state() {
        return new RolloutState(
                phase,
                clocks.step(),
                clocks.tickMillis(),
                clocks.startedMillis(),
                clocks.stepMillis(),
                clocks.phaseMillis(),
                clocks.weighedMillis(),
                weights,
                shadow,
                promoted,
                dropped,
                refuted,
                heard.all(),
                findings.all(),
                counted.past(),
                counted.epochs(),
                counted.sources(),
                counted.recent(),
                judged,
                reason,
                detail,
                waits,
                events());
    }
}
