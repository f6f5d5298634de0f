package dev.penstock.server;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/// The commands that show models.
final class ModelViews {
    private ModelViews() {}

    /// `penstock models list`.
    @Command(
            name = "list",
            description = "List all models and their versions.",
            footer = {"", "Example:", "  penstock models list --json | jq '.models[].name'"})
    static final class ListAll extends ModelCommand {
        @Override
        int ask(AdminClient client) throws IOException {
            return print(
                    client.get(ModelsCommand.PATH),
                    answer -> ModelList.parse(answer.text()).table());
        }
    }

    /// `penstock models show`.
    @Command(
            name = "show",
            description = "Show all that is recorded of a model: versions, hashes, lineage, gates, aliases.",
            footer = {"", "Example:", "  penstock models show digits"})
    static final class Show extends OneModelCommand {
        @Override
        int ask(AdminClient client) throws IOException {
            return print(client.get(AdminClient.model(name())), answer -> ModelDetails.text(answer.body()));
        }
    }

    /// `penstock models history`.
    @Command(
            name = "history",
            description = "Show who changed what and when, the newest first.",
            footer = {
                "",
                "With --json, each entry has the model's record before and after the change.",
                "",
                "Examples:",
                "  penstock models history",
                "  penstock models history digits --limit 5",
                "  penstock models history digits --before 120     older than entry 120"
            })
    static final class History extends ModelCommand {
        @Parameters(arity = "0..1", paramLabel = "NAME", description = "Of this model only. Default: all")
        private String name = "";

        @Option(names = "--limit", paramLabel = "N", description = "How many entries, up to 1000. Default: 50")
        private int limit = 50;

        @Option(names = "--before", paramLabel = "ID", description = "Only entries with a smaller number.")
        private @Nullable Long before;

        @Override
        int ask(AdminClient client) throws IOException {
            String path = "/api/v1/audit?limit=" + limit
                    + (name.isEmpty() ? "" : "&model=" + AdminClient.encoded(name))
                    + (before == null ? "" : "&before=" + before);
            return print(client.get(path), History::table);
        }

        private static String table(AdminClient.Answer answer) {
            TextTable table = TextTable.withHeader("ID", "WHEN", "WHO", "MODEL", "ACTION", "DETAIL");
            JsonNode entries = answer.body().path("entries");
            for (JsonNode entry : entries) {
                table.add(
                        ModelDetails.field(entry, "id"),
                        ModelDetails.time(entry, "at"),
                        ModelDetails.field(entry, "who"),
                        ModelDetails.field(entry, "model"),
                        ModelDetails.field(entry, "action"),
                        ModelDetails.field(entry, "detail"));
            }
            return entries.isEmpty() ? "nothing happened yet\n" : table.toString();
        }
    }
}
