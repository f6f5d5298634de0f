package dev.penstock.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What must hold of every server that has just started, whatever became of the one before. Version N of its
/// models multiplies by N.
final class WholeServer {
    private static final String REQUEST =
            "{\"inputs\":[{\"name\":\"x\",\"datatype\":\"FP32\",\"shape\":[1,4],\"data\":[1,0,0,0]}]}";

    private final KilledServers servers;

    private WholeServer(KilledServers servers) {
        this.servers = servers;
    }

    static void check(KilledServers servers) throws Exception {
        new WholeServer(servers).check();
    }

    private void check() throws Exception {
        assertThat(servers.infer("/v2/health/ready", "").statusCode()).isEqualTo(200);
        Set<String> recorded = new HashSet<>();
        for (JsonNode model : servers.models()) {
            checkModel(model);
            for (JsonNode version : model.path("versions")) {
                for (JsonNode file : version.path("files")) {
                    recorded.add(file.path("sha256").asString(""));
                }
            }
        }
        assertThat(sweptTo(recorded)).isEqualTo(recorded);
        assertThat(servers.namesIn("incoming")).isEmpty();
        assertThat(servers.namesIn("parts")).isEmpty();
    }

    /// The files on the disk: a server sweeps them once it is ready.
    private Set<String> sweptTo(Set<String> recorded) throws Exception {
        long begun = System.nanoTime();
        Set<String> files = servers.filesOnDisk();
        while (!files.equals(recorded) && System.nanoTime() - begun < TimeUnit.SECONDS.toNanos(120)) {
            files = servers.filesOnDisk();
        }
        return files;
    }

    private void checkModel(JsonNode model) throws Exception {
        String name = model.path("name").asString("");
        Set<Long> ready = new TreeSet<>();
        for (JsonNode version : model.path("versions")) {
            long number = version.path("version").asLong();
            if (version.path("state").asString("").equals("READY")) {
                ready.add(number);
                assertAnswers(name + "/versions/" + number, number);
            }
            // Of those that have to serve each has been judged.
            assertThat(version.path("gates")).as("gates of %s", version).isNotEmpty();
            JsonNode problems = servers.done(
                            KilledServers.Call.of("POST", "/models/" + name + "/versions/" + number + "/verify", ""))
                    .path("problems");
            assertThat(problems).as("%s/%d", name, number).isEmpty();
        }
        assertThat(ready).as("%s", model).isEqualTo(wanted(model));
        long standard = ready.stream().mapToLong(number -> number).max().orElse(0);
        for (JsonNode alias : model.path("aliases")) {
            long number = alias.path("version").asLong();
            String word = alias.path("name").asString("");
            assertThat(alias.path("effective").asLong())
                    .as("%s of %s", word, name)
                    .isEqualTo(number);
            assertAnswers(name + "@" + word, number);
            standard = word.equals("stable") ? number : standard;
        }
        if (standard > 0) {
            assertAnswers(name, standard);
        }
    }

    /// As docs/models.md has it: what the policy selects, and what aliases point to and pointed to before.
    private static Set<Long> wanted(JsonNode model) {
        TreeSet<Long> able = new TreeSet<>();
        for (JsonNode version : model.path("versions")) {
            if (version.path("wanted").asBoolean()) {
                able.add(version.path("version").asLong());
            }
        }
        String policy = model.path("policy").asString("");
        long latest = policy.equals("all") ? able.size() : Long.parseLong(policy.replace("latest ", ""));
        Set<Long> wanted = new TreeSet<>(
                List.copyOf(able.descendingSet()).stream().limit(latest).toList());
        for (JsonNode alias : model.path("aliases")) {
            wanted.add(alias.path("version").asLong());
            wanted.add(alias.path("previous").asLong());
        }
        wanted.retainAll(able);
        return wanted;
    }

    private void assertAnswers(String who, long version) throws Exception {
        HttpResponse<String> answer = servers.infer("/v2/models/" + who + "/infer", REQUEST);
        assertThat(answer.statusCode()).as("%s: %s", who, answer.body()).isEqualTo(200);
        assertThat(answer.headers().firstValue("x-penstock-version")).as(who).contains(Long.toString(version));
        JsonNode data = JsonMapper.shared()
                .readTree(answer.body())
                .path("outputs")
                .path(0)
                .path("data");
        assertThat(data.path(0).asLong()).as(who).isEqualTo(version);
    }
}
