package dev.penstock.router.rollout;

import dev.penstock.router.rollout.RolloutEvent.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// The ways from one phase to another. Pure.
final class Progress {
    /// Why a rollout's time is up, and not a step's.
    static final String DEADLINE = "deadline";

    /// Why it is held though its time is not up.
    static final String EXTERNAL = "external";

    static final String MISMATCH = "sample-ratio";

    /// With a cause: it was held for that, and no person has let it go on since.
    static final String HELD = "held-";

    /// Why an experiment ends before its time is up.
    private static final String BETTER = "better";

    /// Why a candidate gets no requests that a guard took from it.
    static final String GUARD = "guard";

    private Progress() {}

    /// The step's shares are wanted from now on.
    static void enter(RolloutSpec spec, RolloutChange change, int index, long nowMillis) {
        StepSpec step = spec.steps().get(index);
        change.clocks().stepBegins(index, nowMillis);
        Map<String, Integer> weights = new HashMap<>();
        for (Candidate candidate : spec.candidates()) {
            weights.put(candidate.arm(), change.isDropped(candidate.arm()) ? 0 : step.weight());
        }
        change.deal(weights, step.shadow());
        String shares = step.isShadow()
                ? "copies of " + RolloutSpec.percent(step.shadow())
                : RolloutSpec.percent(step.weight()) + (step.isSoak() ? ", soak" : "");
        change.to(
                Phase.SETTLE,
                "step",
                "step %d of %d: %s".formatted(index + 1, spec.steps().size(), shares),
                nowMillis);
    }

    /// Where the present step is at work: it settles first, and then it is judged.
    static Phase working(RolloutSpec spec, RolloutChange change, long nowMillis) {
        if (change.clocks().isFresh(spec, nowMillis)) {
            return Phase.SETTLE;
        }
        return spec.steps().get(change.step()).isShadow() ? Phase.SHADOW : Phase.ANALYSE;
    }

    static void settle(RolloutSpec spec, RolloutChange change, long nowMillis) {
        if (!change.clocks().isFresh(spec, nowMillis)) {
            change.to(working(spec, change, nowMillis), "settled", "", nowMillis);
            change.tell(spec, Kind.SETTLED, "", nowMillis);
        }
    }

    /// @param waits candidates that cannot serve now on some server: nobody is to have more requests
    ///     until they can
    static void analyse(RolloutSpec spec, RolloutChange change, List<String> waits, long nowMillis) {
        StepSpec step = spec.steps().get(change.step());
        long elapsed = nowMillis - change.clocks().stepMillis();
        change.waitFor(waits);
        StepNeeds needs = StepNeeds.of(spec, change.state(), nowMillis);
        if (needs.hasEnoughRequests() && change.outcome(spec).stops(spec)) {
            finish(spec, change, BETTER, nowMillis);
        } else if (waits.isEmpty() && needs.isNothing()) {
            String people = "step %d of %d has what it needs"
                    .formatted(change.step() + 1, spec.steps().size());
            endStep(spec, change, "evidence", people, nowMillis);
        } else if (!step.maxDuration().isZero() && elapsed >= step.maxDuration().toMillis()) {
            Otherwise then = spec.rules().onInconclusive();
            // Nobody is given more requests that he cannot answer everywhere.
            boolean stays = !waits.isEmpty() && then == Otherwise.ADVANCE;
            timeIsUp(spec, change, stays ? Otherwise.HOLD : then, "inconclusive", nowMillis);
        }
    }

    /// Nothing keeps the present step any more, but perhaps that a person is to approve of its end.
    ///
    /// @param why a word
    private static void endStep(RolloutSpec spec, RolloutChange change, String why, String people, long nowMillis) {
        if (Approval.isMissing(spec, change)) {
            Approval.ask(spec, change, people, nowMillis);
        } else {
            next(spec, change, why, nowMillis);
        }
    }

    /// @param why a word
    static void next(RolloutSpec spec, RolloutChange change, String why, long nowMillis) {
        if (change.step() + 1 < spec.steps().size()) {
            enter(spec, change, change.step() + 1, nowMillis);
            change.tell(spec, Kind.STEP, "", nowMillis);
        } else if (spec.strategy().promotes()) {
            String arm = spec.candidates().getFirst().arm();
            promote(spec, change, arm, why, "all steps are done", "", nowMillis);
        } else {
            finish(spec, change, why, nowMillis);
        }
    }

    static void promote(
            RolloutSpec spec,
            RolloutChange change,
            String arm,
            String why,
            String detail,
            String actor,
            long nowMillis) {
        change.promote(arm);
        change.dealNothing();
        change.to(Phase.PROMOTING, why, detail, nowMillis);
        change.tell(spec, Kind.PROMOTING, actor, nowMillis);
    }

    /// What was to be found out is; nobody is promoted.
    private static void finish(RolloutSpec spec, RolloutChange change, String why, long nowMillis) {
        change.dealNothing();
        String ended = why.equals(BETTER) ? "a candidate is proven better" : "all steps are done";
        String detail = change.outcome(spec).after(ended + "; the default arm stays");
        change.to(Phase.PROMOTING, why, detail, nowMillis);
        change.tell(spec, Kind.PROMOTING, "", nowMillis);
    }

    /// For want of proof, or by a person's word: nothing is known to be bad.
    static void rollBack(
            RolloutSpec spec, RolloutChange change, String why, String detail, String actor, long nowMillis) {
        change.dealNothing();
        change.to(Phase.ROLLING_BACK, why, detail, nowMillis);
        change.tell(spec, Kind.ROLLING_BACK, actor, nowMillis);
    }

    /// Something speaks against a candidate: what follows is a matter of the mode.
    static void against(RolloutSpec spec, RolloutChange change, Against one, long nowMillis) {
        if (change.phase().isEnding()) {
            return;
        }
        switch (one.isForGood() ? Mode.ROLLBACK : spec.rules().mode()) {
            case OBSERVE -> {
                if (change.heard().isNew(one.arm(), one.reason())) {
                    change.tell(spec, Kind.WOULD_ROLL_BACK, one.reason(), one.detail(), "", nowMillis);
                }
            }
            case PAUSE -> {
                // Who lets it go on has heard that, and evidence does not go away: neither what paused it nor
                // what was found, and told, while it was paused.
                if (change.heard().isNew(one.arm(), one.reason())) {
                    pause(spec, change, one, nowMillis);
                }
            }
            case ROLLBACK -> lose(spec, change, one, nowMillis);
        }
    }

    static void pause(RolloutSpec spec, RolloutChange change, Against one, long nowMillis) {
        if (change.phase() != Phase.PAUSED) {
            change.to(Phase.PAUSED, one.reason(), one.detail(), nowMillis);
        }
        change.tell(spec, Kind.PAUSED, one.reason(), one.detail(), "", nowMillis);
        change.found(one.arm(), one.reason(), one.detail());
    }

    private static void lose(RolloutSpec spec, RolloutChange change, Against one, long nowMillis) {
        long left = spec.candidates().stream()
                .filter(candidate -> !change.isDropped(candidate.arm()))
                .count();
        if (one.refutes()) {
            change.refute(one.arm());
        }
        if (left > 1) {
            change.drop(one.arm(), one.reason() + ": " + one.detail());
            String detail = one.arm() + ": " + one.detail();
            change.tell(spec, Kind.ARM_DROPPED, one.reason(), detail, "", nowMillis);
        } else {
            rollBack(spec, change, one.reason(), one.detail(), "", nowMillis);
        }
    }

    static void hold(RolloutSpec spec, RolloutChange change, String why, String detail, long nowMillis) {
        // Whatever else stops it meanwhile: who lets it go on knows of this as well.
        if (isCause(why)) {
            change.heard().add(spec.control(), HELD + why);
        }
        change.to(Phase.HOLD, why, detail, nowMillis);
        change.tell(spec, Kind.HELD, "", nowMillis);
        change.found(spec.control(), why, detail);
    }

    /// Goes on when the cause is gone, unless a person is to decide. Units that were not dealt as the shares
    /// say are such a cause for ever: evidence of it that falls again is no evidence of the contrary.
    static void held(RolloutSpec spec, RolloutChange change, Judgement judged, long nowMillis) {
        boolean isOver = judged.seesExternal() && !judged.isExternal();
        if (change.reason().equals(EXTERNAL) && isOver) {
            change.heard().forget(spec.control(), HELD + EXTERNAL);
            change.heard().forget(spec.control(), DEADLINE);
            change.findings().forget(spec.control(), EXTERNAL);
            change.findings().forget(spec.control(), DEADLINE);
            // The time of somebody else's fault is not the candidate's.
            change.clocks().forgetPhase(nowMillis);
            change.to(working(spec, change, nowMillis), change.reason(), "it is over", nowMillis);
            change.tell(spec, Kind.GOES_ON, "", nowMillis);
        } else if (change.clocks().isLate(spec, nowMillis) && !change.reason().equals(DEADLINE)) {
            heldTooLong(spec, change, nowMillis);
        }
    }

    /// What is held for a cause stays so for that, if it is to be held.
    private static void heldTooLong(RolloutSpec spec, RolloutChange change, long nowMillis) {
        Otherwise then = spec.rules().onDeadline();
        boolean stays = TimeUp.of(spec, change.step(), then, true) == TimeUp.HOLD && isCause(change.reason());
        if (!stays) {
            timeIsUp(spec, change, then, DEADLINE, nowMillis);
        } else if (change.heard().isNew(spec.control(), DEADLINE)) {
            String missing = missing(spec, change, nowMillis);
            change.tell(spec, Kind.HELD, DEADLINE, missing, "", nowMillis);
            change.found(spec.control(), DEADLINE, missing);
        }
    }

    private static boolean isCause(String reason) {
        return reason.equals(EXTERNAL) || reason.equals(MISMATCH);
    }

    static void timeIsUp(RolloutSpec spec, RolloutChange change, Otherwise then, String why, long nowMillis) {
        String detail = missing(spec, change, nowMillis);
        switch (TimeUp.of(spec, change.step(), then, why.equals(DEADLINE))) {
            case HOLD -> hold(spec, change, why, detail, nowMillis);
            case ROLL_BACK -> rollBack(spec, change, why, change.outcome(spec).after(detail), "", nowMillis);
            case ADVANCE -> endStep(spec, change, why, detail, nowMillis);
            case END -> finish(spec, change, why, nowMillis);
        }
    }

    /// What was not proven when time was up.
    private static String missing(RolloutSpec spec, RolloutChange change, long nowMillis) {
        StepNeeds needs = StepNeeds.of(spec, change.state(), nowMillis);
        StringBuilder text = new StringBuilder("step ").append(change.step() + 1);
        if (!needs.hasEnoughRequests()) {
            text.append(": too few requests");
        }
        needs.undecided().forEach(each -> text.append("; ").append(each));
        if (!change.waits().isEmpty()) {
            text.append("; ").append(change.detail());
        }
        return text.toString();
    }

    /// What a bandit has dealt, for people.
    static String shares(RolloutSpec spec, RolloutState before, Map<String, Integer> dealt) {
        List<String> all = new ArrayList<>();
        for (Candidate candidate : spec.candidates()) {
            int was = before.weights().getOrDefault(candidate.arm(), 0);
            int is = dealt.getOrDefault(candidate.arm(), 0);
            String now = candidate.arm() + " " + RolloutSpec.percent(is);
            all.add(is == was ? now : now + " (was " + RolloutSpec.percent(was) + ")");
        }
        return String.join(", ", all);
    }

    static String mismatch(Judgement judged) {
        return String.format(
                Locale.ROOT,
                "units are not dealt as the shares say: evidence e^%.1f (expected: below e^%.1f)",
                judged.mismatchLogE(),
                Judgement.MISMATCH);
    }

    static String external(RolloutSpec spec, Judgement judged) {
        return String.format(
                Locale.ROOT,
                "requests to the default arm fail, too: at least %.2f%% of them lately (expected: at most %.2f%%)",
                100 * judged.externalRate(),
                100 * spec.rules().objective());
    }
}
