package dev.penstock.server.rollout;

import dev.penstock.router.rollout.RolloutEvent;
import dev.penstock.router.rollout.RolloutEvent.Kind;
import dev.penstock.router.rollout.RolloutState;
import dev.penstock.server.store.Act;
import java.util.List;

/// Says what was decided, once it is recorded: to the log, to metrics, and to those outside who are told.
final class Announcer {
    private static final System.Logger LOG = System.getLogger(Driver.class.getName());

    private static final String CHANGED = "rollout.phase-changed.v1";

    private final Teller teller;
    private final Decisions decisions;

    Announcer(Teller teller, Decisions decisions) {
        this.teller = teller;
        this.decisions = decisions;
    }

    static String action(List<RolloutEvent> events) {
        // The log of audits is told of new shares of a bandit once an hour: nothing else may hide behind them.
        return events.stream()
                .filter(event -> event.kind() != Kind.REWEIGHTED)
                .reduce((_, last) -> last)
                .map(event -> "rollout " + event.kind().text())
                .orElse(events.isEmpty() ? "drive rollout" : Act.REWEIGHTED);
    }

    static String detail(RolloutState state) {
        return "%s; %s%s"
                .formatted(
                        RolloutJson.phase(state.phase()),
                        state.reason(),
                        state.detail().isEmpty() ? "" : ": " + state.detail());
    }

    void tell(Drive drive, Notice notice) {
        String route = drive.spec.route();
        decisions.count(route, notice);
        LOG.log(
                System.Logger.Level.INFO,
                "rollout {0} of {1}: {2}, {3} {4}",
                drive.record.id(),
                route,
                notice.kind(),
                notice.reason(),
                notice.detail());
        if (!notice.kind().equals(Kind.REWEIGHTED.text())) {
            teller.tell(type(drive, notice), route, notice.data());
        }
    }

    private static String type(Drive drive, Notice notice) {
        return switch (notice.kind()) {
            case "rolling-back", "arm-dropped" -> "rollout.rolled-back.v1";
            case "completed" -> drive.state.promoted().isEmpty() ? CHANGED : "rollout.promoted.v1";
            case "held" -> notice.reason().equals("sample-ratio") ? "srm.detected.v1" : CHANGED;
            default -> CHANGED;
        };
    }
}
