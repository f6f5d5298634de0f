package dev.penstock.router.rollout;

import dev.penstock.router.rollout.StepNeeds.Missing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/// Says what a rollout waits for, so that nobody has to guess why a step does not end. Pure.
public final class Waiting {
    private static final String PERSON = "a person, who may resume, skip, promote or abort it";

    private Waiting() {}

    /// For people, as of the last tick.
    ///
    /// @param state with what the evidence says now
    /// @return "" if it waits for nothing
    public static String of(RolloutSpec spec, RolloutState state) {
        return switch (state.phase()) {
            case PENDING, COMPLETED, ROLLED_BACK -> "";
            case PREFLIGHT -> state.waits().isEmpty() ? state.detail() : ready(state);
            case SETTLE -> settling(spec, state);
            case SHADOW, ANALYSE -> step(spec, state);
            case HOLD -> held(spec, state);
            case PAUSED -> Approval.isAwaited(spec, state) ? approval(spec, state) : PERSON;
            case PROMOTING, ROLLING_BACK -> "the route to be as it is to be in the end";
        };
    }

    /// With what the step had and has no more.
    private static String approval(RolloutSpec spec, RolloutState state) {
        List<String> missing = StepNeeds.of(spec, state, state.tickMillis()).undecided();
        return "approval of step %d of %d by a person, who may approve, skip, promote or abort it%s"
                .formatted(
                        state.step() + 1,
                        spec.steps().size(),
                        missing.isEmpty() ? "" : "; not proven now: " + String.join("; ", missing));
    }

    /// What is held ends when the rollout's time is up, unless it is to be held then, too.
    private static String held(RolloutSpec spec, RolloutState state) {
        boolean ends = !state.reason().equals(Progress.DEADLINE)
                && TimeUp.of(spec, state.step(), spec.rules().onDeadline(), true) != TimeUp.HOLD;
        String limit = ends ? "; " + limit(spec, state, Long.MAX_VALUE) : "";
        return (state.reason().equals(Progress.EXTERNAL) ? "the default arm to be well again, or " : "")
                + PERSON
                + limit;
    }

    private static String settling(RolloutSpec spec, RolloutState state) {
        long left = spec.rules().settle().toMillis() - (state.tickMillis() - state.stepMillis());
        return "new shares to settle, for " + time(left) + " more";
    }

    /// Candidates that cannot serve now.
    private static String ready(RolloutState state) {
        return String.join("; ", state.waits());
    }

    private static String step(RolloutSpec spec, RolloutState state) {
        StepNeeds needs = StepNeeds.of(spec, state, state.tickMillis());
        List<String> all = new ArrayList<>();
        if (!state.waits().isEmpty()) {
            all.add(ready(state));
        }
        if (needs.millis() > 0) {
            all.add("its time: " + time(needs.millis()) + " more");
        }
        new TreeMap<>(needs.requests()).forEach((arm, missing) -> all.add(requests(arm, missing)));
        all.addAll(needs.undecided());
        if (!all.isEmpty() && !spec.stopping().isEmpty()) {
            all.add("or until one is proven better by " + String.join(" or ", spec.stopping()));
        }
        if (!all.isEmpty()) {
            Duration most = spec.steps().get(state.step()).maxDuration();
            long left = most.toMillis() - (state.tickMillis() - state.stepMillis());
            all.add(limit(spec, state, most.isZero() ? Long.MAX_VALUE : left));
        }
        return String.join("; ", all);
    }

    private static String requests(String arm, Missing missing) {
        return "requests to %s: %d of %d".formatted(arm, missing.answered(), missing.wanted());
    }

    /// What happens if it waits in vain.
    ///
    /// @param step milliseconds that the step has left
    private static String limit(RolloutSpec spec, RolloutState state, long step) {
        Rules rules = spec.rules();
        long whole = rules.maxDuration().toMillis() - (state.tickMillis() - state.startedMillis());
        boolean deadline = whole <= step;
        TimeUp then = TimeUp.of(spec, state.step(), deadline ? rules.onDeadline() : rules.onInconclusive(), deadline);
        return "otherwise in %s: %s".formatted(time(Math.min(whole, step)), word(then));
    }

    private static String word(TimeUp then) {
        return switch (then) {
            case HOLD -> "hold";
            case ROLL_BACK -> "rollback";
            case ADVANCE -> "advance";
            case END -> "the end, with the default arm as it is";
        };
    }

    private static String time(long millis) {
        long seconds = Math.max(0, (millis + 999) / 1000);
        if (seconds < 120) {
            return seconds + " s";
        }
        long minutes = (seconds + 59) / 60;
        return minutes < 120 ? minutes + " min" : (minutes + 59) / 60 + " h";
    }
}
