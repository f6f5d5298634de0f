package dev.penstock.server.rollout;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.ServingException;
import dev.penstock.router.arms.ArmCounts;
import dev.penstock.router.rollout.Compared;
import dev.penstock.router.rollout.Epoch;
import dev.penstock.router.rollout.Finding;
import dev.penstock.router.rollout.Judgement;
import dev.penstock.router.rollout.Observation.GateReading;
import dev.penstock.router.rollout.Past;
import dev.penstock.router.rollout.Phase;
import dev.penstock.router.rollout.PossibleCounts;
import dev.penstock.router.rollout.RecentFailures;
import dev.penstock.router.rollout.RolloutState;
import dev.penstock.router.rollout.Verdict;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// How far a rollout is, as it is recorded: counts, of which follows what evidence says, and what bets came to
/// that are over. Pure.
final class StateJson {
    private static final String UNTOLD = "untold";
    private static final String GATES = "gates";
    private static final String WAITS = "waits";

    /// How the detail began of what waited for a candidate, in records without [#WAITS].
    private static final String WAITED = "waits for ";

    private StateJson() {}

    static String write(RolloutState state) {
        return tree(state).toString();
    }

    /// @param gates what they said last
    /// @param toTell what who drives it is to tell of
    /// @param unknown as [StateFields#unknown] says, which stays
    static String write(RolloutState state, List<GateReading> gates, List<Notice> toTell, ObjectNode unknown) {
        ObjectNode node = tree(state);
        if (!gates.isEmpty()) {
            ArrayNode said = node.putArray(GATES);
            gates.forEach(gate -> write(said.addObject(), gate));
        }
        if (!toTell.isEmpty()) {
            ArrayNode untold = node.putArray(UNTOLD);
            toTell.forEach(notice -> untold.add(notice.tree()));
        }
        StateFields.keep(node, unknown);
        return node.toString();
    }

    /// @throws ServingException with INTERNAL if this release cannot read it
    static List<Notice> toTell(String json) {
        try {
            return JsonMapper.shared()
                    .readTree(json)
                    .path(UNTOLD)
                    .valueStream()
                    .map(Notice::read)
                    .toList();
        } catch (JacksonException e) {
            throw unreadable(e);
        }
    }

    private static void write(ObjectNode node, GateReading gate) {
        node.put("name", gate.name())
                .put("verdict", gate.verdict().name())
                .put("failures", gate.failures())
                .put("detail", gate.detail());
        RolloutViewJson.number(node, "value", gate.value());
    }

    /// What gates said last; releases before this one did not record that.
    ///
    /// @throws ServingException with INTERNAL if this release cannot read it
    static List<GateReading> gates(String json) {
        try {
            return JsonMapper.shared()
                    .readTree(json)
                    .path(GATES)
                    .valueStream()
                    .map(gate -> new GateReading(
                            gate.path("name").asString(""),
                            Verdict.valueOf(gate.path("verdict").asString("")),
                            gate.path("value").asDouble(Double.NaN),
                            gate.path("failures").asInt(),
                            gate.path("detail").asString("")))
                    .toList();
        } catch (JacksonException | IllegalArgumentException e) {
            throw unreadable(e);
        }
    }

    private static ObjectNode tree(RolloutState state) {
        ObjectNode node = JsonMapper.shared().createObjectNode();
        node.put("phase", state.phase().name())
                .put("step", state.step())
                .put("ticked", state.tickMillis())
                .put("started", state.startedMillis())
                .put("stepBegan", state.stepMillis())
                .put("phaseBegan", state.phaseMillis())
                .put("weighed", state.weighedMillis())
                .put("shadow", state.shadow())
                .put("promoted", state.promoted())
                .put("latched", state.latched())
                .put("reason", state.reason())
                .put("detail", state.detail())
                .put("events", state.events());
        ArrayNode waits = node.putArray(WAITS);
        state.waits().forEach(waits::add);
        ObjectNode weights = node.putObject("weights");
        state.weights().forEach(weights::put);
        ArrayNode dropped = node.putArray("dropped");
        state.dropped().keySet().forEach(dropped::add);
        ObjectNode why = node.putObject("droppedFor");
        state.dropped().forEach(why::put);
        ArrayNode refuted = node.putArray("refuted");
        state.refuted().forEach(refuted::add);
        ArrayNode told = node.putArray("told");
        state.told().forEach(told::add);
        ArrayNode findings = node.putArray("findings");
        state.findings().forEach(finding -> findings.add(RolloutViewJson.of(finding)));
        ArrayNode recent = node.putArray("recent");
        for (RecentFailures.Slot slot : state.recent().slots()) {
            recent.addArray().add(slot.number()).add(slot.requests()).add(slot.failed());
        }
        if (!state.past().equals(Past.NONE)) {
            PastJson.write(node.putObject("past"), state.past());
        }
        ObjectNode sources = node.putObject("sources");
        state.sources().forEach(sources::put);
        node.set("epochs", epochs(state.epochs()));
        return node;
    }

    /// What was counted, as it is recorded.
    static ArrayNode epochs(List<Epoch> all) {
        ArrayNode epochs = JsonMapper.shared().createArrayNode();
        all.forEach(epoch -> write(epochs.addObject(), epoch));
        return epochs;
    }

    private static void write(ObjectNode node, Epoch epoch) {
        node.put("step", epoch.step());
        ObjectNode weights = node.putObject("weights");
        epoch.weights().forEach(weights::put);
        ObjectNode counts = node.putObject("counts");
        epoch.counts().forEach((arm, count) -> CountsJson.write(counts.putObject(arm), count));
        ObjectNode copies = node.putObject("copies");
        epoch.copies().forEach((arm, count) -> CopiesJson.write(copies.putArray(arm), count));
    }

    /// @throws ServingException with INTERNAL if this release cannot read it
    static RolloutState read(String json) {
        try {
            return read(JsonMapper.shared().readTree(json));
        } catch (JacksonException | IllegalArgumentException | IndexOutOfBoundsException e) {
            throw unreadable(e);
        }
    }

    private static RolloutState read(JsonNode node) {
        List<RecentFailures.Slot> recent = new ArrayList<>();
        node.path("recent")
                .forEach(slot -> recent.add(new RecentFailures.Slot(
                        slot.path(0).asLong(),
                        slot.path(1).asLong(),
                        slot.path(2).asLong())));
        Map<String, Long> sources = new HashMap<>();
        node.path("sources")
                .properties()
                .forEach(each -> sources.put(each.getKey(), each.getValue().asLong()));
        return new RolloutState(
                Phase.valueOf(node.path("phase").asString()),
                node.path("step").asInt(),
                node.path("ticked").asLong(),
                node.path("started").asLong(),
                node.path("stepBegan").asLong(),
                node.path("phaseBegan").asLong(),
                node.path("weighed").asLong(0),
                weights(node),
                node.path("shadow").asInt(),
                node.path("promoted").asString(),
                dropped(node),
                texts(node.path("refuted")),
                texts(node.path("told")),
                findings(node.path("findings")),
                PastJson.read(node.path("past")),
                epochs(node.path("epochs")),
                sources,
                new RecentFailures(recent),
                Judgement.NONE,
                node.path("reason").asString(),
                node.path("detail").asString(),
                waits(node),
                node.path("events").asLong());
    }

    /// Releases before this one recorded none.
    private static List<Finding> findings(JsonNode array) {
        return array.valueStream()
                .map(finding -> new Finding(
                        finding.path("seq").asLong(),
                        finding.path("arm").asString(""),
                        finding.path("reason").asString(""),
                        finding.path("detail").asString("")))
                .toList();
    }

    private static List<String> waits(JsonNode node) {
        String detail = node.path("detail").asString();
        return node.has(WAITS)
                ? node.path(WAITS).valueStream().map(JsonNode::asString).toList()
                : detail.startsWith(WAITED) ? List.of(detail.substring(WAITED.length())) : List.of();
    }

    /// Releases before this one recorded no reasons.
    private static Map<String, String> dropped(JsonNode node) {
        Map<String, String> dropped = new HashMap<>();
        JsonNode why = node.path("droppedFor");
        texts(node.path("dropped"))
                .forEach(arm -> dropped.put(arm, why.path(arm).asString("")));
        return dropped;
    }

    static List<Epoch> epochs(JsonNode array) {
        List<Epoch> epochs = new ArrayList<>();
        array.forEach(epoch -> epochs.add(epoch(epoch)));
        return epochs;
    }

    /// What [#epochs] wrote on another server.
    ///
    /// @throws ServingException with INTERNAL if this release cannot read it, or it counts what cannot be
    static List<Epoch> readEpochs(String json) {
        try {
            List<Epoch> epochs = epochs(JsonMapper.shared().readTree(json));
            epochs.forEach(StateJson::check);
            return epochs;
        } catch (JacksonException | IllegalArgumentException | IndexOutOfBoundsException e) {
            throw unreadable(e);
        }
    }

    private static void check(Epoch epoch) {
        try {
            PossibleCounts.check(epoch);
        } catch (IllegalArgumentException e) {
            throw new ServingException(ErrorCode.INTERNAL, "what was counted cannot be: " + e.getMessage());
        }
    }

    static ServingException unreadable(RuntimeException cause) {
        return new ServingException(
                ErrorCode.INTERNAL,
                "what is recorded of the rollout cannot be read: "
                        + cause.getClass().getSimpleName());
    }

    private static Set<String> texts(JsonNode array) {
        Set<String> texts = new HashSet<>();
        array.forEach(text -> texts.add(text.asString()));
        return texts;
    }

    private static Map<String, Integer> weights(JsonNode node) {
        Map<String, Integer> weights = new HashMap<>();
        node.path("weights")
                .properties()
                .forEach(each -> weights.put(each.getKey(), each.getValue().asInt()));
        return weights;
    }

    private static Epoch epoch(JsonNode node) {
        Map<String, ArmCounts> counts = new HashMap<>();
        node.path("counts").properties().forEach(each -> counts.put(each.getKey(), CountsJson.read(each.getValue())));
        Map<String, Compared> copies = new HashMap<>();
        node.path("copies").properties().forEach(each -> copies.put(each.getKey(), CopiesJson.read(each.getValue())));
        return new Epoch(node.path("step").asInt(), weights(node), counts, copies);
    }
}
