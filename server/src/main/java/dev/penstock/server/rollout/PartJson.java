package dev.penstock.server.rollout;

import dev.penstock.router.arms.ArmCounts;
import dev.penstock.router.arms.OnceCounts;
import dev.penstock.router.rollout.Epoch;
import dev.penstock.router.rollout.Part;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The part of a rollout that is under way, as it is recorded. Pure.
final class PartJson {
    private PartJson() {}

    static void write(ObjectNode node, Part part) {
        node.put("step", part.step()).put("number", part.number());
        ArrayNode before = node.putArray("before");
        for (Epoch epoch : part.before()) {
            ObjectNode one = before.addObject().put("step", epoch.step());
            ObjectNode weights = one.putObject("weights");
            epoch.weights().forEach(weights::put);
            ObjectNode once = one.putObject("once");
            epoch.counts().forEach((arm, counts) -> write(once.putArray(arm), counts.once()));
        }
    }

    private static void write(ArrayNode node, OnceCounts once) {
        node.add(once.eligible()).add(once.failed()).add(once.abandoned()).add(once.refused());
    }

    /// Releases before this one recorded none.
    static Part read(JsonNode node) {
        if (node.isMissingNode()) {
            return Part.NONE;
        }
        List<Epoch> before = new ArrayList<>();
        node.path("before").forEach(one -> before.add(epoch(one)));
        return new Part(node.path("step").asInt(), node.path("number").asLong(), before);
    }

    private static Epoch epoch(JsonNode node) {
        Map<String, Integer> weights = new HashMap<>();
        node.path("weights")
                .properties()
                .forEach(each -> weights.put(each.getKey(), each.getValue().asInt()));
        Map<String, ArmCounts> counts = new HashMap<>();
        node.path("once")
                .properties()
                .forEach(each -> counts.put(
                        each.getKey(),
                        new ArmCounts.Builder().once(once(each.getValue())).build()));
        return new Epoch(node.path("step").asInt(), weights, counts, Map.of());
    }

    private static OnceCounts once(JsonNode node) {
        return new OnceCounts(
                node.path(0).asLong(),
                node.path(1).asLong(),
                node.path(2).asLong(),
                node.path(3).asLong());
    }
}
