package dev.penstock.server.rollout;

import dev.penstock.router.bandit.WeighedRewards;
import dev.penstock.router.evidence.Strata;
import dev.penstock.router.rollout.Epoch;
import dev.penstock.router.rollout.PastTold;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What was said of answers of epochs that are gone, as it is recorded. Pure.
final class ToldJson {
    private ToldJson() {}

    static void write(ObjectNode node, PastTold told) {
        node.put("step", told.step());
        write(node.putArray("rewards"), told.ofStep().rewards());
        write(node.putArray("right"), told.ofStep().right());
        // What only this release knows is there only where it says something.
        if (!told.all().equals(told.ofStep())) {
            write(node.putArray("allRewards"), told.all().rewards());
            write(node.putArray("allRight"), told.all().right());
        }
        write(node.putArray("earned"), told.earned());
        write(node.putArray("rightEarned"), told.rightEarned());
    }

    /// Nothing in the array stands for none.
    private static void write(ArrayNode node, Strata strata) {
        if (!strata.isEmpty()) {
            strata.toList().forEach(node::add);
        }
    }

    private static void write(ArrayNode node, WeighedRewards rewards) {
        node.add(rewards.feedbacks())
                .add(rewards.weight())
                .add(rewards.squaredWeight())
                .add(rewards.sum())
                .add(rewards.squares());
    }

    static Map<String, PastTold> read(JsonNode node) {
        Map<String, PastTold> told = new HashMap<>();
        node.properties().forEach(each -> told.put(each.getKey(), told(each.getValue())));
        return told;
    }

    private static PastTold told(JsonNode node) {
        PastTold.Differences ofStep = differences(node, "rewards", "right");
        return new PastTold(
                node.path("step").asInt(),
                ofStep,
                node.has("allRewards") ? differences(node, "allRewards", "allRight") : ofStep,
                rewards(node.path("earned")),
                rewards(node.path("rightEarned")));
    }

    private static PastTold.Differences differences(JsonNode node, String rewards, String right) {
        return new PastTold.Differences(strata(node.path(rewards)), strata(node.path(right)));
    }

    private static Strata strata(JsonNode node) {
        List<Double> numbers = new ArrayList<>();
        node.forEach(number -> numbers.add(number.asDouble()));
        return numbers.isEmpty() ? Strata.none() : Strata.of(numbers);
    }

    private static WeighedRewards rewards(JsonNode node) {
        return new WeighedRewards(
                node.path(0).asLong(),
                node.path(1).asDouble(),
                node.path(2).asDouble(),
                node.path(3).asDouble(),
                node.path(4).asDouble());
    }

    /// Of a record from before it was kept: as if each step had had its last shares all the time. How arms
    /// differed is not in sums over many shares.
    static Map<String, PastTold> of(List<Epoch> totals) {
        Map<String, PastTold> told = new HashMap<>();
        for (Epoch total : totals) {
            total.weights()
                    .keySet()
                    .forEach(arm -> told.merge(
                            arm,
                            PastTold.NONE.then(total, arm, arm),
                            (one, other) -> new PastTold(
                                    other.step(),
                                    PastTold.Differences.NONE,
                                    PastTold.Differences.NONE,
                                    one.earned().plus(other.earned()),
                                    one.rightEarned().plus(other.rightEarned()))));
        }
        return told;
    }
}
