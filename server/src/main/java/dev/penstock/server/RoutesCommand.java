package dev.penstock.server;

import java.io.IOException;
import java.net.URI;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `penstock routes`.
@Command(
        name = "routes",
        description = {
            "List the routes of a running server: which version answers which share of a name's requests.",
            "With a command: show, make, change and delete them, and find out which arm a request gets."
        },
        footer = {
            "",
            "Asks the admin API, as penstock models does. docs/routing.md says what a route is; penstock apply keeps",
            "routes as files say.",
            "",
            "A canary by hand:",
            "  penstock routes set fraud --default fraud@7 --candidate canary=fraud@8:1%%",
            "                                              version 8 gets 1 of 100 units, 7 the others",
            "  penstock routes weight fraud canary 10%%     more of them; who has it keeps it",
            "  penstock routes assign fraud --unit ann     which arm ann gets, and why",
            "  penstock routes weight fraud canary 0%%      all back to 7 at once",
            "  penstock routes delete fraud                no route: fraud is the model again",
            "",
            "Exit codes: 0 done   1 failed, or the server refused   2 wrong command line"
        })
final class RoutesCommand implements Callable<Integer> {
    static final String PATH = "/api/v1/routes";

    private final ModelsCommand models;
    private final Surroundings surroundings;

    @Option(names = "--admin", paramLabel = "URL", description = "Admin API. Default: where admin.port says")
    private @Nullable URI admin;

    @Mixin
    private AnswerFlag json = new AnswerFlag();

    RoutesCommand(ConfigFlags flags, Surroundings surroundings) {
        this.models = new ModelsCommand(flags, surroundings);
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        return ask(null, client -> list(client, json.isSet()));
    }

    int ask(@Nullable URI named, AdminClient.Question question) {
        return AdminClient.ask(models.base(named == null ? admin : named), surroundings, ExitCode.FAILED, question);
    }

    int list(AdminClient client, boolean asJson) throws IOException {
        AdminClient.Answer answer = client.get(PATH);
        if (answer.failed()) {
            surroundings.err().println(answer.error());
            return ExitCode.FAILED;
        }
        surroundings.out().print(asJson ? answer.text().strip() + "\n" : RoutesTable.of(answer.body()));
        return ExitCode.OK;
    }

    Surroundings surroundings() {
        return surroundings;
    }
}
