package dev.penstock.router.rollout;

import dev.penstock.core.ServingException;
import dev.penstock.router.rollout.RolloutEvent.Kind;
import java.util.List;

/// What people want of a rollout, as far as it is where that can be done. Pure.
final class Wishes {
    private static final String UNDER_WAY = "one whose candidate is at work";
    private static final String MANUAL = "manual";

    private Wishes() {}

    /// @throws OutOfPlace if the rollout is where that cannot be done
    /// @throws ServingException if the arm is none of its candidates, or the event none that was told
    static void grant(RolloutSpec spec, RolloutChange change, Wish wish, long nowMillis) {
        Phase phase = change.phase();
        refuseUnless(!phase.isOver() && !phase.isEnding(), wish, phase, "one that is not over");
        switch (wish.command()) {
            case PAUSE -> pause(spec, change, wish, nowMillis);
            case RESUME -> resume(spec, change, wish, nowMillis);
            case PROMOTE -> promote(spec, change, wish, nowMillis);
            case ABORT ->
                Progress.rollBack(
                        spec, change, MANUAL, change.outcome(spec).after(wish.why()), wish.actor(), nowMillis);
            case SKIP -> skip(spec, change, wish, nowMillis);
            case APPROVE -> approve(spec, change, wish, nowMillis);
        }
    }

    private static void pause(RolloutSpec spec, RolloutChange change, Wish wish, long nowMillis) {
        Phase phase = change.phase();
        refuseUnless(phase != Phase.PAUSED, wish, phase, "one that is not; resume lets it go on");
        refuseUnless(phase.serves(), wish, phase, UNDER_WAY);
        change.to(Phase.PAUSED, MANUAL, wish.why(), nowMillis);
        change.tell(spec, Kind.PAUSED, wish.actor(), nowMillis);
    }

    /// Stops again at once for what the person had not seen.
    private static void resume(RolloutSpec spec, RolloutChange change, Wish wish, long nowMillis) {
        Phase phase = change.phase();
        refuseUnless(phase == Phase.PAUSED || phase == Phase.HOLD, wish, phase, "one that is paused or held");
        refuseUnapproved(spec, change);
        refuseUnseen(change.events(), wish.seen());
        List<Finding> confirmed = change.findings().confirm(wish.seen());
        LettingGo.on(spec, change, nowMillis);
        change.to(Progress.working(spec, change, nowMillis), MANUAL, wish.why(), nowMillis);
        change.tellConfirmed(spec, Kind.RESUMED, wish.actor(), confirmed, nowMillis);
        LettingGo.stopAgain(spec, change, nowMillis);
    }

    /// What waits for one word does not go on by another one.
    private static void refuseUnapproved(RolloutSpec spec, RolloutChange change) {
        if (Approval.isAwaited(spec, change)) {
            throw new OutOfPlace(
                    Command.RESUME,
                    "the rollout waits for approval of step %d (expected: approve, which lets that end; or skip, whatever the evidence says)"
                            .formatted(change.step() + 1));
        }
    }

    /// The step ends with the next tick, unless the evidence is against that by then.
    private static void approve(RolloutSpec spec, RolloutChange change, Wish wish, long nowMillis) {
        refuseUnless(Approval.isAwaited(spec, change), wish, change.phase(), "one that waits for approval of its step");
        refuseUnseen(change.events(), wish.seen());
        refuseNews(change.events(), wish);
        List<Finding> confirmed = change.findings().confirm(Wish.ALL);
        LettingGo.on(spec, change, nowMillis);
        Approval.give(spec, change);
        change.to(Progress.working(spec, change, nowMillis), Approval.REASON, wish.why(), nowMillis);
        change.tellConfirmed(spec, Kind.APPROVED, wish.actor(), confirmed, nowMillis);
    }

    /// Who names an event that was never told has seen another rollout's.
    private static void refuseUnseen(long events, long seen) {
        if (seen != Wish.ALL && (seen < 0 || seen > events)) {
            throw ServingException.invalid(
                    "seen: %d (expected: the number of an event, 0 to %d)".formatted(seen, events));
        }
    }

    private static void promote(RolloutSpec spec, RolloutChange change, Wish wish, long nowMillis) {
        refuseUnless(change.phase().serves(), wish, change.phase(), UNDER_WAY);
        String arm = meant(spec, wish.arm());
        refuseUnless(!change.isDropped(arm), wish, change.phase(), "a candidate that still has a share");
        String detail = change.outcome(spec).after(wish.why());
        Progress.promote(spec, change, arm, MANUAL, detail, wish.actor(), nowMillis);
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

    private static void skip(RolloutSpec spec, RolloutChange change, Wish wish, long nowMillis) {
        Phase phase = change.phase();
        refuseUnless(phase.serves(), wish, phase, UNDER_WAY);
        refuseUnseen(change.events(), wish.seen());
        refuseNews(change.events(), wish);
        refuseLast(spec, change.step());
        var _ = change.findings().confirm(Wish.ALL);
        LettingGo.on(spec, change, nowMillis);
        change.to(phase, MANUAL, wish.why(), nowMillis);
        change.tell(spec, Kind.SKIPPED, wish.actor(), nowMillis);
        Progress.next(spec, change, MANUAL, nowMillis);
    }

    /// Another step than the one that was seen, or one against which something was found since, is neither
    /// skipped nor approved.
    private static void refuseNews(long events, Wish wish) {
        if (wish.seen() != Wish.ALL && wish.seen() != events) {
            throw new OutOfPlace(
                    wish.command(),
                    "more happened to the rollout than was seen: its last event is %d (expected: %d; look at what was told since)"
                            .formatted(events, wish.seen()));
        }
    }

    /// Behind the last step the candidate is promoted: who wants that whatever the evidence says is to say so.
    private static void refuseLast(RolloutSpec spec, int step) {
        boolean last = step + 1 == spec.steps().size();
        if (last && spec.strategy().promotes()) {
            throw new OutOfPlace(
                    Command.SKIP,
                    "the rollout is in its last step (expected: an earlier one; promote makes the candidate the default, whatever the evidence says)");
        }
    }

    private static void refuseUnless(boolean ok, Wish wish, Phase phase, String expected) {
        if (!ok) {
            throw new OutOfPlace(wish.command(), phase, expected);
        }
    }
}
