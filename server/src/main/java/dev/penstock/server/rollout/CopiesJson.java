package dev.penstock.server.rollout;

import dev.penstock.router.rollout.Compared;
import dev.penstock.router.rollout.CopyRuns;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

/// What became of a candidate's copies, as it is recorded: a list, which earlier releases read as far as they
/// know it. Pure.
final class CopiesJson {
    /// How many elements the list has at most: of a longer one only a newer release knows what it says.
    static final int ELEMENTS = 8;

    private CopiesJson() {}

    static void write(ArrayNode node, Compared copies) {
        node.add(copies.answered()).add(copies.different()).add(copies.failed());
        node.add(CountsJson.text(copies.differences())).add(CountsJson.text(copies.failures()));
        CopyRuns runs = copies.runs();
        if (!runs.equals(CopyRuns.NONE)) {
            node.add(CountsJson.text(runs.longer()))
                    .add(CountsJson.text(runs.control()))
                    .add(CountsJson.text(runs.candidate()));
        }
    }

    /// Of what earlier releases wrote, the rest is nothing.
    static Compared read(JsonNode node) {
        return new Compared(
                node.path(0).asLong(),
                node.path(1).asLong(),
                node.path(2).asLong(),
                CountsJson.sums(node.path(3)),
                CountsJson.sums(node.path(4)),
                new CopyRuns(
                        CountsJson.sums(node.path(5)),
                        CountsJson.latency(node.path(6)),
                        CountsJson.latency(node.path(7))));
    }
}
