package dev.penstock.router.rollout;

import dev.penstock.router.rollout.Observation.Readiness;
import java.util.ArrayList;
import java.util.List;

/// Why a candidate is to lose its share. Immutable.
///
/// @param refutes whether its bytes are not to be tried again: not what was found with nobody to
///     compare it with
record Against(String arm, String reason, String detail, boolean refutes) {
    static final String UNFIT = "unfit";
    static final String NOT_LOADABLE = "not-loadable";

    /// Whether it is a matter of no mode: it would get no requests however long one waits.
    boolean isForGood() {
        return reason.equals(UNFIT) || reason.equals(NOT_LOADABLE);
    }

    /// What speaks against candidates at work. Where nothing is taken away by itself, what was found first does
    /// not go away, and hides nothing that is found later.
    static List<Against> of(RolloutSpec spec, RolloutChange change, Observation seen, Judgement judged) {
        List<Against> all = new ArrayList<>();
        for (Candidate candidate : spec.candidates()) {
            if (!change.isDropped(candidate.arm())) {
                List<Against> found = of(spec, change, seen, judged, candidate.arm());
                boolean first = spec.rules().mode() == Mode.ROLLBACK && !found.isEmpty();
                all.addAll(first ? found.subList(0, 1) : found);
            }
        }
        return all;
    }

    /// What says most comes first.
    private static List<Against> of(
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
}
