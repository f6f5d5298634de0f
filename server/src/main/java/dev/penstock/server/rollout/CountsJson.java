package dev.penstock.server.rollout;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.LatencyScale;
import dev.penstock.core.LatencySnapshot;
import dev.penstock.router.arms.ArmCounts;
import dev.penstock.router.arms.GroupSums;
import dev.penstock.router.arms.OnceCounts;
import java.util.Arrays;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What was counted of one arm, as it is recorded: with every tick, and of a long rollout by hundreds, so that
/// what is nothing is left out and what is much is [Packed]. Earlier releases recorded arrays. Pure.
final class CountsJson {
    /// Beyond it not every whole number is a double.
    private static final double MOST_WHOLE = 0x1p53;

    private CountsJson() {}

    static void write(ObjectNode node, ArmCounts counts) {
        write(node, "failed", counts.failed());
        write(node, "abandoned", counts.abandoned());
        write(node, "refused", counts.refused());
        write(node, "eligibleOnce", counts.eligibleOnce());
        write(node, "failedOnce", counts.failedOnce());
        write(node, "abandonedOnce", counts.abandonedOnce());
        write(node, "refusedOnce", counts.refusedOnce());
        write(node, "firstExposures", counts.firstExposures());
        for (ErrorCode code : ErrorCode.values()) {
            if (counts.failures(code) != 0) {
                node.withObject("failures").put(code.name(), counts.failures(code));
            }
        }
        write(node, "latency", counts.latency());
        if (node.has("latency") && counts.latencyOnce().equals(counts.latency())) {
            // As where no request has a unit.
            node.put("latencyOnce", true);
        } else {
            write(node, "latencyOnce", counts.latencyOnce());
        }
        writeBins(node, counts.bins());
        writeTold(node, counts);
    }

    private static void writeBins(ObjectNode node, long[] counts) {
        if (Arrays.stream(counts).anyMatch(count -> count != 0)) {
            ArrayNode bins = node.putArray("bins");
            Arrays.stream(counts).forEach(bins::add);
        }
    }

    private static void writeTold(ObjectNode node, ArmCounts counts) {
        write(node, "rewards", counts.rewards());
        write(node, "right", counts.right());
        write(node, "lateRewards", counts.lateRewards());
        write(node, "lateRight", counts.lateRight());
        write(node, "clipped", counts.clipped());
        // Mostly they are the same.
        if (!counts.earned().equals(counts.rewards()) || !counts.lateEarned().equals(counts.lateRewards())) {
            node.put("earned", text(counts.earned())).put("lateEarned", text(counts.lateEarned()));
        }
    }

    private static void write(ObjectNode node, String name, long count) {
        if (count != 0) {
            node.put(name, count);
        }
    }

    private static void write(ObjectNode node, String name, LatencySnapshot latency) {
        String text = text(latency);
        if (!text.isEmpty()) {
            node.put(name, text);
        }
    }

    /// The sum, and of each bucket that is not empty how far it is from the one before, and how many it has.
    /// Empty if nothing was counted.
    static String text(LatencySnapshot latency) {
        Packed.Writer numbers = new Packed.Writer().whole(latency.sumNanos());
        int last = 0;
        for (int i = 0; i < LatencyScale.BUCKETS; i++) {
            if (latency.count(i) != 0) {
                numbers.whole(i - last).whole(latency.count(i));
                last = i;
            }
        }
        return latency.equals(LatencySnapshot.EMPTY) ? "" : numbers.text();
    }

    private static void write(ObjectNode node, String name, GroupSums sums) {
        String text = text(sums);
        if (!text.isEmpty()) {
            node.put(name, text);
        }
    }

    /// 1 if squares are the sums and these are whole, as of what is 0 or 1, and of each group that is not empty
    /// its number, its count and its sum; else 0, and the squares as well. Empty if nothing was told.
    static String text(GroupSums sums) {
        Packed.Writer numbers = new Packed.Writer();
        boolean binary = isBinary(sums);
        boolean empty = true;
        numbers.whole(binary ? 1 : 0);
        for (int i = 0; i < GroupSums.GROUPS; i++) {
            if (sums.count(i) != 0) {
                empty = false;
                numbers.whole(i).whole(sums.count(i));
                write(numbers, sums.sum(i), sums.squares(i), binary);
            }
        }
        return empty ? "" : numbers.text();
    }

    private static void write(Packed.Writer numbers, double sum, double squares, boolean binary) {
        if (binary) {
            numbers.whole((long) sum);
        } else {
            numbers.real(sum).real(squares);
        }
    }

    private static boolean isBinary(GroupSums sums) {
        for (int i = 0; i < GroupSums.GROUPS; i++) {
            double sum = sums.sum(i);
            if (sum != sums.squares(i) || sum != Math.rint(sum) || Math.abs(sum) > MOST_WHOLE) {
                return false;
            }
        }
        return true;
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
                        sums(node.path("lateRight")))
                .clipped(node.path("clipped").asLong());
        node.path("failures")
                .properties()
                .forEach(each -> counts.failures(
                        ErrorCode.valueOf(each.getKey()), each.getValue().asLong()));
        long[] bins = new long[node.path("bins").size()];
        for (int i = 0; i < bins.length; i++) {
            bins[i] = node.path("bins").path(i).asLong();
        }
        LatencySnapshot all = latency(node.path("latency"));
        JsonNode once = node.path("latencyOnce");
        return counts.latency(all, LatencySnapshot.EMPTY)
                .latencyOnce(once.isBoolean() ? all : latency(once))
                .bins(bins)
                .build();
    }

    static LatencySnapshot latency(JsonNode node) {
        if (node.asString("").isEmpty() && !node.isArray()) {
            return LatencySnapshot.EMPTY;
        }
        long[] buckets = new long[LatencyScale.BUCKETS];
        if (!node.isString()) {
            for (int i = 1; i + 1 < node.size(); i += 2) {
                buckets[node.path(i).asInt()] = node.path(i + 1).asLong();
            }
            return LatencySnapshot.of(buckets, node.path(0).asLong());
        }
        Packed.Reader numbers = new Packed.Reader(node.asString());
        long sumNanos = numbers.whole();
        int bucket = 0;
        while (numbers.hasMore()) {
            bucket += (int) numbers.whole();
            buckets[bucket] = numbers.whole();
        }
        return LatencySnapshot.of(buckets, sumNanos);
    }

    static GroupSums sums(JsonNode node) {
        long[] counts = new long[GroupSums.GROUPS];
        double[] sums = new double[GroupSums.GROUPS];
        double[] squares = new double[GroupSums.GROUPS];
        if (node.isString()) {
            read(new Packed.Reader(node.asString()), counts, sums, squares);
        }
        for (int i = 0; i + 3 < node.size(); i += 4) {
            int group = node.path(i).asInt();
            counts[group] = node.path(i + 1).asLong();
            sums[group] = node.path(i + 2).asDouble();
            squares[group] = node.path(i + 3).asDouble();
        }
        return new GroupSums(counts, sums, squares);
    }

    private static void read(Packed.Reader numbers, long[] counts, double[] sums, double[] squares) {
        boolean binary = numbers.hasMore() && numbers.whole() == 1;
        while (numbers.hasMore()) {
            int group = (int) numbers.whole();
            counts[group] = numbers.whole();
            sums[group] = binary ? (double) numbers.whole() : numbers.real();
            squares[group] = binary ? sums[group] : numbers.real();
        }
    }
}
