package dev.penstock.server;

import static dev.penstock.server.TestGateways.EXAMPLES;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.server.alerting.TestReceiver;
import dev.penstock.server.store.StoreSettings;
import dev.penstock.server.store.TestPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Two whole servers with one database: what is usual is so for both, and each knows what the other counts.
@Timeout(500)
class SharedServersTest {
    private static final String DRIFT = "/api/v1/models/iris/versions/1/drift";

    private final HttpClient http = HttpClient.newHttpClient();

    @TempDir
    private Path folder;

    private JsonNode ask(String method, String url, String body) {
        try {
            HttpRequest request = HttpRequest.newBuilder(URI.create(url))
                    .header("Content-Type", "application/json")
                    .method(method, BodyPublishers.ofString(body))
                    .build();
            HttpResponse<String> answer = http.send(request, BodyHandlers.ofString());
            assertThat(answer.statusCode())
                    .as("%s %s: %s", method, url, answer.body())
                    .isBetween(200, 201);
            return JsonMapper.shared().readTree(answer.body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private JsonNode drift(AnnouncingProcess server) {
        return ask("GET", server.admin(DRIFT), "");
    }

    private static AnnouncingProcess started(Path data, StoreSettings store) throws IOException {
        AnnouncingProcess server = new AnnouncingProcess(EXAMPLES.resolve("models"), data, store);
        server.start();
        server.awaitReady();
        return server;
    }

    @Test
    void aBaselineOfOneIsOfBothAndEachKnowsWhoCounts() throws Exception {
        StoreSettings store = TestPostgres.shared().newSchema();
        String flowers = Files.readString(EXAMPLES.resolve("requests/iris.json"));
        try (AnnouncingProcess one = started(folder.resolve("one"), store);
                AnnouncingProcess other = started(folder.resolve("other"), store)) {
            String id = ask(
                            "POST",
                            one.admin("/api/v1/models/iris/baselines"),
                            "{\"features\":[{\"name\":\"output:label\",\"categories\":{\"0\":50,\"1\":50,\"2\":50}}]}")
                    .path("id")
                    .asString();
            JsonNode _ =
                    ask("PUT", one.admin("/api/v1/models/iris/versions/1/baseline"), "{\"id\":\"%s\"}".formatted(id));

            JsonNode _ = ask("POST", one.rest("/v2/models/iris/infer"), flowers);
            JsonNode _ = ask("POST", other.rest("/v2/models/iris/infer"), flowers);

            TestReceiver.await(
                    () -> drift(other).path("baseline").path("id").asString().equals(id), "held there");
            TestReceiver.await(() -> !drift(one).path("replicas").isEmpty(), "this server counts");
            TestReceiver.await(() -> !drift(other).path("replicas").isEmpty(), "the other counts");
            Set<String> who = new HashSet<>(drift(one).path("replicas").findValuesAsString("id"));
            who.addAll(drift(other).path("replicas").findValuesAsString("id"));
            assertThat(who).as("each has counted").hasSize(2);
            assertThat(ask("GET", other.admin("/api/v1/models/iris/baselines"), "")
                            .path("baselines")
                            .path(0)
                            .path("id")
                            .asString())
                    .isEqualTo(id);
        }
    }
}
