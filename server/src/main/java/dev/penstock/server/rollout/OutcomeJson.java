package dev.penstock.server.rollout;

import dev.penstock.router.rollout.Lift;
import dev.penstock.router.rollout.Outcome;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Who is better, as JSON. Pure.
final class OutcomeJson {
    private OutcomeJson() {}

    /// Of a rollout that is not asked there is nothing.
    static void write(ObjectNode node, Outcome outcome) {
        if (outcome.detail().isEmpty()) {
            return;
        }
        ObjectNode written = node.putObject("outcome");
        ArrayNode better = written.putArray("better");
        for (Outcome.Win win : outcome.better()) {
            ObjectNode one = better.addObject().put("metric", win.metric()).put("arm", win.arm());
            write(one.putObject("lift"), win.lift());
            one.put("best", win.best());
        }
        written.put("detail", outcome.detail());
    }

    /// One that is known.
    static void write(ObjectNode node, Lift lift) {
        node.put("estimate", lift.value());
        node.putArray("ci").add(lift.lower()).add(lift.upper());
        node.put("minLift", lift.least()).put("better", lift.isBetter());
    }
}
