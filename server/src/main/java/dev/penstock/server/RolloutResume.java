package dev.penstock.server;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ObjectNode;

/// `penstock rollout resume`.
@Command
final class RolloutResume extends RolloutCommand.Act {
    @Option(
            names = "--seen",
            paramLabel = "N",
            description = {
                "Number of the last event that you have seen, as status, watch and events show it. It stops again for what",
                "was found after that. Default: all is confirmed that was told until now."
            })
    private @Nullable Long seen;

    RolloutResume() {
        super("resume");
    }

    @Override
    void add(ObjectNode body) {
        if (seen != null) {
            body.put("seen", seen);
        }
    }

    @Override
    int acted(AdminClient.Answer answer) {
        int code = print(answer);
        if (code == ExitCode.OK && !asJson()) {
            surroundings().out().print(RolloutText.confirmed(answer.body()));
        }
        return code;
    }
}
