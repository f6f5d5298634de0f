package dev.penstock.server;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// `penstock rollout resume`, `skip` and `approve`: one goes on, as far as a person has seen what happened.
@Command
final class RolloutGoOn extends RolloutCommand.Act {
    private final OptionSpec seen;
    private final Function<JsonNode, String> then;

    /// @param then what is told of the answer as well
    /// @param unseen becomes of what happened after that which was seen
    private RolloutGoOn(String verb, Function<JsonNode, String> then, String... unseen) {
        super(verb);
        this.then = then;
        this.seen = OptionSpec.builder("--seen")
                .paramLabel("N")
                .type(Long.class)
                .description(unseen)
                .build();
    }

    static RolloutGoOn resume() {
        return new RolloutGoOn(
                "resume",
                RolloutText::confirmed,
                "Number of the last event that you have seen, as status, watch and events show it. It stops again for what",
                "was found after that. Default: all is confirmed that was told until now.");
    }

    static RolloutGoOn skip() {
        return new RolloutGoOn(
                "skip",
                _ -> "",
                "Number of the last event that you have seen, as status, watch and events show it. It is refused if more",
                "has happened since, such as that somebody else skipped that step. Default: whatever has happened.");
    }

    static RolloutGoOn approve() {
        return new RolloutGoOn(
                "approve",
                answer -> answer.path("confirmed").isEmpty() ? "" : RolloutText.confirmed(answer),
                "Number of the last event that you have seen, as status, watch and events show it. It is refused if more",
                "has happened since, such as that something was found. Default: whatever has happened.");
    }

    @Override
    void addTo(CommandSpec spec) {
        spec.addOption(seen);
    }

    @Override
    void add(ObjectNode body) {
        @Nullable Long number = seen.getValue();
        if (number != null) {
            body.put("seen", number);
        }
    }

    @Override
    String told(JsonNode answer) {
        return then.apply(answer);
    }
}
