package dev.penstock.server;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ObjectNode;

/// `penstock rollout skip`.
@Command
final class RolloutSkip extends RolloutCommand.Act {
    @Option(
            names = "--seen",
            paramLabel = "N",
            description = {
                "Number of the last event that you have seen, as status, watch and events show it. It is refused if more",
                "has happened since, such as that somebody else skipped that step. Default: whatever has happened."
            })
    private @Nullable Long seen;

    RolloutSkip() {
        super("skip");
    }

    @Override
    void add(ObjectNode body) {
        if (seen != null) {
            body.put("seen", seen);
        }
    }
}
