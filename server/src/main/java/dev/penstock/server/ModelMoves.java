package dev.penstock.server;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/// The commands that change what serves, but for registering.
final class ModelMoves {
    private static final String STABLE = "stable";

    private ModelMoves() {}

    private static String moved(String model, AdminClient.Answer answer) {
        JsonNode alias = answer.body();
        long version = alias.path("version").asLong(0);
        long effective = alias.path("effective").asLong(0);
        String where = "%s@%s -> version %d (before: %s)"
                .formatted(
                        model,
                        ModelDetails.field(alias, "name"),
                        version,
                        alias.path("previous").asLong(0) == 0 ? "none" : ModelDetails.field(alias, "previous"));
        return effective == version
                ? where + "\n"
                : where + "; not ready yet, " + (effective == 0 ? "nothing" : "version " + effective) + " answers\n";
    }

    /// `penstock models promote`.
    @Command(
            name = "promote",
            description = "Point an alias to a version. Requests go there as soon as it is ready.",
            footer = {
                "",
                "Requests that name no version go to the alias `stable` if the model has one.",
                "",
                "Examples:",
                "  penstock models promote digits 3",
                "  penstock models promote digits 4 --alias canary"
            })
    static final class Promote extends ModelCommand {
        @Parameters(index = "0", paramLabel = "NAME", description = "The model.")
        private String name = "";

        @Parameters(index = "1", paramLabel = "VERSION", description = "Its version.")
        private long version;

        @Option(names = "--alias", paramLabel = "A", description = "The alias to move. Default: stable")
        private String alias = STABLE;

        Promote(ModelsCommand models, Surroundings surroundings) {
            super(models, surroundings);
        }

        @Override
        int ask(AdminClient client) throws IOException {
            String path = AdminClient.model(name, "aliases", alias);
            return print(client.send("PUT", path, object().put("version", version)), answer -> moved(name, answer));
        }
    }

    /// `penstock models rollback`.
    @Command(
            name = "rollback",
            description = "Point an alias back to where it pointed before; that version was kept in memory.",
            footer = {
                "",
                "Examples:",
                "  penstock models rollback digits",
                "  penstock models rollback digits --alias canary"
            })
    static final class RollBack extends ModelCommand {
        @Parameters(paramLabel = "NAME", description = "The model.")
        private String name = "";

        @Option(names = "--alias", paramLabel = "A", description = "The alias to move. Default: stable")
        private String alias = STABLE;

        RollBack(ModelsCommand models, Surroundings surroundings) {
            super(models, surroundings);
        }

        @Override
        int ask(AdminClient client) throws IOException {
            String path = AdminClient.model(name, "aliases", alias, "rollback");
            return print(client.send("POST", path, object()), answer -> moved(name, answer));
        }
    }

    /// `penstock models load`.
    @Command(name = "load", description = "Take a registered version into service again.", footer = {
        "", "Example:", "  penstock models load digits 2"
    })
    static final class Load extends ModelCommand {
        @Parameters(index = "0", paramLabel = "NAME", description = "The model.")
        private String name = "";

        @Parameters(index = "1", paramLabel = "VERSION", description = "Its version.")
        private long version;

        Load(ModelsCommand models, Surroundings surroundings) {
            super(models, surroundings);
        }

        @Override
        int ask(AdminClient client) throws IOException {
            String path = AdminClient.model(name, "versions", Long.toString(version), "load");
            return print(
                    client.send("POST", path, object()),
                    answer -> "%s version %d is wanted again\n".formatted(name, version));
        }
    }

    /// `penstock models unload`.
    @Command(
            name = "unload",
            description = "Take a version out of service; it stays registered.",
            footer = {"", "Example:", "  penstock models unload digits 2"})
    static final class Unload extends ModelCommand {
        @Parameters(index = "0", paramLabel = "NAME", description = "The model.")
        private String name = "";

        @Parameters(index = "1", paramLabel = "VERSION", description = "Its version.")
        private long version;

        Unload(ModelsCommand models, Surroundings surroundings) {
            super(models, surroundings);
        }

        @Override
        int ask(AdminClient client) throws IOException {
            String path = AdminClient.model(name, "versions", Long.toString(version), "unload");
            return print(
                    client.send("POST", path, object()),
                    answer -> "%s version %d is out of service\n".formatted(name, version));
        }
    }

    /// `penstock models policy`.
    @Command(
            name = "policy",
            description = "Say which versions of a model serve.",
            footer = {
                "",
                "Examples:",
                "  penstock models policy digits 'latest 2'",
                "  penstock models policy digits all",
                "  penstock models policy digits 'specific 1,3'"
            })
    static final class Policy extends ModelCommand {
        @Parameters(index = "0", paramLabel = "NAME", description = "The model.")
        private String name = "";

        @Parameters(index = "1..*", arity = "1..*", paramLabel = "POLICY", description = {
            "latest N, all, or specific 1,2"
        })
        private List<String> words = new ArrayList<>();

        Policy(ModelsCommand models, Surroundings surroundings) {
            super(models, surroundings);
        }

        @Override
        int ask(AdminClient client) throws IOException {
            String policy = String.join(" ", words);
            return print(
                    client.send("PUT", AdminClient.model(name, "policy"), object().put("policy", policy)),
                    answer -> "%s: %s\n".formatted(name, ModelDetails.field(answer.body(), "policy")));
        }
    }

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
    static final class Verify extends ModelCommand {
        @Parameters(index = "0", paramLabel = "NAME", description = "The model.")
        private String name = "";

        @Parameters(index = "1", arity = "0..1", paramLabel = "VERSION", description = "Its version. Default: all")
        private @Nullable Long version;

        Verify(ModelsCommand models, Surroundings surroundings) {
            super(models, surroundings);
        }

        @Override
        int ask(AdminClient client) throws IOException {
            if (version != null) {
                return verify(client, version);
            }
            AdminClient.Answer model = client.get(AdminClient.model(name));
            if (model.failed()) {
                return print(model, answer -> "");
            }
            int worst = ExitCode.OK;
            for (JsonNode one : model.body().path("versions")) {
                if (one.has("sha256")) {
                    worst = Math.max(worst, verify(client, one.path("version").asLong(0)));
                }
            }
            return worst;
        }

        private int verify(AdminClient client, long number) throws IOException {
            String path = AdminClient.model(name, "versions", Long.toString(number), "verify");
            AdminClient.Answer verified = client.send("POST", path, object());
            int code = print(verified, answer -> text(number, answer.body().path("problems")));
            return code == ExitCode.OK && !verified.body().path("problems").isEmpty() ? ExitCode.FAILED : code;
        }

        private String text(long number, JsonNode problems) {
            StringBuilder text = new StringBuilder("%s version %d: %s\n"
                    .formatted(name, number, problems.isEmpty() ? "as recorded" : "not as recorded"));
            problems.forEach(problem -> text.append("  ").append(problem.asString("")).append('\n'));
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
    static final class Delete extends ModelCommand {
        @Parameters(index = "0", paramLabel = "NAME", description = "The model.")
        private String name = "";

        @Parameters(index = "1", arity = "0..1", paramLabel = "VERSION", description = "Its version. Default: all")
        private @Nullable Long version;

        @Option(names = {"-y", "--yes"}, description = "Do not ask.")
        private boolean yes;

        Delete(ModelsCommand models, Surroundings surroundings) {
            super(models, surroundings);
        }

        @Override
        int ask(AdminClient client) throws IOException {
            String what = version == null ? name + " with all its versions" : name + " version " + version;
            if (!isMeant(what)) {
                surroundings().err().println("nothing was deleted");
                return ExitCode.FAILED;
            }
            String path = version == null
                    ? AdminClient.model(name)
                    : AdminClient.model(name, "versions", Long.toString(version));
            return print(client.send("DELETE", path, object()), answer -> what + " is deleted\n");
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
