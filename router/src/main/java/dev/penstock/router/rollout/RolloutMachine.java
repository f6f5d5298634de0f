package dev.penstock.router.rollout;

import dev.penstock.core.ServingException;
import dev.penstock.router.rollout.Observation.Readiness;
import dev.penstock.router.rollout.RolloutEvent.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// What follows from what was seen. Pure: the time is passed in, and the state that comes out says which shares
/// are wanted; whoever deals them may fail and try again, or be started anew, and nothing is lost but time.
///
/// Evidence against a candidate, a guard that took it from callers, and a person's word end a rollout in any
/// phase. What is not enough evidence never does, and never lets one go on.
public final class RolloutMachine {
    private static final String UNDER_WAY = "one whose candidate is at work";
    static final String UNFIT = "unfit";
    private static final String NOT_LOADABLE = "not-loadable";

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
        change.tick(nowMillis);
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
                    Progress.against(spec, change, new Against(candidate.arm(), NOT_LOADABLE, detail, true), nowMillis);
                case UNFIT ->
                    Progress.against(spec, change, new Against(candidate.arm(), UNFIT, detail, false), nowMillis);
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
        } else if (change.isLate(spec, nowMillis)) {
            Progress.rollBack(spec, change, "deadline", "the candidate was never ready", "", nowMillis);
        } else {
            change.waitFor(waits);
        }
    }

    private void serving(RolloutSpec spec, RolloutState state, RolloutChange change, Observation seen, long nowMillis) {
        change.countControl(spec, seen, nowMillis);
        boolean fresh = state.phase() == Phase.SETTLE || change.isFresh(spec, nowMillis);
        if (fresh && !seen.applied()) {
            // The step's time begins when its shares are dealt.
            change.stepBegins(state.step(), nowMillis);
        }
        seen.late().forEach(late -> change.countLate(spec, late));
        if (seen.applied()) {
            if (fresh) {
                change.countBins(spec, seen);
            } else {
                change.count(spec, seen);
            }
        }
        if (change.isControlWell(spec.rules().objective())) {
            change.heard().forget(spec.control(), Progress.EXTERNAL);
        }
        Judgement judged = judge.judge(spec, change.state(), seen.gates());
        change.judged(judged);
        List<Against> against = against(spec, change, seen, judged);
        for (Against one : against) {
            Progress.against(spec, change, one, nowMillis);
        }
        // Where nothing is taken back by itself, what a person let go on goes on.
        if (!change.phase().isEnding() && (against.isEmpty() || spec.rules().mode() != Mode.ROLLBACK)) {
            goOn(spec, change, judged, waits(spec, change, seen), nowMillis);
        }
    }

    /// Why a candidate is to lose its share.
    ///
    /// @param refutes whether its bytes are not to be tried again: not what was found with nobody to
    ///     compare it with
    record Against(String arm, String reason, String detail, boolean refutes) {
        /// Whether it is a matter of no mode: it would get no requests however long one waits.
        boolean isForGood() {
            return reason.equals(UNFIT) || reason.equals(NOT_LOADABLE);
        }
    }

    /// Where nothing is taken away by itself, what was found first does not go away, and hides nothing that is
    /// found later.
    private static List<Against> against(RolloutSpec spec, RolloutChange change, Observation seen, Judgement judged) {
        List<Against> all = new ArrayList<>();
        for (Candidate candidate : spec.candidates()) {
            if (!change.isDropped(candidate.arm())) {
                List<Against> found = against(spec, change, seen, judged, candidate.arm());
                boolean first = spec.rules().mode() == Mode.ROLLBACK && !found.isEmpty();
                all.addAll(first ? found.subList(0, 1) : found);
            }
        }
        return all;
    }

    /// What says most comes first.
    private static List<Against> against(
            RolloutSpec spec, RolloutChange change, Observation seen, Judgement judged, String arm) {
        Readiness readiness = seen.readiness(arm);
        String trip = seen.trips().get(arm);
        if (readiness.state() == Readiness.State.UNFIT) {
            return List.of(new Against(arm, UNFIT, readiness.detail(), trip != null));
        }
        List<Against> found = new ArrayList<>();
        if (trip != null) {
            found.add(new Against(arm, Progress.GUARD, trip, true));
        }
        if (readiness.state() == Readiness.State.FAILED) {
            found.add(new Against(arm, "not-ready", readiness.detail(), true));
        }
        boolean compared = !spec.steps().get(change.step()).isSoak();
        judged.of(arm).stream()
                .filter(reading -> reading.verdict() == Verdict.FAIL)
                .forEach(reading -> found.add(
                        new Against(arm, reading.metric(), reading.detail(), compared || reading.isOfCopies())));
        return found;
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
                } else if (change.isLate(spec, nowMillis)) {
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
    /// @throws ServingException if the arm is none of its candidates
    public Tick act(RolloutSpec spec, RolloutState state, Wish wish, long nowMillis) {
        Command command = wish.command();
        String actor = wish.actor();
        String why = wish.why();
        RolloutChange change = state.change();
        Phase phase = state.phase();
        refuseUnless(!phase.isOver() && !phase.isEnding(), command, state, "one that is not over");
        switch (command) {
            case PAUSE -> {
                refuseUnless(phase != Phase.PAUSED, command, state, "one that is not; resume lets it go on");
                refuseUnless(phase.serves(), command, state, UNDER_WAY);
                change.to(Phase.PAUSED, "manual", why, nowMillis);
                change.tell(spec, Kind.PAUSED, actor, nowMillis);
            }
            case RESUME -> {
                refuseUnless(
                        phase == Phase.PAUSED || phase == Phase.HOLD, command, state, "one that is paused or held");
                refuseUnseen(state, wish.seen());
                resume(spec, change, wish, nowMillis);
            }
            case PROMOTE -> {
                refuseUnless(phase.serves(), command, state, UNDER_WAY);
                String arm = meant(spec, wish.arm());
                refuseUnless(!state.isDropped(arm), command, state, "a candidate that still has a share");
                Progress.promote(spec, change, arm, "manual", why, actor, nowMillis);
            }
            case ABORT -> Progress.rollBack(spec, change, "manual", why, actor, nowMillis);
            case SKIP -> {
                refuseUnless(phase.serves(), command, state, UNDER_WAY);
                refuseLast(spec, state);
                var _ = change.findings().confirm(Wish.ALL);
                Progress.letGoOn(spec, change, nowMillis);
                change.to(phase, "manual", why, nowMillis);
                change.tell(spec, Kind.SKIPPED, actor, nowMillis);
                Progress.next(spec, change, "manual", nowMillis);
            }
        }
        return change.done();
    }

    /// Which candidate a person means: where there are several, nobody guesses.
    private static String meant(RolloutSpec spec, String arm) {
        List<String> arms = spec.candidates().stream().map(Candidate::arm).toList();
        if (arm.isEmpty() && arms.size() == 1) {
            return arms.getFirst();
        }
        if (!arms.contains(arm)) {
            throw ServingException.invalid(
                    "arm: '%s' (expected: the one to promote of %s)".formatted(arm, String.join(", ", arms)));
        }
        return arm;
    }

    /// Stops again at once for what the person had not seen.
    private static void resume(RolloutSpec spec, RolloutChange change, Wish wish, long nowMillis) {
        List<Finding> confirmed = change.findings().confirm(wish.seen());
        Progress.letGoOn(spec, change, nowMillis);
        change.to(Progress.working(spec, change, nowMillis), "manual", wish.why(), nowMillis);
        change.tellResumed(spec, wish.actor(), confirmed, nowMillis);
        Progress.stopAgain(spec, change, nowMillis);
    }

    /// Who names an event that was never told has seen another rollout's.
    private static void refuseUnseen(RolloutState state, long seen) {
        if (seen != Wish.ALL && (seen < 0 || seen > state.events())) {
            throw ServingException.invalid(
                    "seen: %d (expected: the number of an event, 0 to %d)".formatted(seen, state.events()));
        }
    }

    /// Behind the last step the candidate is promoted: who wants that whatever the evidence says is to say so.
    private static void refuseLast(RolloutSpec spec, RolloutState state) {
        boolean last = state.step() + 1 == spec.steps().size();
        if (last && spec.strategy().promotes()) {
            throw new OutOfPlace(
                    Command.SKIP,
                    "the rollout is in its last step (expected: an earlier one; promote makes the candidate the default, whatever the evidence says)");
        }
    }

    private static void refuseUnless(boolean ok, Command command, RolloutState state, String expected) {
        if (!ok) {
            throw new OutOfPlace(command, state.phase(), expected);
        }
    }

    /// Deals new shares to a bandit's arms, while they are being judged and can serve everywhere; otherwise
    /// nothing changes.
    ///
    /// @param weights by arm, in 1/10,000; arms that were dropped get none
    public Tick reweight(RolloutSpec spec, RolloutState state, Map<String, Integer> weights, long nowMillis) {
        RolloutChange change = state.change();
        Map<String, Integer> dealt = new HashMap<>();
        for (Candidate candidate : spec.candidates()) {
            boolean gone = state.isDropped(candidate.arm());
            dealt.put(candidate.arm(), gone ? 0 : weights.getOrDefault(candidate.arm(), 0));
        }
        boolean stays = state.phase() != Phase.ANALYSE || !state.waits().isEmpty();
        if (stays || dealt.equals(state.weights())) {
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
