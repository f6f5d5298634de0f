package dev.penstock.server;

import dev.penstock.server.config.ConfigException;
import dev.penstock.server.config.ServerConfig;
import dev.penstock.server.store.RecordContents;
import dev.penstock.server.store.StoreException;
import dev.penstock.server.store.StoreSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// A command of `penstock record`: works on the record itself and not through a server.
abstract class RecordCommand implements Callable<Integer> {
    private final ConfigFlags flags;
    private final Surroundings surroundings;

    @Mixin
    private JsonFlag json = new JsonFlag();

    RecordCommand(ConfigFlags flags, Surroundings surroundings) {
        this.flags = flags;
        this.surroundings = surroundings;
    }

    @Override
    public final Integer call() {
        ServerConfig.Registered config = flags.read().server().registered();
        Optional<Path> data = config.dataDir();
        if (data.isEmpty() && config.storeUrl().isEmpty()) {
            throw new ConfigException(
                    List.of("data-dir: none, and no store.url (expected: --data-dir DIR, the folder of a"
                            + " server's record, or --store-url URL, its database)"));
        }
        try {
            // The file is not looked at where there is a database.
            Path file = surroundings
                    .workingFolder()
                    .resolve(data.orElse(Path.of("")))
                    .resolve("record.db");
            StoreSettings settings = StoreSettings.of(config.storeUrl(), file, surroundings.environment());
            return run(settings);
        } catch (IllegalArgumentException e) {
            throw new ConfigException(List.of(String.valueOf(e.getMessage())));
        } catch (StoreException e) {
            ObjectNode refusal = object();
            refusal.put("error", String.valueOf(e.getMessage()));
            refusal.put("reason", e.reason().name().toLowerCase(Locale.ROOT));
            return failed(refusal);
        }
    }

    /// @return an [ExitCode]
    /// @throws StoreException if the record does not allow it
    abstract int run(StoreSettings settings);

    final Surroundings surroundings() {
        return surroundings;
    }

    /// A path as it was written, from where the command was given.
    final Path resolved(Path path) {
        return surroundings.workingFolder().resolve(path);
    }

    static ObjectNode object() {
        return JsonMapper.shared().createObjectNode();
    }

    /// @param text ends with a line feed
    final int done(ObjectNode result, String text) {
        surroundings.out().print(json.isSet() ? result + "\n" : text);
        return ExitCode.OK;
    }

    /// @param refusal says why in `error`
    final int failed(ObjectNode refusal) {
        if (json.isSet()) {
            surroundings.out().println(refusal);
        }
        surroundings.err().println(refusal.path("error").asString(""));
        return ExitCode.FAILED;
    }

    static void put(ObjectNode node, RecordContents contents) {
        node.put("revision", contents.revision())
                .put("models", contents.models())
                .put("versions", contents.versions())
                .put("aliases", contents.aliases())
                .put("routes", contents.routes())
                .put("rollouts", contents.rollouts())
                .put("baselines", contents.baselines())
                .put("audit_entries", contents.auditEntries())
                .put("changed", contents.changed().map(Object::toString).orElse(""));
    }

    /// What there is, in a few words.
    static String words(RecordContents contents) {
        String routes = contents.routes() + contents.rollouts() == 0
                ? ""
                : ", %d routes, %d rollouts".formatted(contents.routes(), contents.rollouts());
        String baselines = contents.baselines() == 0 ? "" : ", %d baselines".formatted(contents.baselines());
        return "%d models, %d versions, %d aliases%s%s, %d audit entries"
                .formatted(
                        contents.models(),
                        contents.versions(),
                        contents.aliases(),
                        routes,
                        baselines,
                        contents.auditEntries());
    }
}
