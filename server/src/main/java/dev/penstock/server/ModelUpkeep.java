package dev.penstock.server;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The commands that look after the files of models.
final class ModelUpkeep {
    private ModelUpkeep() {}

    /// `penstock models verify`.
    @Command(
            name = "verify",
            description = "Read a model's files on the server's disk again and compare their hashes with the record.",
            footer = {
                "",
                "Exit code 0: all are as recorded. 1: at least one is not.",
                "",
                "Examples:",
                "  penstock models verify digits",
                "  penstock models verify digits 3"
            })
    static final class Verify extends OneModelCommand {
        @Parameters(index = "1", arity = "0..1", paramLabel = "VERSION", description = "Its version. Default: all")
        private @Nullable Long version;

        @Override
        int ask(AdminClient client) throws IOException {
            Long given = version;
            if (given != null) {
                long number = given;
                AdminClient.Answer verified = verified(client, number);
                int code = print(verified, answer -> text(number, problems(answer)));
                return code == ExitCode.OK && !problems(verified).isEmpty() ? ExitCode.FAILED : code;
            }
            AdminClient.Answer model = client.get(AdminClient.model(name()));
            return model.failed() ? print(model, answer -> "") : verifyAll(client, model);
        }

        private int verifyAll(AdminClient client, AdminClient.Answer model) throws IOException {
            ObjectNode all = object().put("model", name());
            ArrayNode versions = all.putArray("versions");
            StringBuilder text = new StringBuilder();
            int worst = ExitCode.OK;
            for (JsonNode one : model.body().path("versions")) {
                long number = one.path("version").asLong(0);
                if (one.has("sha256")) {
                    AdminClient.Answer verified = verified(client, number);
                    if (verified.failed()) {
                        return print(verified, answer -> "");
                    }
                    versions.addObject().put("version", number).set("problems", problems(verified));
                    text.append(text(number, problems(verified)));
                    worst = problems(verified).isEmpty() ? worst : ExitCode.FAILED;
                }
            }
            surroundings().out().print(asJson() ? all + "\n" : text);
            return worst;
        }

        private AdminClient.Answer verified(AdminClient client, long number) throws IOException {
            return client.send(
                    "POST", AdminClient.model(name(), "versions", Long.toString(number), "verify"), object());
        }

        private static JsonNode problems(AdminClient.Answer verified) {
            return verified.body().path("problems");
        }

        private String text(long number, JsonNode problems) {
            StringBuilder text = new StringBuilder("%s version %d: %s\n"
                    .formatted(name(), number, problems.isEmpty() ? "as recorded" : "not as recorded"));
            problems.forEach(
                    problem -> text.append("  ").append(problem.asString("")).append('\n'));
            return text.toString();
        }
    }

    /// `penstock models delete`.
    @Command(
            name = "delete",
            description = "Forget a version, or a whole model, and its files. Asks first on a terminal.",
            footer = {
                "",
                "A version that an alias points to is kept: move the alias first.",
                "",
                "Examples:",
                "  penstock models delete digits 1",
                "  penstock models delete digits --yes     the whole model, without asking"
            })
    static final class Delete extends OneModelCommand {
        @Parameters(index = "1", arity = "0..1", paramLabel = "VERSION", description = "Its version. Default: all")
        private @Nullable Long version;

        @Option(
                names = {"-y", "--yes"},
                description = "Do not ask.")
        private boolean yes;

        @Override
        int ask(AdminClient client) throws IOException {
            String what = version == null ? name() + " with all its versions" : name() + " version " + version;
            if (!isMeant(what)) {
                surroundings().err().println("nothing was deleted");
                return ExitCode.FAILED;
            }
            String[] path = version == null ? new String[0] : new String[] {"versions", Long.toString(version)};
            return change(client, "DELETE", object(), answer -> what + " is deleted\n", path);
        }

        /// A script is taken at its word; a person is asked.
        private boolean isMeant(String what) {
            Terminal terminal = surroundings().terminal();
            if (yes || terminal == null) {
                return true;
            }
            String answer = terminal.ask("delete %s? [y/N] ".formatted(what));
            return answer.equalsIgnoreCase("y") || answer.equalsIgnoreCase("yes");
        }
    }
}
