package dev.penstock.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.runtime.OnnxModels;
import dev.penstock.server.KilledServers.Call;
import dev.penstock.server.store.TestPostgres;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Kills a whole server (SIGKILL) before and after each step of what it does with registered models, starts
/// another on what it left, and looks at all of that.
@Timeout(600)
class CrashMatrixTest {
    private static final String MODEL = "m";
    private static final String STABLE = "/models/m/aliases/stable";
    private static final List<String> SERVING =
            List.of("record register", "recorded register", "open", "judge", "judged", "record gates", "recorded gates");
    private static final List<String> ARRIVAL = List.of("receive", "begun", "all read", "kept");

    /// What is asked for now.
    ///
    /// @param done whether it has happened, by what the server tells of its model
    /// @param again the status of a call for what has happened, or 0 if it must not be repeated
    private record Wish(String model, Call call, Predicate<JsonNode> done, int again) {}

    /// Brings the server to where there is something to wish for.
    @FunctionalInterface
    private interface Act {
        Wish prepared(KilledServers servers) throws Exception;
    }

    @TempDir
    private Path root;

    @Test
    void anUploadIsThereAsAWholeOrNotAtAll() throws Exception {
        try (KilledServers servers = KilledServers.inFile(root)) {
            register(servers, MODEL, 1, "stable");

            crashAtEach(joined(ARRIVAL, SERVING), servers, CrashMatrixTest::upload);
        }
    }

    @Test
    void soIsWhatIsFetchedTogetherWithItsAliases() throws Exception {
        try (KilledServers servers = KilledServers.inFile(root)) {
            register(servers, MODEL, 1, "stable");

            List<String> steps = joined(List.of("fetch", "fetched"), SERVING);
            // From there on it goes as with an upload.
            for (String step : List.of("fetch", "fetched", "recorded register", "")) {
                crashAt(step, steps, servers, CrashMatrixTest::fetch);
            }
        }
    }

    @Test
    void anAliasIsMovedAndMovedBackOrNot() throws Exception {
        try (KilledServers servers = KilledServers.inFile(root)) {
            register(servers, MODEL, 1, "stable");
            register(servers, MODEL, 2);

            crashAtEach(recording("promote"), servers, CrashMatrixTest::promote);
            crashAtEach(recording("rollback"), servers, CrashMatrixTest::rollBack);
        }
    }

    @Test
    void whatIsRetiredIsGoneWithItsFilesOrServes() throws Exception {
        try (KilledServers servers = KilledServers.inFile(root)) {
            register(servers, MODEL, 1, "stable");
            servers.done(Call.of("PUT", "/models/m/policy", "{\"policy\":\"all\"}"));
            List<String> deletion = joined(recording("delete"), List.of("sweep", "swept"));

            crashAt("recorded unload", recording("unload"), servers, CrashMatrixTest::unload);
            crashAt("recorded policy", recording("policy"), servers, CrashMatrixTest::policy);
            crashAtEach(deletion, servers, CrashMatrixTest::deleteVersion);
            crashAt("recorded delete", deletion, servers, CrashMatrixTest::deleteModel);
            crashAt("swept", deletion, servers, CrashMatrixTest::deleteModel);
        }
    }

    @Test
    void aStartThatIsKilledIsDoneByTheNext() throws Exception {
        try (KilledServers servers = KilledServers.inFile(root)) {
            register(servers, MODEL, 1, "stable");
            long before = servers.newestEntry();
            Wish wish = fetch(servers);
            servers.killAt("recorded register", wish.call());

            for (String step : List.of("judged", "record gates", "recorded gates", "swept")) {
                servers.startUntil(step);
                boolean judged = List.of("recorded gates", "swept").contains(step);
                assertThat(servers.actionsOfKilled(before))
                        .as("killed at %s", step)
                        .isEqualTo(judged ? List.of("register", "gates") : List.of("register"));
            }
            servers.start();
            assertThat(servers.actions(before)).containsExactly("register", "gates");
            assertThat(wish.done().test(servers.model(MODEL))).isTrue();
            WholeServer.check(servers);
        }
    }

    @Test
    void aRecordInPostgresIsLeftTheSameWay() throws Exception {
        try (KilledServers servers =
                new KilledServers(root, TestPostgres.shared().newSchema())) {
            register(servers, MODEL, 1, "stable");
            List<String> upload = joined(joined(ARRIVAL, List.of("share", "shared")), SERVING);

            for (String step : List.of("share", "shared", "recorded register", "")) {
                crashAt(step, upload, servers, CrashMatrixTest::upload);
            }
            crashAt("recorded promote", recording("promote"), servers, CrashMatrixTest::promote);
            crashAt("", recording("rollback"), servers, CrashMatrixTest::rollBack);
        }
    }

    private static void crashAtEach(List<String> steps, KilledServers servers, Act act) throws Exception {
        for (String step : joined(steps, List.of(""))) {
            crashAt(step, steps, servers, act);
        }
    }

    /// @param step where to kill it, or "" for: once it has answered
    /// @param steps all that the act has, in their order
    private static void crashAt(String step, List<String> steps, KilledServers servers, Act act) throws Exception {
        Wish wish = act.prepared(servers);
        long before = servers.newestEntry();

        List<String> seen = servers.killAt(step, wish.call());
        String where = "%s %s, killed at '%s'".formatted(wish.call().method(), wish.call().path(), step);
        assertThat(seen).as(where).isEqualTo(step.isEmpty() ? steps : steps.subList(0, steps.indexOf(step) + 1));
        List<String> done = recorded(seen);
        assertThat(servers.actionsOfKilled(before)).as(where).isEqualTo(done);

        servers.start();
        // What nobody came to judge is judged by the next.
        List<String> wanted = done.equals(List.of("register")) ? List.of("register", "gates") : done;
        assertThat(servers.actions(before)).as(where).isEqualTo(wanted);
        assertThat(wish.done().test(servers.model(wish.model()))).as(where).isEqualTo(!done.isEmpty());
        WholeServer.check(servers);

        repeat(wish, !done.isEmpty(), servers);
        assertThat(wish.done().test(servers.model(wish.model()))).as(where).isTrue();
    }

    /// Who does not know what became of a call makes it again.
    private static void repeat(Wish wish, boolean done, KilledServers servers) throws Exception {
        if (done && wish.again() == 0) {
            return;
        }
        HttpResponse<String> answer = servers.ask(wish.call());
        if (done) {
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(wish.again());
        } else {
            assertThat(answer.statusCode()).as(answer.body()).isBetween(200, 201);
        }
    }

    private static List<String> recorded(List<String> steps) {
        return steps.stream()
                .filter(step -> step.startsWith("recorded "))
                .map(step -> step.substring("recorded ".length()))
                .toList();
    }

    private static List<String> recording(String action) {
        return List.of("record " + action, "recorded " + action);
    }

    private static List<String> joined(List<String> first, List<String> second) {
        List<String> all = new ArrayList<>(first);
        all.addAll(second);
        return all;
    }

    private static void register(KilledServers servers, String model, long version, String... aliases)
            throws Exception {
        JsonNode done = servers.done(registration(servers, model, version, aliases));
        assertThat(done.path("serving").asBoolean()).as("%s", done).isTrue();
    }

    /// From a file that the server reads.
    private static Call registration(KilledServers servers, String model, long version, String... aliases)
            throws Exception {
        Path file = servers.repository.resolve(model + version + ".onnx");
        Files.write(file, OnnxModels.times(version, 4));
        String names = aliases.length == 0 ? "" : "\"" + String.join("\",\"", aliases) + "\"";
        // Without the search for the best batch, which takes longer than all the rest.
        return Call.of("POST", "/models", """
                {"model":"%s","version":%d,"uri":"%s","aliases":[%s],
                 "config":"parameters { key: \\"batching\\" value { string_value: \\"off\\" } }",
                 "lineage":{"git_commit":"c%d","metrics":{"auc":0.5}}}
                """.formatted(model, version, file, names, version));
    }

    private static Wish upload(KilledServers servers) throws Exception {
        long number = newest(servers) + 1;
        Call call = new Call(
                "PUT",
                "/models/m/versions/" + number,
                BodyPublishers.ofByteArray(OnnxModels.times(number, 4)),
                "application/octet-stream");
        return new Wish(MODEL, call, model -> newest(model) == number, 200);
    }

    private static Wish fetch(KilledServers servers) throws Exception {
        long number = newest(servers) + 1;
        Call call = registration(servers, MODEL, number, "canary");
        return new Wish(
                MODEL, call, model -> newest(model) == number && alias(model, "canary", "version") == number, 200);
    }

    private static Wish promote(KilledServers servers) throws Exception {
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

    private static Wish rollBack(KilledServers servers) throws Exception {
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

    private static Wish unload(KilledServers servers) throws Exception {
        long number = newest(servers) + 1;
        register(servers, MODEL, number);
        return new Wish(
                MODEL,
                Call.of("POST", "/models/m/versions/" + number + "/unload", ""),
                model -> !model.path("versions").path((int) number - 1).path("wanted").asBoolean(),
                200);
    }

    private static Wish policy(KilledServers servers) throws Exception {
        boolean all = servers.model(MODEL).path("policy").asString("").equals("all");
        String policy = all ? "latest 2" : "all";
        return new Wish(
                MODEL,
                Call.of("PUT", "/models/m/policy", "{\"policy\":\"%s\"}".formatted(policy)),
                model -> model.path("policy").asString("").equals(policy),
                200);
    }

    private static Wish deleteVersion(KilledServers servers) throws Exception {
        long number = newest(servers) + 1;
        register(servers, MODEL, number);
        return new Wish(
                MODEL,
                Call.of("DELETE", "/models/m/versions/" + number, ""),
                model -> newest(model) < number,
                404);
    }

    private static Wish deleteModel(KilledServers servers) throws Exception {
        register(servers, "gone", servers.newestEntry());
        register(servers, "gone", servers.newestEntry());
        return new Wish("gone", Call.of("DELETE", "/models/gone", ""), JsonNode::isMissingNode, 404);
    }

    private static long newest(KilledServers servers) throws Exception {
        return newest(servers.model(MODEL));
    }

    private static long newest(JsonNode model) {
        JsonNode versions = model.path("versions");
        return versions.isEmpty() ? 0 : versions.get(versions.size() - 1).path("version").asLong();
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
