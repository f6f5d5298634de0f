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
    }

    static void write(ArrayNode node, GroupSums sums) {
        for (int i = 0; i < GroupSums.GROUPS; i++) {
            if (sums.count(i) != 0) {
                node.add(i).add(sums.count(i)).add(sums.sum(i)).add(sums.squares(i));
            }
        }
    }

    static ArmCounts read(JsonNode node) {
        ArmCounts.Builder counts = new ArmCounts.Builder()
                .failed(node.path("failed").asLong())
                .abandoned(node.path("abandoned").asLong())
                .once(new OnceCounts(
                        node.path("eligibleOnce").asLong(),
                        node.path("failedOnce").asLong(),
                        node.path("abandonedOnce").asLong()))
                .firstExposures(node.path("firstExposures").asLong())
                .rewards(sums(node.path("rewards")))
                .right(sums(node.path("right")))
                .late(sums(node.path("lateRewards")), sums(node.path("lateRight")));
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
