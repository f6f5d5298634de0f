package dev.penstock.server.rollout;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.LatencyScale;
import dev.penstock.core.LatencySnapshot;
import dev.penstock.router.arms.ArmCounts;
import dev.penstock.router.arms.GroupSums;
import dev.penstock.router.arms.OnceCounts;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What was counted of one arm, as it is recorded. Pure.
final class CountsJson {
    private CountsJson() {}

    static void write(ObjectNode node, ArmCounts counts) {
        node.put("failed", counts.failed())
                .put("abandoned", counts.abandoned())
                .put("refused", counts.refused())
                .put("eligibleOnce", counts.eligibleOnce())
                .put("failedOnce", counts.failedOnce())
                .put("abandonedOnce", counts.abandonedOnce())
                .put("refusedOnce", counts.refusedOnce())
                .put("firstExposures", counts.firstExposures());
        ObjectNode failures = node.putObject("failures");
        for (ErrorCode code : ErrorCode.values()) {
            if (counts.failures(code) != 0) {
                failures.put(code.name(), counts.failures(code));
            }
        }
        write(node.putArray("latency"), counts.latency());
        write(node.putArray("latencyOnce"), counts.latencyOnce());
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

    private static void write(ArrayNode node, LatencySnapshot latency) {
        node.add(latency.sumNanos());
        for (int i = 0; i < LatencyScale.BUCKETS; i++) {
            if (latency.count(i) != 0) {
                node.add(i).add(latency.count(i));
            }
        }
    }

    static void write(ArrayNode node, GroupSums sums) {
        for (int i = 0; i < GroupSums.GROUPS; i++) {
            if (sums.count(i) != 0) {
                node.add(i).add(sums.count(i)).add(sums.sum(i)).add(sums.squares(i));
            }
        }
    }

    static ArmCounts read(JsonNode node) {
        boolean clamped = node.has("earned");
        ArmCounts.Builder counts = new ArmCounts.Builder()
                .failed(node.path("failed").asLong())
                .abandoned(node.path("abandoned").asLong())
                .refused(node.path("refused").asLong())
                .once(new OnceCounts(
                        node.path("eligibleOnce").asLong(),
                        node.path("failedOnce").asLong(),
                        node.path("abandonedOnce").asLong(),
                        node.path("refusedOnce").asLong()))
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
        long[] bins = new long[node.path("bins").size()];
        for (int i = 0; i < bins.length; i++) {
            bins[i] = node.path("bins").path(i).asLong();
        }
        return counts.latency(latency(node.path("latency")), LatencySnapshot.EMPTY)
                .latencyOnce(latency(node.path("latencyOnce")))
                .bins(bins)
                .build();
    }

    private static LatencySnapshot latency(JsonNode node) {
        long[] buckets = new long[LatencyScale.BUCKETS];
        for (int i = 1; i + 1 < node.size(); i += 2) {
            buckets[node.path(i).asInt()] = node.path(i + 1).asLong();
        }
        return LatencySnapshot.of(buckets, node.path(0).asLong());
    }

    static GroupSums sums(JsonNode node) {
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
