package dev.penstock.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.runtime.OnnxModels;
import dev.penstock.server.KilledServers.Call;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;

/// Something that is asked for of a server with the model `m`, which has the alias `stable`.
///
/// @param done whether it has happened, by what the server tells of its model
/// @param again the status of a call for what has happened, or 0 if it must not be repeated
record Wish(String model, Call call, Predicate<JsonNode> done, int again) {
    static final String MODEL = "m";
    private static final String STABLE = "/models/m/aliases/stable";

    /// Brings the server to where there is something to wish for.
    @FunctionalInterface
    interface Act {
        Wish prepared(KilledServers servers) throws Exception;
    }

    static void register(KilledServers servers, String model, long version, String... aliases) throws Exception {
        JsonNode done = servers.done(registration(servers, model, version, aliases));
        assertThat(done.path("serving").asBoolean()).as("%s", done).isTrue();
    }

    /// From a file that the server reads.
    private static Call registration(KilledServers servers, String model, long version, String... aliases)
            throws Exception {
        Path file = servers.repository.resolve(model + version + ".onnx");
        Files.write(file, OnnxModels.times((float) version, 4));
        String names = aliases.length == 0 ? "" : "\"" + String.join("\",\"", aliases) + "\"";
        // Without the search for the best batch, which takes longer than all the rest.
        return Call.of("POST", "/models", """
                {"model":"%s","version":%d,"uri":"%s","aliases":[%s],
                 "config":"parameters { key: \\"batching\\" value { string_value: \\"off\\" } }",
                 "lineage":{"git_commit":"c%d","metrics":{"auc":0.5}}}
                """.formatted(model, version, file, names, version));
    }

    static Wish upload(KilledServers servers) throws Exception {
        long number = newest(servers) + 1;
        Call call = new Call(
                "PUT",
                "/models/m/versions/" + number,
                BodyPublishers.ofByteArray(OnnxModels.times((float) number, 4)),
                "application/octet-stream");
        return new Wish(MODEL, call, model -> newest(model) == number, 200);
    }

    static Wish fetch(KilledServers servers) throws Exception {
        long number = newest(servers) + 1;
        Call call = registration(servers, MODEL, number, "canary");
        return new Wish(
                MODEL, call, model -> newest(model) == number && alias(model, "canary", "version") == number, 200);
    }

    static Wish promote(KilledServers servers) throws Exception {
        JsonNode model = servers.model(MODEL);
        long from = alias(model, "stable", "version");
        long to = from == newest(model) ? newest(model) - 1 : newest(model);
        // The newest is in memory, and so is what is kept for the way back.
        return new Wish(
                MODEL,
                Call.of("PUT", STABLE, "{\"version\":%d}".formatted(to)),
                now -> alias(now, "stable", "version") == to && alias(now, "stable", "previous") == from,
                200);
    }

    static Wish rollBack(KilledServers servers) throws Exception {
        JsonNode model = servers.model(MODEL);
        long from = alias(model, "stable", "version");
        long to = alias(model, "stable", "previous");
        // A second one would lead back.
        return new Wish(
                MODEL,
                Call.of("POST", STABLE + "/rollback", ""),
                now -> alias(now, "stable", "version") == to && alias(now, "stable", "previous") == from,
                0);
    }

    static Wish unload(KilledServers servers) throws Exception {
        long number = newest(servers) + 1;
        register(servers, MODEL, number);
        return new Wish(
                MODEL,
                Call.of("POST", "/models/m/versions/" + number + "/unload", ""),
                model -> !model.path("versions")
                        .path((int) number - 1)
                        .path("wanted")
                        .asBoolean(),
                200);
    }

    static Wish policy(KilledServers servers) throws Exception {
        boolean all = servers.model(MODEL).path("policy").asString("").equals("all");
        String policy = all ? "latest 2" : "all";
        return new Wish(
                MODEL,
                Call.of("PUT", "/models/m/policy", "{\"policy\":\"%s\"}".formatted(policy)),
                model -> model.path("policy").asString("").equals(policy),
                200);
    }

    static Wish deleteVersion(KilledServers servers) throws Exception {
        long number = newest(servers) + 1;
        register(servers, MODEL, number);
        return new Wish(
                MODEL, Call.of("DELETE", "/models/m/versions/" + number, ""), model -> newest(model) < number, 404);
    }

    static Wish deleteModel(KilledServers servers) throws Exception {
        register(servers, "gone", servers.newestEntry());
        register(servers, "gone", servers.newestEntry());
        return new Wish("gone", Call.of("DELETE", "/models/gone", ""), JsonNode::isMissingNode, 404);
    }

    private static long newest(KilledServers servers) throws Exception {
        return newest(servers.model(MODEL));
    }

    private static long newest(JsonNode model) {
        JsonNode versions = model.path("versions");
        return versions.isEmpty()
                ? 0
                : versions.get(versions.size() - 1).path("version").asLong();
    }

    private static long alias(JsonNode model, String name, String field) {
        for (JsonNode alias : model.path("aliases")) {
            if (alias.path("name").asString("").equals(name)) {
                return alias.path(field).asLong();
            }
        }
        return 0;
    }
}
