package dev.penstock.server;

import dev.penstock.server.store.RecordContents;
import dev.penstock.server.store.StoreSettings;
import dev.penstock.server.store.Stores;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The commands of `penstock record`.
final class RecordCommands {
    /// Who it was, for the audit log: whoever may read the file or knows the password.
    private static final String WHO = "local";

    private RecordCommands() {}

    /// `penstock record`, which shows what there is, and `penstock record status`.
    @Command(
            name = "record",
            description = {
                "Show the durable record of models: where it is, its schema, what is in it and who has it open.",
                "With a command: back it up, restore it, or bring it to this release's schema."
            },
            footer = {
                "",
                "Works on the record itself: the file record.db in --data-dir, or the PostgreSQL database that",
                "--store-url names, with PENSTOCK_STORE_USER and PENSTOCK_STORE_PASSWORD. No server is needed, and",
                "one that runs goes on.",
                "",
                "Before an upgrade of Penstock:",
                "  penstock record backup --data-dir data before-upgrade.db",
                "",
                "Back to it:",
                "  penstock record restore --data-dir data before-upgrade.db --replace     with the servers stopped",
                "",
                "From a file to a database that several servers share:",
                "  penstock record backup --data-dir data moving.db",
                "  penstock record restore --store-url jdbc:postgresql://db:5432/penstock moving.db",
                "",
                "Exit codes: 0 done   1 failed or refused; nothing was changed   2 wrong command line"
            })
    static final class Root extends Status {
        Root(ConfigFlags flags, Surroundings surroundings) {
            super(flags, surroundings);
        }
    }

    /// `penstock record status`.
    @Command(
            name = "status",
            description = "Show where the record is, its schema, what is in it and who has it open. Changes nothing.",
            footer = {
                "",
                "Examples:",
                "  penstock record status --data-dir data",
                "  penstock record status --store-url jdbc:postgresql://db:5432/penstock --json"
            })
    static class Status extends RecordCommand {
        Status(ConfigFlags flags, Surroundings surroundings) {
            super(flags, surroundings);
        }

        @Override
        final int run(StoreSettings settings) {
            Stores.Schema schema = Stores.schema(settings);
            List<String> users = Stores.users(settings);
            boolean readable = schema.found() == schema.newest();
            RecordContents contents = readable ? Stores.contents(settings) : null;
            ObjectNode result = object();
            result.put("record", settings.toString())
                    .put("schema", schema.found())
                    .put("newest", schema.newest());
            ArrayNode names = result.putArray("used_by");
            users.forEach(names::add);
            if (contents != null) {
                put(result, contents);
            }
            return done(result, table(settings, schema, users, contents));
        }

        private static String table(
                StoreSettings settings, Stores.Schema schema, List<String> users, @Nullable RecordContents contents) {
            TextTable table = TextTable.withHeader("RECORD", settings.toString());
            table.add("schema", words(schema));
            if (contents != null) {
                table.add("revision", Long.toString(contents.revision()));
                table.add(
                        "changed",
                        contents.changed()
                                .map(at -> at.truncatedTo(ChronoUnit.SECONDS).toString())
                                .orElse("never"));
                table.add("holds", words(contents));
            }
            table.add("open in", users.isEmpty() ? "no server" : String.join(", ", users));
            return table.toString();
        }

        private static String words(Stores.Schema schema) {
            if (schema.found() == 0) {
                return "none: there is no record yet; a server makes one at its start";
            }
            if (schema.found() > schema.newest()) {
                return "%d, of a newer release: this one knows up to %d".formatted(schema.found(), schema.newest());
            }
            return schema.found() == schema.newest()
                    ? schema.found() + ", the newest"
                    : "%d; this release needs %d: see penstock record upgrade"
                            .formatted(schema.found(), schema.newest());
        }
    }

    /// `penstock record backup`.
    @Command(
            name = "backup",
            description = "Write the whole record, audit log included, to one new file. Servers go on meanwhile.",
            footer = {
                "",
                "The copy is as of one moment. It has the models' hashes and not their files: those that were uploaded",
                "are nowhere else, so copy the folder files/ of the data folder as well, after this.",
                "",
                "Examples:",
                "  penstock record backup --data-dir data /backups/record-$(date +%%F).db",
                "  penstock record backup --store-url jdbc:postgresql://db:5432/penstock record.db"
            })
    static final class Backup extends RecordCommand {
        @Parameters(paramLabel = "FILE", description = "The new file; one that is there is not written over.")
        private Path file = Path.of("");

        Backup(ConfigFlags flags, Surroundings surroundings) {
            super(flags, surroundings);
        }

        @Override
        int run(StoreSettings settings) {
            Path target = resolved(file);
            RecordContents contents = Stores.backUp(settings, target);
            ObjectNode result = object();
            result.put("record", settings.toString()).put("file", file.toString());
            put(result, contents);
            return done(
                    result,
                    "backed up %s to %s (%s)\n  %s\n  the models' files are not in it: copy the folder files/ as well\n"
                            .formatted(settings, file, size(target), words(contents)));
        }

        private static String size(Path file) {
            try {
                return ModelDetails.size(Files.size(file));
            } catch (IOException e) {
                return "of unknown size";
            }
        }
    }

    /// `penstock record restore`.
    @Command(
            name = "restore",
            description = "Put a backup into a record without any history. Another is left alone, unless --replace.",
            footer = {
                "",
                "Servers with the record in a file have to be stopped. The audit log goes on from where the backup was",
                "made, with an entry for the restore. Backups of a file and of a database are the same.",
                "",
                "Examples:",
                "  penstock record restore --data-dir data record.db",
                "  penstock record restore --data-dir data record.db --replace     keeps what was there in a new file"
            })
    static final class Restore extends RecordCommand {
        private static final DateTimeFormatter TIME =
                DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

        private final InstantSource time = InstantSource.system();

        @Parameters(paramLabel = "FILE", description = "The backup; it stays as it is.")
        private Path file = Path.of("");

        @Option(
                names = "--replace",
                description = "Also if there is something in the record: that is backed up first, beside FILE.")
        private boolean replace;

        Restore(ConfigFlags flags, Surroundings surroundings) {
            super(flags, surroundings);
        }

        @Override
        int run(StoreSettings settings) {
            Path backup = resolved(file);
            Stores.Schema schema = Stores.schema(settings);
            if (schema.found() != schema.newest() || Stores.contents(settings).isEmpty()) {
                int models = Stores.restore(settings, backup, WHO, time.instant());
                return restored(settings, models, null);
            }
            if (!replace) {
                return refused(settings, backup);
            }
            Instant now = time.instant();
            Path kept = backup.resolveSibling("%s.replaced-%s".formatted(backup.getFileName(), TIME.format(now)));
            int models = Stores.replace(settings, backup, kept, WHO, now);
            return restored(settings, models, kept);
        }

        private int refused(StoreSettings settings, Path backup) {
            RecordContents there = Stores.contents(settings);
            RecordContents saved = Stores.contents(new StoreSettings.Sqlite(backup));
            String error = """
                    nothing was changed: %s is not empty
                      there: %s, revision %d
                      backup: %s, revision %d
                    with --replace, what is there is kept in a new file beside the backup, and the backup takes its place""".formatted(settings, words(there), there.revision(), words(saved), saved.revision());
            ObjectNode refusal = object();
            refusal.put("error", error).put("reason", "refused");
            put(refusal.putObject("there"), there);
            put(refusal.putObject("backup"), saved);
            return failed(refusal);
        }

        private int restored(StoreSettings settings, int models, @Nullable Path kept) {
            ObjectNode result = object();
            result.put("record", settings.toString())
                    .put("file", file.toString())
                    .put("models", models);
            result.put("kept", kept == null ? "" : kept.toString());
            String text = "restored %d models from %s to %s\n".formatted(models, file, settings);
            return done(result, kept == null ? text : text + "  what was there is kept in " + kept + "\n");
        }
    }

    /// `penstock record upgrade`.
    @Command(
            name = "upgrade",
            description = "Bring the record to this release's schema. Servers do the same when they first open it.",
            footer = {
                "",
                "There is no way down but a restore: back the record up first, with the release that wrote it. For a",
                "database it also makes the schema, so that servers need no right to do so.",
                "",
                "Example:",
                "  penstock record upgrade --data-dir data"
            })
    static final class Upgrade extends RecordCommand {
        Upgrade(ConfigFlags flags, Surroundings surroundings) {
            super(flags, surroundings);
        }

        @Override
        int run(StoreSettings settings) {
            if (settings instanceof StoreSettings.Sqlite sqlite && !Files.exists(sqlite.file())) {
                ObjectNode refusal = object();
                refusal.put("error", "%s is not there (expected: a record; a server makes one)".formatted(sqlite));
                refusal.put("reason", "unreadable");
                return failed(refusal);
            }
            Stores.Schema schema = Stores.schema(settings);
            if (schema.found() != schema.newest()) {
                schema = Stores.upgrade(settings);
            }
            ObjectNode result = object();
            result.put("record", settings.toString())
                    .put("from", schema.found())
                    .put("to", schema.newest());
            return done(result, text(settings, schema));
        }

        private static String text(StoreSettings settings, Stores.Schema schema) {
            if (schema.found() == schema.newest()) {
                return "%s has schema %d, the newest: nothing to do\n".formatted(settings, schema.found());
            }
            return schema.found() == 0
                    ? "%s is a new record now, with schema %d\n".formatted(settings, schema.newest())
                    : "%s was brought from schema %d to %d\n".formatted(settings, schema.found(), schema.newest());
        }
    }
}
