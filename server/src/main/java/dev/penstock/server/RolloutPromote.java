package dev.penstock.server;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
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
    int acted(AdminClient.Answer answer) {
        int code = print(answer);
        if (code == ExitCode.OK && !asJson()) {
            surroundings().out().print(RolloutText.overridden(answer.body().path("status")));
        }
        return code;
    }
}
