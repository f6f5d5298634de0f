package dev.penstock.server.rollout;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.LatencyScale;
import dev.penstock.core.LatencySnapshot;
import dev.penstock.core.ServingException;
import dev.penstock.router.arms.ArmCounts;
import dev.penstock.router.arms.GroupSums;
import dev.penstock.router.arms.OnceCounts;
import dev.penstock.router.rollout.Compared;
import dev.penstock.router.rollout.Epoch;
import dev.penstock.router.rollout.Judgement;
import dev.penstock.router.rollout.Past;
import dev.penstock.router.rollout.Phase;
import dev.penstock.router.rollout.RecentFailures;
import dev.penstock.router.rollout.RolloutState;
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

/// How far a rollout is, as it is recorded. What evidence says is not kept: it follows from the counts. Pure.
final class StateJson {
    private StateJson() {}

    static String write(RolloutState state) {
        ObjectNode node = JsonMapper.shared().createObjectNode();
        node.put("phase", state.phase().name())
                .put("step", state.step())
                .put("ticked", state.tickMillis())
                .put("started", state.startedMillis())
                .put("stepBegan", state.stepMillis())
                .put("phaseBegan", state.phaseMillis())
                .put("shadow", state.shadow())
                .put("promoted", state.promoted())
                .put("latched", state.latched())
                .put("reason", state.reason())
                .put("detail", state.detail())
                .put("events", state.events());
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
        return node.toString();
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
        epoch.counts().forEach((arm, count) -> write(counts.putObject(arm), count));
        ObjectNode copies = node.putObject("copies");
        epoch.copies()
                .forEach((arm, count) -> copies.putArray(arm)
                        .add(count.answered())
                        .add(count.different())
                        .add(count.failed()));
    }

    static void write(ObjectNode node, ArmCounts counts) {
        node.put("failed", counts.failed())
                .put("abandoned", counts.abandoned())
                .put("eligibleOnce", counts.eligibleOnce())
                .put("failedOnce", counts.failedOnce())
                .put("abandonedOnce", counts.abandonedOnce())
                .put("firstExposures", counts.firstExposures());
        ObjectNode failures = node.putObject("failures");
        for (ErrorCode code : ErrorCode.values()) {
            if (counts.failures(code) != 0) {
                failures.put(code.name(), counts.failures(code));
            }
        }
        ArrayNode latency = node.putArray("latency").add(counts.latency().sumNanos());
        for (int i = 0; i < LatencyScale.BUCKETS; i++) {
            if (counts.latency().count(i) != 0) {
                latency.add(i).add(counts.latency().count(i));
            }
        }
        ArrayNode bins = node.putArray("bins");
        for (long bin : counts.bins()) {
            bins.add(bin);
        }
        write(node.putArray("rewards"), counts.rewards());
        write(node.putArray("right"), counts.right());
        write(node.putArray("lateRewards"), counts.lateRewards());
        write(node.putArray("lateRight"), counts.lateRight());
        // Mostly they are the same.
        if (!counts.earned().equals(counts.rewards()) || !counts.lateEarned().equals(counts.lateRewards())) {
            write(node.putArray("earned"), counts.earned());
            write(node.putArray("lateEarned"), counts.lateEarned());
        }
    }

    private static void write(ArrayNode node, GroupSums sums) {
        for (int i = 0; i < GroupSums.GROUPS; i++) {
            if (sums.count(i) != 0) {
                node.add(i).add(sums.count(i)).add(sums.sum(i)).add(sums.squares(i));
            }
        }
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
                weights(node),
                node.path("shadow").asInt(),
                node.path("promoted").asString(),
                dropped(node),
                texts(node.path("refuted")),
                texts(node.path("told")),
                PastJson.read(node.path("past")),
                epochs(node.path("epochs")),
                sources,
                new RecentFailures(recent),
                Judgement.NONE,
                node.path("reason").asString(),
                node.path("detail").asString(),
                node.path("events").asLong());
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

    /// What [#epochs] wrote.
    ///
    /// @throws ServingException with INTERNAL if this release cannot read it
    static List<Epoch> readEpochs(String json) {
        try {
            return epochs(JsonMapper.shared().readTree(json));
        } catch (JacksonException | IllegalArgumentException | IndexOutOfBoundsException e) {
            throw unreadable(e);
        }
    }

    private static ServingException unreadable(RuntimeException cause) {
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
        node.path("counts").properties().forEach(each -> counts.put(each.getKey(), counts(each.getValue())));
        Map<String, Compared> copies = new HashMap<>();
        node.path("copies")
                .properties()
                .forEach(each -> copies.put(
                        each.getKey(),
                        new Compared(
                                each.getValue().path(0).asLong(),
                                each.getValue().path(1).asLong(),
                                each.getValue().path(2).asLong())));
        return new Epoch(node.path("step").asInt(), weights(node), counts, copies);
    }

    static ArmCounts counts(JsonNode node) {
        boolean clamped = node.has("earned");
        ArmCounts.Builder counts = new ArmCounts.Builder()
                .failed(node.path("failed").asLong())
                .abandoned(node.path("abandoned").asLong())
                .once(new OnceCounts(
                        node.path("eligibleOnce").asLong(),
                        node.path("failedOnce").asLong(),
                        node.path("abandonedOnce").asLong()))
                .firstExposures(node.path("firstExposures").asLong())
                .rewards(sums(node.path("rewards")), sums(node.path(clamped ? "earned" : "rewards")))
                .right(sums(node.path("right")))
                .late(
                        sums(node.path("lateRewards")),
                        sums(node.path(clamped ? "lateEarned" : "lateRewards")),
                        sums(node.path("lateRight")));
        node.path("failures")
                .properties()
                .forEach(each -> counts.failures(
                        ErrorCode.valueOf(each.getKey()), each.getValue().asLong()));
        JsonNode latency = node.path("latency");
        long[] buckets = new long[LatencyScale.BUCKETS];
        for (int i = 1; i + 1 < latency.size(); i += 2) {
            buckets[latency.path(i).asInt()] = latency.path(i + 1).asLong();
        }
        long[] bins = new long[node.path("bins").size()];
        for (int i = 0; i < bins.length; i++) {
            bins[i] = node.path("bins").path(i).asLong();
        }
        return counts.latency(LatencySnapshot.of(buckets, latency.path(0).asLong()), LatencySnapshot.EMPTY)
                .bins(bins)
                .build();
    }

    private static GroupSums sums(JsonNode node) {
        long[] counts = new long[GroupSums.GROUPS];
        double[] sums = new double[GroupSums.GROUPS];
        double[] squares = new double[GroupSums.GROUPS];
        for (int i = 0; i + 3 < node.size(); i += 4) {
            int group = node.path(i).asInt();
            counts[group] = node.path(i + 1).asLong();
            sums[group] = node.path(i + 2).asDouble();
            squares[group] = node.path(i + 3).asDouble();
        }
        return new GroupSums(counts, sums, squares);
    }
}
