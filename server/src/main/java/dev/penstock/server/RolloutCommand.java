package dev.penstock.server;

import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// A command of `penstock rollout`: asks the admin API and prints what it says.
abstract class RolloutCommand implements Callable<Integer> {
    static final String PATH = "/api/v1/rollouts";

    @ParentCommand
    @SuppressWarnings("NullAway.Init") // whoever adds it to `penstock rollout`
    private Root root;

    @Option(names = "--admin", paramLabel = "URL", description = "Admin API. Default: where admin.port says")
    private @Nullable URI admin;

    @Mixin
    private JsonFlag json = new JsonFlag();

    /// All of them, in the order of the help.
    static List<RolloutCommand> all() {
        return List.of(
                new RolloutStart(),
                new Status(),
                new RolloutWatch(),
                new Act("pause"),
                RolloutGoOn.resume(),
                RolloutGoOn.approve(),
                new RolloutPromote(),
                new Act("abort"),
                RolloutGoOn.skip(),
                new Delete(),
                new ListAll(),
                new Events());
    }

    @Override
    public final Integer call() {
        return root.ask(admin, this::ask);
    }

    /// @return an [ExitCode]
    /// @throws IOException if there is no answer
    abstract int ask(AdminClient client) throws IOException;

    final Surroundings surroundings() {
        return root.surroundings;
    }

    final boolean asJson() {
        return json.isSet();
    }

    static String path(String id) {
        return PATH + "/" + AdminClient.encoded(id);
    }

    final int refused(AdminClient.Answer answer) {
        surroundings().err().println(answer.error());
        return ExitCode.FAILED;
    }

    final int print(AdminClient.Answer answer) {
        if (answer.failed()) {
            return refused(answer);
        }
        surroundings().out().print(json.isSet() ? answer.text().strip() + "\n" : RolloutText.of(answer.body(), 0));
        return ExitCode.OK;
    }

    /// `penstock rollout`.
    @Command(
            name = "rollout",
            description = {
                "Roll a version out: ever more requests for it, as long as evidence allows that.",
                "",
                "It loses them by itself when it fails more often, takes longer, or answers otherwise than the version",
                "before."
            },
            footer = {
                "",
                "Asks the admin API, as penstock models does. docs/rollouts.md says how rollouts judge; penstock apply",
                "starts those that files name.",
                "",
                "A rollout:",
                "  penstock rollout start fraud --candidate fraud@8   1%%, 5%%, 25%%, 50%%, 95%%, as evidence allows",
                "  penstock rollout watch fraud-8-1f0c9a2e            arms, shares and evidence, as they change",
                "  penstock rollout pause fraud-8-1f0c9a2e            keeps its share; rollback stays possible",
                "  penstock rollout resume fraud-8-1f0c9a2e --seen 7  goes on with the same step, if all has been seen",
                "  penstock rollout approve fraud-8-1f0c9a2e          the step ends that waits for your approval",
                "  penstock rollout abort fraud-8-1f0c9a2e            no requests any more, at once",
                "  penstock rollout events fraud-8-1f0c9a2e           what was decided, and by which numbers",
                "  penstock rollout delete fraud-8-1f0c9a2e           forgets one that is over",
                "",
                "Exit codes: 0 done   1 failed, or the server refused   2 wrong command line",
                "  4 the rollout that was watched was rolled back"
            })
    static final class Root implements Callable<Integer> {
        private final ModelsCommand models;
        private final Surroundings surroundings;

        @Option(names = "--admin", paramLabel = "URL", description = "Admin API. Default: where admin.port says")
        private @Nullable URI admin;

        Root(ConfigFlags flags, Surroundings surroundings) {
            this.models = new ModelsCommand(flags, surroundings);
            this.surroundings = surroundings;
        }

        @Override
        public Integer call() {
            return ask(null, client -> {
                AdminClient.Answer answer = client.get(PATH);
                if (answer.failed()) {
                    surroundings.err().println(answer.error());
                    return ExitCode.FAILED;
                }
                surroundings.out().print(RolloutText.table(answer.body()));
                return ExitCode.OK;
            });
        }

        int ask(@Nullable URI named, AdminClient.Question question) {
            return AdminClient.ask(models.base(named == null ? admin : named), surroundings, ExitCode.FAILED, question);
        }
    }

    /// `penstock rollout status`.
    @Command(
            name = "status",
            description = "Show how far one is, and what the evidence says.",
            footer = {"", "Example:", "  penstock rollout status fraud-8-1f0c9a2e"})
    static final class Status extends RolloutCommand {
        @Parameters(index = "0", paramLabel = "ID", description = "As penstock rollout list shows it.")
        private String id = "";

        @Override
        int ask(AdminClient client) throws IOException {
            return print(client.get(path(id)));
        }
    }

    /// `penstock rollout delete`.
    @Command(
            name = "delete",
            description = {
                "Forget one that is over, and what happened in it.",
                "",
                "A version that it rolled back may be rolled out again then; and penstock apply starts it again if a file",
                "still asks for it. The audit log keeps what it was."
            },
            footer = {"", "Example:", "  penstock rollout delete fraud-8-1f0c9a2e --reason \"a trial\""})
    static final class Delete extends RolloutCommand {
        @Parameters(index = "0", paramLabel = "ID", description = "As penstock rollout list shows it.")
        private String id = "";

        @Option(names = "--reason", paramLabel = "TEXT", description = "For the audit log.")
        private String reason = "";

        @Override
        int ask(AdminClient client) throws IOException {
            ObjectNode none = JsonMapper.shared().createObjectNode();
            AdminClient.Answer answer =
                    client.send("DELETE", path(id) + "?reason=" + AdminClient.encoded(reason), none);
            if (answer.failed()) {
                return refused(answer);
            }
            surroundings().out().println(asJson() ? answer.text().strip() : "rollout %s deleted".formatted(id));
            return ExitCode.OK;
        }
    }

    /// `penstock rollout list`.
    @Command(
            name = "list",
            description = "List them, the newest first.",
            footer = {"", "Example:", "  penstock rollout list --route fraud"})
    static final class ListAll extends RolloutCommand {
        @Option(names = "--route", paramLabel = "ROUTE", description = "Only those of this route.")
        private String route = "";

        @Option(names = "--limit", paramLabel = "N", description = "At most so many. Default: 100")
        private int limit = 100;

        @Override
        int ask(AdminClient client) throws IOException {
            AdminClient.Answer answer = client.get(PATH + "?limit=" + limit + "&route=" + AdminClient.encoded(route));
            if (answer.failed()) {
                return refused(answer);
            }
            surroundings().out().print(asJson() ? answer.text().strip() + "\n" : RolloutText.table(answer.body()));
            return ExitCode.OK;
        }
    }

    /// `penstock rollout events`.
    @Command(
            name = "events",
            description = "Tell what happened in one. With --json: and every number that led to it.",
            footer = {"", "Example:", "  penstock rollout events fraud-8-1f0c9a2e"})
    static final class Events extends RolloutCommand {
        @Parameters(index = "0", paramLabel = "ID", description = "As penstock rollout list shows it.")
        private String id = "";

        @Override
        int ask(AdminClient client) throws IOException {
            ArrayNode all = JsonMapper.shared().createArrayNode();
            AdminClient.Answer last = new RolloutEvents(client, path(id)).news(event -> {
                if (asJson()) {
                    all.add(event);
                } else {
                    surroundings().out().println(RolloutText.line(event));
                }
            });
            if (last.failed()) {
                return refused(last);
            }
            if (asJson()) {
                ObjectNode node = JsonMapper.shared().createObjectNode();
                node.set("events", all);
                surroundings().out().println(node);
            }
            return ExitCode.OK;
        }
    }

    /// `penstock rollout pause` and its like.
    @Command
    static class Act extends RolloutCommand {
        private final String verb;

        @Parameters(index = "0", paramLabel = "ID", description = "As penstock rollout list shows it.")
        private String id = "";

        @Option(names = "--reason", paramLabel = "TEXT", description = "For the audit log and whoever is told.")
        private String reason = "";

        Act(String verb) {
            this.verb = verb;
        }

        final String verb() {
            return verb;
        }

        final String what() {
            return switch (verb) {
                case "pause" -> "Keep the shares as they are. What speaks against the candidate still rolls it back.";
                case "resume" ->
                    "Go on with one that is paused or held, and say what is confirmed by that. What a guard took, the candidate has again.";
                case "approve" ->
                    "Let the step end that waits for approval (approve: true), as long as the evidence still allows it.";
                case "promote" ->
                    "Make the candidate the default now, whatever the evidence says; what speaks against it is told.";
                case "abort" -> "Take the candidate's requests away now. It may be rolled out again later.";
                default ->
                    "Go to the next step now, whatever the evidence says. In the last step this is refused: promote it.";
            };
        }

        @Override
        final int ask(AdminClient client) throws IOException {
            ObjectNode body = JsonMapper.shared().createObjectNode().put("reason", reason);
            add(body);
            AdminClient.Answer answer = client.send("POST", path(id) + ":" + verb, body);
            int code = print(answer);
            if (code == ExitCode.OK && !asJson()) {
                surroundings().out().print(told(answer.body()));
            }
            return code;
        }

        /// Adds flags whose words are not the same for all.
        void addTo(CommandSpec spec) {}

        /// What else the server is told.
        void add(ObjectNode body) {}

        /// What people are told of the answer besides how the rollout is; with a line feed at its end, or
        /// empty.
        String told(JsonNode answer) {
            return "";
        }
    }
}
