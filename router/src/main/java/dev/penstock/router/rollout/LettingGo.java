package dev.penstock.router.rollout;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// What follows when a person lets a rollout go on that is stopped, and what he has seen of why. Pure.
final class LettingGo {
    private LettingGo() {}

    /// What is left of the findings is not confirmed, and stops it again: what is held for first, so that it is
    /// paused in the end if anything speaks against a candidate. Time that is up comes before its causes: what
    /// is held for a cause goes on by itself when that is gone.
    static void stopAgain(RolloutSpec spec, RolloutChange change, long nowMillis) {
        List<Finding> unseen = new ArrayList<>(change.findings().all());
        unseen.sort(Comparator.comparing(one -> !one.reason().equals(Progress.DEADLINE)));
        for (Finding one : unseen) {
            if (one.arm().equals(spec.control())) {
                Progress.hold(spec, change, one.reason(), one.detail(), nowMillis);
            }
        }
        for (Finding one : unseen) {
            if (!one.arm().equals(spec.control())) {
                Progress.pause(spec, change, new Against(one.arm(), one.reason(), one.detail(), false), nowMillis);
            }
        }
    }

    /// Nobody is stopped again by what is known already, nor pays for the time in which nothing went on. What
    /// nobody has confirmed stays as it is.
    static void on(RolloutSpec spec, RolloutChange change, long nowMillis) {
        switch (change.phase()) {
            case PAUSED -> {
                change.clocks().forgetPhase(nowMillis);
                acknowledge(spec, change);
            }
            case HOLD -> {
                acknowledge(spec, change);
                if (!change.findings().has(spec.control(), Progress.DEADLINE)) {
                    timeAgain(spec, change, nowMillis);
                }
            }
            case PENDING, PREFLIGHT, SHADOW, SETTLE, ANALYSE, PROMOTING, COMPLETED, ROLLING_BACK, ROLLED_BACK -> {}
        }
    }

    /// Who lets go on what had no time left gives it the same time again.
    private static void timeAgain(RolloutSpec spec, RolloutChange change, long nowMillis) {
        change.clocks().stepBegins(change.step(), nowMillis);
        if (change.clocks().isLate(spec, nowMillis)) {
            change.clocks().startAgain(nowMillis);
        }
    }

    /// A person knows what it was held for, and lets it go on: units that are not dealt as they should be
    /// have to come anew, and the default arm has to be well before a fault of its own is another one.
    private static void acknowledge(RolloutSpec spec, RolloutChange change) {
        Heard heard = change.heard();
        heard.forget(spec.control(), Progress.DEADLINE);
        if (isKnown(spec, change, Progress.MISMATCH)) {
            change.counted().forgetMismatch();
            heard.forget(spec.control(), Progress.HELD + Progress.MISMATCH);
        }
        if (isKnown(spec, change, Progress.EXTERNAL)) {
            heard.add(spec.control(), Progress.EXTERNAL);
            heard.forget(spec.control(), Progress.HELD + Progress.EXTERNAL);
        }
        if (change.findings().all().isEmpty()) {
            // The guard begins anew, too: it may find the same again, which is news then.
            heard.forget(Progress.GUARD);
        }
    }

    /// Whether it was held for that, and the person has seen it.
    private static boolean isKnown(RolloutSpec spec, RolloutChange change, String cause) {
        // What an earlier release held is not marked.
        boolean held = change.reason().equals(cause) || change.heard().has(spec.control(), Progress.HELD + cause);
        return held && !change.findings().has(spec.control(), cause);
    }
}
