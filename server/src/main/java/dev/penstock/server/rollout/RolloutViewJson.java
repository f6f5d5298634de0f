package dev.penstock.server.rollout;

import dev.penstock.router.arms.ArmCounts;
import dev.penstock.router.rollout.Approval;
import dev.penstock.router.rollout.Epoch;
import dev.penstock.router.rollout.Finding;
import dev.penstock.router.rollout.Judgement;
import dev.penstock.router.rollout.MetricReading;
import dev.penstock.router.rollout.Outcome;
import dev.penstock.router.rollout.Report;
import dev.penstock.router.rollout.RolloutEvent;
import dev.penstock.router.rollout.RolloutSpec;
import dev.penstock.router.rollout.RolloutState;
import dev.penstock.router.rollout.StepSpec;
import dev.penstock.server.store.RolloutEventRecord;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What people are told of rollouts, as JSON. Pure.
public final class RolloutViewJson {
    private RolloutViewJson() {}

    public static ObjectNode of(List<RolloutView> all) {
        ObjectNode node = object();
        ArrayNode rollouts = node.putArray("rollouts");
        all.forEach(one -> rollouts.add(of(one)));
        return node;
    }

    public static ObjectNode of(RolloutPlan plan) {
        ObjectNode node = of(plan.view());
        if (!plan.changes().isEmpty()) {
            node.put("changes", plan.changes());
        }
        if (!plan.refused().isEmpty()) {
            node.put("refused", plan.refused());
        }
        return node;
    }

    public static ObjectNode of(RolloutView view) {
        RolloutState state = view.state();
        ObjectNode node = object();
        node.put("id", view.id());
        node.set("spec", RolloutJson.write(view.spec()));
        ObjectNode status = node.putObject("status");
        status.put("phase", RolloutJson.phase(state.phase()))
                .put("step", state.step() + 1)
                .put("steps", view.spec().steps().size())
                .put("reason", state.reason())
                .put("detail", state.detail())
                .put("started", instant(state.startedMillis()))
                .put("stepBegan", instant(state.stepMillis()))
                .put("since", instant(state.phaseMillis()))
                .put("changed", view.changed().toString())
                .put("owner", view.owner())
                .put("waitsFor", view.waitsFor())
                .put("lastEvent", state.events())
                .put("shadow", state.shadow())
                .put("promoted", state.promoted())
                .put("latched", state.latched());
        if (Approval.isAwaited(view.spec(), state)) {
            status.put("awaitsApproval", true);
        }
        if (!state.findings().isEmpty()) {
            put(status, "toConfirm", state.findings());
        }
        if (!view.confirmed().isEmpty()) {
            put(node, "confirmed", view.confirmed());
        }
        ArrayNode arms = status.putArray("arms");
        shares(view.spec(), state).forEach((arm, weight) -> arm(arms.addObject(), view, arm, weight));
        OutcomeJson.write(
                status, Outcome.of(view.spec(), state.judged(), state.dropped().keySet()));
        ArrayNode metrics = judgement(status, state.judged());
        state.judged().reports().forEach(report -> report(metrics.addObject(), report));
        return node;
    }

    private static void put(ObjectNode node, String name, List<Finding> findings) {
        ArrayNode all = node.putArray(name);
        findings.forEach(finding -> all.add(of(finding)));
    }

    /// With the number of the event that told it.
    static ObjectNode of(Finding finding) {
        return object().put("seq", finding.event())
                .put("arm", finding.arm())
                .put("reason", finding.reason())
                .put("detail", finding.detail());
    }

    private static Map<String, Integer> shares(RolloutSpec spec, RolloutState state) {
        Map<String, Integer> all = new LinkedHashMap<>();
        int taken = state.weights().values().stream().mapToInt(weight -> weight).sum();
        all.put(spec.control(), StepSpec.ALL - taken);
        spec.candidates()
                .forEach(candidate -> all.put(candidate.arm(), state.weights().getOrDefault(candidate.arm(), 0)));
        return all;
    }

    private static void arm(ObjectNode node, RolloutView view, String arm, int weight) {
        RolloutSpec spec = view.spec();
        RolloutState state = view.state();
        List<ArmCounts> counts = new ArrayList<>();
        for (Epoch epoch : state.all()) {
            counts.add(epoch.counts(arm));
        }
        node.put("arm", arm).put("weight", weight);
        if (arm.equals(spec.control()) && !view.standard().isEmpty()) {
            node.put("version", view.standard());
        }
        spec.candidates().stream()
                .filter(candidate -> candidate.arm().equals(arm))
                .forEach(candidate -> node.put("version", candidate.toString()));
        node.put("requests", counts.stream().mapToLong(ArmCounts::eligible).sum())
                .put("failed", counts.stream().mapToLong(ArmCounts::failed).sum())
                .put("dropped", state.isDropped(arm));
        String why = state.dropped().getOrDefault(arm, "");
        if (!why.isEmpty()) {
            node.put("why", why);
        }
    }

    /// @return what the metrics say
    private static ArrayNode judgement(ObjectNode node, Judgement judged) {
        ArrayNode metrics = node.putArray("metrics");
        judged.readings().forEach(reading -> reading(metrics.addObject(), reading));
        ObjectNode mismatch = node.putObject("srm");
        number(mismatch, "logE", judged.seesMismatch() ? judged.mismatchLogE() : Double.NaN);
        mismatch.put("threshold", Judgement.MISMATCH).put("state", mismatch(judged));
        node.put("externalFailures", judged.externalRate());
        return metrics;
    }

    private static String mismatch(Judgement judged) {
        return !judged.seesMismatch()
                ? "insufficient"
                : judged.mismatchLogE() >= Judgement.MISMATCH ? "mismatch" : "ok";
    }

    private static void reading(ObjectNode node, MetricReading reading) {
        node.put("name", reading.metric())
                .put("arm", reading.arm())
                .put("state", RolloutJson.phase(reading.verdict()))
                .put("required", reading.required());
        numbers(node, reading.evidence(), reading.estimate(), reading.observed());
        if (reading.lift().isKnown()) {
            OutcomeJson.write(node.putObject("lift"), reading.lift());
        }
        node.put("detail", reading.detail());
    }

    /// In the form of a metric that decides nothing.
    private static void report(ObjectNode node, Report report) {
        node.put("name", report.name())
                .put("arm", report.arm())
                .put("state", "report")
                .put("required", false);
        numbers(node, report.evidence(), report.estimate(), report.observed());
        node.put("detail", report.detail());
    }

    private static void numbers(
            ObjectNode node,
            MetricReading.Evidence evidence,
            MetricReading.Estimate estimate,
            MetricReading.Observed observed) {
        number(node, "logE_rollback", evidence.rollback());
        number(node, "threshold", evidence.threshold());
        number(node, "logE_promote", evidence.promote());
        number(node, "promote_threshold", evidence.promoteThreshold());
        number(node, "estimate", estimate.value());
        if (Double.isFinite(estimate.lower()) || Double.isFinite(estimate.upper())) {
            ArrayNode bounds = node.putArray("ci");
            bound(bounds, estimate.lower());
            bound(bounds, estimate.upper());
        }
        node.put("n_control", observed.control()).put("n_canary", observed.candidate());
    }

    /// JSON has no infinity: it is null.
    private static void bound(ArrayNode node, double value) {
        if (Double.isFinite(value)) {
            node.add(value);
        } else {
            node.addNull();
        }
    }

    static void number(ObjectNode node, String name, double value) {
        if (Double.isFinite(value)) {
            node.put(name, value);
        }
    }

    /// With every number that led to it, as it is recorded and told.
    static ObjectNode of(RolloutEvent event, String id, RolloutSpec spec) {
        ObjectNode node = object();
        node.put("rollout", id)
                .put("route", spec.route())
                .put("kind", event.kind().text())
                .put("phase", RolloutJson.phase(event.phase()))
                .put("step", event.step() + 1)
                .put("reason", event.reason())
                .put("detail", event.detail());
        if (!event.actor().isEmpty()) {
            node.put("actor", event.actor());
        }
        if (!event.confirmed().isEmpty()) {
            put(node, "confirmed", event.confirmed());
        }
        ArrayNode candidates = node.putArray("candidates");
        spec.candidates().forEach(candidate -> candidates.add(candidate.toString()));
        ObjectNode weights = node.putObject("weights");
        event.weights().forEach(weights::put);
        OutcomeJson.write(node, event.outcome());
        judgement(node, event.judged());
        return node;
    }

    /// As the record has it, with its number and time.
    public static ObjectNode of(RolloutEventRecord recorded) {
        ObjectNode node = object();
        node.put("seq", recorded.seq()).put("at", recorded.at().toString());
        JsonNode event = JsonMapper.shared().readTree(recorded.event());
        event.properties().forEach(each -> node.set(each.getKey(), each.getValue()));
        return node;
    }

    private static ObjectNode object() {
        return JsonMapper.shared().createObjectNode();
    }

    private static String instant(long millis) {
        return Instant.ofEpochMilli(millis).toString();
    }
}
