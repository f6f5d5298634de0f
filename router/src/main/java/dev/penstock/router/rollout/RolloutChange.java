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
    /// Servers, and each once more for each of its starts; what further ones count is left out.
    static final int MOST_SOURCES = 512;

    /// More time between two ticks was nobody's: the server was down, or its clock was set.
    private static final long MOST_BETWEEN_MILLIS = 10_000;

    private final RolloutState from;
    private final List<RolloutEvent> told = new ArrayList<>();
    private Phase phase;
    private int step;
    private long tickMillis;
    private long startedMillis;
    private long stepMillis;
    private long phaseMillis;
    private long weighedMillis;
    private Map<String, Integer> weights;
    private int shadow;
    private String promoted;
    private final Map<String, String> dropped;
    private final Set<String> refuted;
    private final Heard heard;
    private final Findings findings;
    private Past past;
    private List<Epoch> epochs;
    private final Map<String, Long> sources;
    private RecentFailures recent;
    private Judgement judged;
    private String reason;
    private String detail;
    private List<String> waits;

    RolloutChange(RolloutState from) {
        this.from = from;
        phase = from.phase();
        step = from.step();
        tickMillis = from.tickMillis();
        startedMillis = from.startedMillis();
        stepMillis = from.stepMillis();
        phaseMillis = from.phaseMillis();
        weighedMillis = from.weighedMillis();
        weights = from.weights();
        shadow = from.shadow();
        promoted = from.promoted();
        dropped = new HashMap<>(from.dropped());
        refuted = new HashSet<>(from.refuted());
        heard = new Heard(from.told());
        findings = new Findings(from.findings());
        past = from.past();
        epochs = from.epochs();
        sources = new HashMap<>(from.sources());
        recent = from.recent();
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

    /// Whether shares were dealt so lately that what is counted is not to be used.
    boolean isFresh(RolloutSpec spec, long nowMillis) {
        return nowMillis - stepMillis < spec.rules().settle().toMillis();
    }

    /// Whether the rollout's time is up.
    boolean isLate(RolloutSpec spec, long nowMillis) {
        return nowMillis - startedMillis >= spec.rules().maxDuration().toMillis();
    }

    /// A tick begins.
    void tick(long nowMillis) {
        long since = nowMillis - tickMillis;
        long lost = since - Math.clamp(since, 0, MOST_BETWEEN_MILLIS);
        tickMillis = nowMillis;
        stepMillis += lost;
        startedMillis += lost;
        phaseMillis += lost;
        weighedMillis += weighedMillis == 0 ? 0 : lost;
    }

    /// A bandit has weighed its arms, whatever came of that.
    void weighed(long nowMillis) {
        weighedMillis = nowMillis;
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
        phaseMillis = nowMillis;
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

    /// The clock of step and rollout goes on from where it stood when the phase began.
    void forgetPhase(long nowMillis) {
        long millis = nowMillis - phaseMillis;
        stepMillis = Math.min(nowMillis, stepMillis + millis);
        startedMillis = Math.min(nowMillis, startedMillis + millis);
    }

    /// The whole rollout has its time once more.
    void startAgain(long nowMillis) {
        startedMillis = nowMillis;
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

    /// Units that came so far say nothing of how those are dealt that come.
    void forgetMismatch() {
        past = past.withoutMismatch();
        epochs = epochs.stream().map(Epoch::withoutExposures).toList();
    }

    /// Whether the default arm's own requests fail no more often, lately, than they may.
    boolean isControlWell(double objective) {
        return recent.requests() > 0 && (double) recent.failed() <= objective * (double) recent.requests();
    }

    /// Adds what was seen under the present shares.
    void count(RolloutSpec spec, Observation seen) {
        count(spec, new Epoch(step, from.allWeights(spec), seen.counts(), seen.copies()));
    }

    /// Adds what ended late, and what was said of answers of before, to what was counted under their shares.
    /// Where that is not kept any more, what was said is told apart, under the present ones, and nothing else
    /// counts.
    void countLate(RolloutSpec spec, Epoch late) {
        boolean kept = epochs.stream().anyMatch(epoch -> epoch.isOf(late.step(), late.weights()));
        count(spec, kept ? late : from.dealt(spec).with(late.told()));
    }

    /// Adds what was predicted only.
    void countBins(RolloutSpec spec, Observation seen) {
        Epoch bins = new Epoch(step, from.allWeights(spec), seen.counts(), Map.of()).bins();
        if (!bins.isEmpty()) {
            count(spec, bins);
        }
    }

    void epochs(List<Epoch> others) {
        epochs = others;
    }

    /// Of the oldest epochs only what they say is kept.
    private void count(RolloutSpec spec, Epoch more) {
        past = past.at(spec, epochs, step, (tickMillis - stepMillis) / Part.MILLIS);
        List<Epoch> all = new ArrayList<>(Epochs.plus(epochs, more));
        while (all.size() > Epochs.MOST) {
            List<Epoch> gone = EachOnce.of(List.of(all.removeFirst()), sources.size());
            past = past.with(spec, gone.getFirst());
        }
        epochs = List.copyOf(all);
    }

    /// Adds what another server counted, once.
    void count(RolloutSpec spec, Tally tally, long nowMillis) {
        Long last = sources.get(tally.source());
        if (last == null ? sources.size() == MOST_SOURCES : last >= tally.number()) {
            return;
        }
        sources.put(tally.source(), tally.number());
        for (Epoch epoch : tally.epochs()) {
            if (epoch.isOnlyTold()) {
                countLate(spec, epoch);
            } else {
                count(spec, epoch);
            }
            if (recent.isLately(tally.sinceMillis(), nowMillis)) {
                countControl(epoch.counts(spec.control()), nowMillis);
            }
        }
    }

    /// That server counts itself what it adds.
    void countedBy(String source, long number) {
        if (sources.containsKey(source) || sources.size() < MOST_SOURCES) {
            sources.merge(source, number, Math::max);
        }
    }

    void countControl(RolloutSpec spec, Observation seen, long nowMillis) {
        countControl(seen.counts().getOrDefault(spec.control(), ArmCounts.EMPTY), nowMillis);
        seen.late().forEach(late -> countControl(late.counts(spec.control()), nowMillis));
    }

    private void countControl(ArmCounts control, long nowMillis) {
        recent = recent.plus(nowMillis, control.eligible(), control.failed());
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
    void tellResumed(RolloutSpec spec, String actor, List<Finding> confirmed, long nowMillis) {
        tell(spec, Kind.RESUMED, reason, detail, actor, confirmed, nowMillis);
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
                step,
                from.allWeights(spec),
                judged,
                confirmed));
    }

    RolloutMachine.Tick done() {
        return new RolloutMachine.Tick(state(), told);
    }

    RolloutState state() {
        return new RolloutState(
                phase,
                step,
                tickMillis,
                startedMillis,
                stepMillis,
                phaseMillis,
                weighedMillis,
                weights,
                shadow,
                promoted,
                dropped,
                refuted,
                heard.all(),
                findings.all(),
                past,
                epochs,
                sources,
                recent,
                judged,
                reason,
                detail,
                waits,
                events());
    }
}
