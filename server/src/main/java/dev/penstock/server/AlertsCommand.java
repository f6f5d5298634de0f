package dev.penstock.server;

import java.io.IOException;
import java.net.URI;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// `penstock alerts`.
@Command(
        name = "alerts",
        description = {
            "List the alerts of a running server, who was told of them, and which models are to be trained again.",
            "With a command: approve or dismiss that a model is trained again."
        },
        footer = {
            "",
            "Asks the admin API, as penstock models does. Who is told of what is set by alerts.…, see docs/alerts.md.",
            "",
            "  penstock alerts                     what is wrong now and what was, who knows, what waits for you",
            "  penstock alerts approve 5f0c…       that a model is trained again; receivers are told",
            "  penstock alerts dismiss 5f0c…       that it is not",
            "",
            "Exit codes: 0 done   1 failed, or the server refused   2 wrong command line"
        })
final class AlertsCommand implements Callable<Integer> {
    private static final String ALERTS = "/api/v1/alerts";
    private static final String RETRAINING = "/api/v1/retraining";

    private final ModelsCommand models;
    private final Surroundings surroundings;

    @Option(names = "--admin", paramLabel = "URL", description = "Admin API. Default: where admin.port says")
    private @Nullable URI admin;

    @Mixin
    private AnswerFlag json = new AnswerFlag();

    AlertsCommand(ConfigFlags flags, Surroundings surroundings) {
        this.models = new ModelsCommand(flags, surroundings);
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        return ask(null, this::list);
    }

    private int list(AdminClient client) throws IOException {
        AdminClient.Answer alerts = client.get(ALERTS);
        AdminClient.Answer retraining = alerts.failed() ? alerts : client.get(RETRAINING);
        if (retraining.failed()) {
            surroundings.err().println(retraining.error());
            return ExitCode.FAILED;
        }
        if (json.isSet()) {
            ObjectNode both = JsonMapper.shared().createObjectNode();
            both.set("alerts", alerts.body());
            both.set("retraining", retraining.body());
            surroundings.out().println(both);
        } else {
            surroundings.out().print(AlertsTable.of(alerts.body(), retraining.body()));
        }
        return ExitCode.OK;
    }

    private int ask(@Nullable URI named, AdminClient.Question question) {
        return AdminClient.ask(models.base(named == null ? admin : named), surroundings, ExitCode.FAILED, question);
    }

    /// Decides on one request.
    abstract static class Decide implements Callable<Integer> {
        private final String verb;

        @ParentCommand
        @SuppressWarnings("NullAway.Init") // whoever adds it to `penstock alerts`
        private AlertsCommand alerts;

        @Parameters(index = "0", paramLabel = "ID", description = "As penstock alerts shows it.")
        private String id = "";

        @Option(names = "--admin", paramLabel = "URL", description = "Admin API. Default: where admin.port says")
        private @Nullable URI admin;

        @Mixin
        private JsonFlag json = new JsonFlag();

        Decide(String verb) {
            this.verb = verb;
        }

        @Override
        public final Integer call() {
            return alerts.ask(admin, client -> {
                String path = RETRAINING + "/" + AdminClient.encoded(id) + ":" + verb;
                AdminClient.Answer answer =
                        client.send("POST", path, JsonMapper.shared().createObjectNode());
                Surroundings around = alerts.surroundings;
                if (answer.failed()) {
                    around.err().println(answer.error());
                    return ExitCode.FAILED;
                }
                around.out().print(json.isSet() ? answer.text().strip() + "\n" : AlertsTable.decided(answer.body()));
                return ExitCode.OK;
            });
        }
    }

    /// `penstock alerts approve`.
    @Command(
            name = "approve",
            description = "Approve that a model is trained again: receivers with a rule for retraining are told.",
            footer = {"", "Example:", "  penstock alerts approve 5f0c8a2e-9d1f-4f0b-8f55-0a5b9f3d2c11"})
    static final class Approve extends Decide {
        Approve() {
            super("approve");
        }
    }

    /// `penstock alerts dismiss`.
    @Command(
            name = "dismiss",
            description = {
                "Dismiss that a model is trained again: nobody is told, and it is not asked for again before",
                "alerts.retraining.cooldown is over."
            },
            footer = {"", "Example:", "  penstock alerts dismiss 5f0c8a2e-9d1f-4f0b-8f55-0a5b9f3d2c11"})
    static final class Dismiss extends Decide {
        Dismiss() {
            super("dismiss");
        }
    }
}
