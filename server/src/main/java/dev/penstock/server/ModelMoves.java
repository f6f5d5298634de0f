package dev.penstock.server;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
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
    @Command(
            name = "load",
            description = "Take a registered version into service again.",
            footer = {"", "Example:", "  penstock models load digits 2"})
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

        @Parameters(
                index = "1..*",
                arity = "1..*",
                paramLabel = "POLICY",
                description = {"latest N, all, or specific 1,2"})
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
}
