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
    private ModelMoves() {}

    /// About an alias of a model.
    abstract static class OfAlias extends OneModelCommand {
        @Option(names = "--alias", paramLabel = "A", description = "The alias to move. Default: stable")
        private String alias = "stable";

        final String alias() {
            return alias;
        }

        final String moved(AdminClient.Answer answer) {
            JsonNode moved = answer.body();
            long version = moved.path("version").asLong(0);
            long effective = moved.path("effective").asLong(0);
            String where = "%s@%s -> version %d (before: %s)"
                    .formatted(
                            name(),
                            ModelDetails.field(moved, "name"),
                            version,
                            moved.path("previous").asLong(0) == 0 ? "none" : ModelDetails.field(moved, "previous"));
            return effective == version
                    ? where + "\n"
                    : where + "; not ready yet, " + (effective == 0 ? "nothing" : "version " + effective)
                            + " answers\n";
        }
    }

    /// About a version of a model.
    abstract static class OfVersion extends OneModelCommand {
        @Parameters(index = "1", paramLabel = "VERSION", description = "Its version.")
        private long version;

        /// @param verb `load` or `unload`
        /// @param now what it is then
        final int want(AdminClient client, String verb, String now) throws IOException {
            return change(
                    client,
                    "POST",
                    object(),
                    answer -> "%s version %d %s\n".formatted(name(), version, now),
                    "versions",
                    Long.toString(version),
                    verb);
        }
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
    static final class Promote extends OfAlias {
        @Parameters(index = "1", paramLabel = "VERSION", description = "Its version.")
        private long version;

        @Override
        int ask(AdminClient client) throws IOException {
            return change(client, "PUT", object().put("version", version), this::moved, "aliases", alias());
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
    static final class RollBack extends OfAlias {
        @Override
        int ask(AdminClient client) throws IOException {
            return change(client, "POST", object(), this::moved, "aliases", alias(), "rollback");
        }
    }

    /// `penstock models load`.
    @Command(
            name = "load",
            description = "Take a registered version into service again.",
            footer = {"", "Example:", "  penstock models load digits 2"})
    static final class Load extends OfVersion {
        @Override
        int ask(AdminClient client) throws IOException {
            return want(client, "load", "is wanted again");
        }
    }

    /// `penstock models unload`.
    @Command(
            name = "unload",
            description = "Take a version out of service; it stays registered.",
            footer = {"", "Example:", "  penstock models unload digits 2"})
    static final class Unload extends OfVersion {
        @Override
        int ask(AdminClient client) throws IOException {
            return want(client, "unload", "is out of service");
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
    static final class Policy extends OneModelCommand {
        @Parameters(
                index = "1..*",
                arity = "1..*",
                paramLabel = "POLICY",
                description = {"latest N, all, or specific 1,2"})
        private List<String> words = new ArrayList<>();

        @Override
        int ask(AdminClient client) throws IOException {
            return change(
                    client,
                    "PUT",
                    object().put("policy", String.join(" ", words)),
                    answer -> "%s: %s\n".formatted(name(), ModelDetails.field(answer.body(), "policy")),
                    "policy");
        }
    }
}
