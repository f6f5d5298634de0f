package dev.penstock.router.rollout;

import dev.penstock.router.rollout.Observation.Readiness;
import dev.penstock.router.rollout.RolloutEvent.Kind;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// What follows from what was seen. Pure: the time is passed in, and the state that comes out says which shares
/// are wanted; whoever deals them may fail and try again, or be started anew, and nothing is lost but time.
///
/// Evidence against a candidate, a guard that took it from callers, and a person's word end a rollout in any
/// phase. What is not enough evidence never does, and never lets one go on.
public final class RolloutMachine {
    private final Judge judge;

    public RolloutMachine(Judge judge) {
        this.judge = judge;
    }

    /// What came out.
    ///
    /// @param events in order, perhaps none
    public record Tick(RolloutState state, List<RolloutEvent> events) {
        public Tick {
            events = List.copyOf(events);
        }
    }

    /// @param nowMillis since 1970
    public Tick tick(RolloutSpec spec, RolloutState state, Observation seen, long nowMillis) {
        RolloutChange change = state.change();
        change.clocks().tick(nowMillis);
        switch (state.phase()) {
            case PENDING -> {
                change.to(Phase.PREFLIGHT, "started", "", nowMillis);
                change.waitFor(names(spec));
                change.tell(spec, Kind.STARTED, "", nowMillis);
            }
            case PREFLIGHT -> preflight(spec, change, seen, nowMillis);
            case SHADOW, SETTLE, ANALYSE, HOLD, PAUSED -> serving(spec, state, change, seen, nowMillis);
            case PROMOTING -> {
                if (seen.applied()) {
                    change.to(Phase.COMPLETED, change.reason(), state.detail(), nowMillis);
                    change.tell(spec, Kind.COMPLETED, "", nowMillis);
                }
            }
            case ROLLING_BACK -> {
                if (seen.applied()) {
                    change.to(Phase.ROLLED_BACK, change.reason(), state.detail(), nowMillis);
                    change.tell(spec, Kind.ROLLED_BACK, "", nowMillis);
                }
            }
            case COMPLETED, ROLLED_BACK -> {}
        }
        return change.done();
    }

    /// Does what guards of a server ask for that does not drive it, and no more: it has not heard what others
    /// said of the candidates, so nothing goes on by its word.
    ///
    /// @param seen by its guards, with what gates said last
    /// @param nowMillis since 1970
    public Tick guarded(RolloutSpec spec, RolloutState state, Observation seen, long nowMillis) {
        RolloutChange change = state.change();
        if (state.phase().serves()) {
            change.clocks().tick(nowMillis);
            change.judged(judge.judge(spec, state, seen.gates()));
            for (Against one : Against.of(spec, change, seen, Judgement.NONE)) {
                Progress.against(spec, change, one, nowMillis);
            }
        }
        return change.done();
    }

    private static List<String> names(RolloutSpec spec) {
        return spec.candidates().stream().map(Candidate::toString).toList();
    }

    private static void preflight(RolloutSpec spec, RolloutChange change, Observation seen, long nowMillis) {
        for (Candidate candidate : spec.candidates()) {
            if (change.isDropped(candidate.arm())) {
                continue;
            }
            Readiness readiness = seen.readiness(candidate.arm());
            String detail = detail(candidate, readiness);
            switch (readiness.state()) {
                case FAILED ->
                    Progress.against(
                            spec, change, new Against(candidate.arm(), Against.NOT_LOADABLE, detail, true), nowMillis);
                case UNFIT ->
                    Progress.against(
                            spec, change, new Against(candidate.arm(), Against.UNFIT, detail, false), nowMillis);
                case WAITING, READY -> {}
            }
        }
        if (!change.phase().isEnding()) {
            beginOnceReady(spec, change, waits(spec, change, seen), nowMillis);
        }
    }

    private static String detail(Candidate candidate, Readiness readiness) {
        return candidate + (readiness.detail().isEmpty() ? "" : ": " + readiness.detail());
    }

    /// Candidates that cannot serve yet, or cannot now, on some server.
    private static List<String> waits(RolloutSpec spec, RolloutChange change, Observation seen) {
        return spec.candidates().stream()
                .filter(candidate -> !change.isDropped(candidate.arm())
                        && seen.readiness(candidate.arm()).state() == Readiness.State.WAITING)
                .map(candidate -> detail(candidate, seen.readiness(candidate.arm())))
                .toList();
    }

    private static void beginOnceReady(RolloutSpec spec, RolloutChange change, List<String> waits, long nowMillis) {
        if (waits.isEmpty()) {
            Progress.enter(spec, change, 0, nowMillis);
            change.tell(spec, Kind.STEP, "", nowMillis);
        } else if (change.clocks().isLate(spec, nowMillis)) {
            Progress.rollBack(spec, change, "deadline", "the candidate was never ready", "", nowMillis);
        } else {
            change.waitFor(waits);
        }
    }

    private void serving(RolloutSpec spec, RolloutState state, RolloutChange change, Observation seen, long nowMillis) {
        change.counted().addControl(spec, seen, nowMillis);
        boolean fresh = state.phase() == Phase.SETTLE || change.clocks().isFresh(spec, nowMillis);
        if (fresh && !seen.applied()) {
            // The step's time begins when its shares are dealt.
            change.clocks().stepBegins(state.step(), nowMillis);
        }
        seen.late().forEach(late -> change.counted().addLate(spec, late));
        if (seen.applied()) {
            if (fresh) {
                change.counted().addBins(spec, seen);
            } else {
                change.counted().add(spec, seen);
            }
        }
        if (change.counted().isControlWell(spec.rules().objective())) {
            change.heard().forget(spec.control(), Progress.EXTERNAL);
        }
        Judgement judged = judge.judge(spec, change.state(), seen.gates());
        change.judged(judged);
        List<Against> against = Against.of(spec, change, seen, judged);
        for (Against one : against) {
            Progress.against(spec, change, one, nowMillis);
        }
        // Where nothing is taken back by itself, what a person let go on goes on.
        if (!change.phase().isEnding() && (against.isEmpty() || spec.rules().mode() != Mode.ROLLBACK)) {
            goOn(spec, change, judged, waits(spec, change, seen), nowMillis);
        }
    }

    private static void goOn(
            RolloutSpec spec, RolloutChange change, Judgement judged, List<String> waits, long nowMillis) {
        switch (change.phase()) {
            case PAUSED -> {}
            case HOLD -> Progress.held(spec, change, judged, nowMillis);
            case SETTLE, SHADOW, ANALYSE -> {
                if (judged.mismatch()) {
                    Progress.hold(spec, change, Progress.MISMATCH, Progress.mismatch(judged), nowMillis);
                } else if (judged.isExternal() && !change.heard().has(spec.control(), Progress.EXTERNAL)) {
                    Progress.hold(spec, change, Progress.EXTERNAL, Progress.external(spec, judged), nowMillis);
                } else if (change.clocks().isLate(spec, nowMillis)) {
                    Progress.timeIsUp(spec, change, spec.rules().onDeadline(), Progress.DEADLINE, nowMillis);
                } else if (change.phase() == Phase.SETTLE) {
                    Progress.settle(spec, change, nowMillis);
                } else {
                    Progress.analyse(spec, change, waits, nowMillis);
                }
            }
            case PENDING, PREFLIGHT, PROMOTING, COMPLETED, ROLLING_BACK, ROLLED_BACK ->
                throw new IllegalStateException(change.phase() + " (expected: a phase with a candidate at work)");
        }
    }

    /// Does what a person asks for.
    ///
    /// @throws OutOfPlace if the rollout is where that cannot be done
    /// @throws dev.penstock.core.ServingException if the arm is none of its candidates, or the event none
    ///     that was told
    public Tick act(RolloutSpec spec, RolloutState state, Wish wish, long nowMillis) {
        RolloutChange change = state.change();
        if (spec.strategy().compares() && state.judged().readings().isEmpty()) {
            // Who reads it from the record to do that has judged nothing yet, but is to say how it stands.
            change.judged(judge.judge(spec, state, List.of()));
        }
        Wishes.grant(spec, change, wish, nowMillis);
        return change.done();
    }

    /// Deals new shares to a bandit's arms, while they are being judged and can serve everywhere; otherwise
    /// nothing changes.
    ///
    /// @param weights by arm, in 1/10,000; arms that were dropped get none
    public Tick reweight(RolloutSpec spec, RolloutState state, Map<String, Integer> weights, long nowMillis) {
        RolloutChange change = state.change();
        if (state.phase() != Phase.ANALYSE || !state.waits().isEmpty()) {
            return change.done();
        }
        change.clocks().weighed(nowMillis);
        Map<String, Integer> dealt = new HashMap<>();
        for (Candidate candidate : spec.candidates()) {
            boolean gone = state.isDropped(candidate.arm());
            dealt.put(candidate.arm(), gone ? 0 : weights.getOrDefault(candidate.arm(), 0));
        }
        if (dealt.equals(state.weights())) {
            return change.done();
        }
        change.deal(dealt, state.shadow());
        change.tell(spec, Kind.REWEIGHTED, "shares", Progress.shares(spec, state, dealt), "", nowMillis);
        return change.done();
    }

    /// Tells that arms are gone from the route of one that is over. Its phase stays.
    ///
    /// @param people what is gone
    public Tick inspected(RolloutSpec spec, RolloutState state, String people, long nowMillis) {
        RolloutChange change = state.change();
        change.tell(spec, Kind.INSPECTED, "inspect-for", people, "", nowMillis);
        return change.done();
    }
}
