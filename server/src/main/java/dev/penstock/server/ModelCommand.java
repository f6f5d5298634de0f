package dev.penstock.server;

import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// A command of `penstock models`: asks the admin API and prints what it says.
abstract class ModelCommand implements Callable<Integer> {
    private static final int GATE_FAILED = 422;

    @ParentCommand
    @SuppressWarnings("NullAway.Init") // whoever adds it to `penstock models`
    private ModelsCommand models;

    @Option(names = "--admin", paramLabel = "URL", description = "Admin API. Default: where admin.port says")
    private @Nullable URI admin;

    @Mixin
    private JsonFlag json = new JsonFlag();

    /// All of them, in the order of the help.
    static List<ModelCommand> all() {
        return List.of(
                new ModelViews.ListAll(),
                new ModelViews.Show(),
                new RegisterCommand(),
                new ModelMoves.Promote(),
                new ModelMoves.RollBack(),
                new ModelMoves.Load(),
                new ModelMoves.Unload(),
                new ModelMoves.Policy(),
                new ModelUpkeep.Verify(),
                new ModelUpkeep.Delete(),
                new ModelViews.History());
    }

    @Override
    public final Integer call() {
        return AdminClient.ask(models.base(admin), surroundings(), ExitCode.FAILED, this::ask);
    }

    /// @return an [ExitCode]
    /// @throws IOException if there is no answer
    abstract int ask(AdminClient client) throws IOException;

    final Surroundings surroundings() {
        return models.surroundings();
    }

    final boolean asJson() {
        return json.isSet();
    }

    static ObjectNode object() {
        return JsonMapper.shared().createObjectNode();
    }

    /// Prints what the server said, or why it refused.
    ///
    /// @param text made of the answer if it is not to be JSON; ends with a line feed
    final int print(AdminClient.Answer answer, Text text) {
        if (json.isSet()) {
            surroundings().out().println(answer.text().strip());
        }
        if (answer.failed()) {
            surroundings().err().println(answer.error());
            return answer.status() == GATE_FAILED ? ExitCode.MODEL_FAILED : ExitCode.FAILED;
        }
        if (!json.isSet()) {
            surroundings().out().print(text.of(answer));
        }
        return ExitCode.OK;
    }

    /// What a person reads of an answer.
    interface Text {
        String of(AdminClient.Answer answer);
    }
}
