package dev.penstock.server;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// `penstock rollout promote`.
@Command
final class RolloutPromote extends RolloutCommand.Act {
    @Option(names = "--arm", paramLabel = "ARM", description = "Which candidate, where there are several.")
    private String arm = "";

    RolloutPromote() {
        super("promote");
    }

    @Override
    void add(ObjectNode body) {
        if (!arm.isEmpty()) {
            body.put("arm", arm);
        }
    }

    @Override
    String told(JsonNode answer) {
        return RolloutText.overridden(answer.path("status"));
    }
}
