package dev.penstock.server.rest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class AdminApiTest extends AdminTests {
    /// @param body JSON, or ""
    private HttpResponse<String> ask(String method, String path, String body) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(server().url() + path))
                .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
                .header("x-penstock-caller", "ann")
                .build();
        return client.send(request, BodyHandlers.ofString(UTF_8));
    }

    private JsonNode ok(String method, String path, String body) throws Exception {
        HttpResponse<String> response = ask(method, path, body);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return JsonMapper.shared().readTree(response.body());
    }

    private void assertRefused(int status, String reason, String method, String path, String body) throws Exception {
        HttpResponse<String> response = ask(method, path, body);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        assertThat(JsonMapper.shared().readTree(response.body()).path("error").asString(""))
                .contains(reason);
    }

    private void register(int versions) throws Exception {
        for (int version = 1; version <= versions; version++) {
            HttpResponse<String> response = ask("PUT", "/api/v1/models/digits/versions/" + version, "model " + version);
            assertThat(response.statusCode()).as(response.body()).isEqualTo(201);
        }
    }

    @Test
    void anAliasMovesAndGoesBack() throws Exception {
        register(2);
        String alias = "/api/v1/models/digits/aliases/stable";

        ok("PUT", alias, "{\"version\":1}");
        JsonNode promoted = ok("PUT", alias, "{\"version\":2}");
        JsonNode back = ok("POST", alias + "/rollback", "");
        ok("DELETE", alias, "");

        assertThat(promoted.path("version").asInt()).isEqualTo(2);
        assertThat(promoted.path("previous").asInt()).isEqualTo(1);
        assertThat(promoted.path("effective").asInt()).isEqualTo(2);
        assertThat(promoted.path("by").asString("")).isEqualTo("ann");
        assertThat(back.path("version").asInt()).isEqualTo(1);
        assertRefused(404, "no alias 'stable'", "POST", alias + "/rollback", "");
        assertRefused(404, "version 9 of 'digits'", "PUT", alias, "{\"version\":9}");
        assertRefused(400, "field 'version' is missing", "PUT", alias, "");
        assertRefused(400, "did you mean version?", "PUT", alias, "{\"versoin\":1}");
        assertRefused(400, "field 'version' is unknown (expected: none)", "DELETE", alias, "{\"version\":1}");
    }

    @Test
    void anAliasWhoseTargetIsNotReadyAnswersWithThePreviousOne() throws Exception {
        register(2);
        ok("PUT", "/api/v1/models/digits/aliases/stable", "{\"version\":1}");
        ok("POST", "/api/v1/models/digits/versions/2/unload", "");

        JsonNode alias = ok("PUT", "/api/v1/models/digits/aliases/stable", "{\"version\":2}");
        JsonNode shown = ok("GET", "/api/v1/models/digits", "");
        ok("POST", "/api/v1/models/digits/versions/2/load", "");
        JsonNode loaded = ok("GET", "/api/v1/models/digits", "");

        assertThat(alias.path("effective").asInt()).isEqualTo(1);
        assertThat(shown.path("aliases").get(0).path("effective").asInt()).isEqualTo(1);
        assertThat(shown.path("versions").get(1).path("wanted").asBoolean()).isFalse();
        assertThat(loaded.path("aliases").get(0).path("effective").asInt()).isEqualTo(2);
    }

    @Test
    void thePolicyIsSetAndRefusedInTheServersWords() throws Exception {
        register(1);

        assertThat(ok("PUT", "/api/v1/models/digits/policy", "{\"policy\":\"all\"}")
                        .path("policy")
                        .asString(""))
                .isEqualTo("all");
        assertRefused(400, "policy: 'some'", "PUT", "/api/v1/models/digits/policy", "{\"policy\":\"some\"}");
        assertRefused(400, "field 'policy' is missing", "PUT", "/api/v1/models/digits/policy", "{}");
    }

    @Test
    void whatIsDeletedIsGone() throws Exception {
        register(2);
        ok("PUT", "/api/v1/models/digits/aliases/stable", "{\"version\":2}");

        ok("DELETE", "/api/v1/models/digits/versions/1", "");
        assertRefused(400, "an alias points to it", "DELETE", "/api/v1/models/digits/versions/2", "");
        assertRefused(404, "version 1 of 'digits'", "DELETE", "/api/v1/models/digits/versions/1", "");
        ok("DELETE", "/api/v1/models/digits", "");
        assertRefused(404, "'digits' is not found", "GET", "/api/v1/models/digits", "");
    }

    @Test
    void filesAreComparedWithTheRecord() throws Exception {
        register(1);
        String path = "/api/v1/models/digits/versions/1/verify";
        JsonNode whole = ok("POST", path, "");
        Files.delete(server().files().file(server().files().names().getFirst()));

        assertThat(whole.path("problems")).isEmpty();
        assertThat(ok("POST", path, "").path("problems").get(0).asString("")).isEqualTo("model.onnx is missing");
    }

    @Test
    void theAuditLogIsReadInPages() throws Exception {
        register(3);

        JsonNode newest = ok("GET", "/api/v1/audit?model=digits&limit=2", "").path("entries");
        JsonNode older = ok(
                        "GET",
                        "/api/v1/audit?before=" + newest.get(1).path("id").asLong(),
                        "")
                .path("entries");

        assertThat(newest).hasSize(2);
        assertThat(newest.get(0).path("who").asString("")).isEqualTo("ann");
        assertThat(newest.get(0).path("before").toString()).isEqualTo("{\"revision\":2}");
        assertThat(newest.get(0).path("after").toString()).isEqualTo("{\"revision\":3}");
        assertThat(older).hasSize(1);
        assertThat(older.get(0).path("before").isNull()).isTrue();
        assertRefused(400, "query parameter 'limit': '0' (expected: 1 to 1000)", "GET", "/api/v1/audit?limit=0", "");
        assertRefused(400, "did you mean limit?", "GET", "/api/v1/audit?limits=3", "");
        assertRefused(400, "is there twice", "GET", "/api/v1/audit?limit=3&limit=3", "");
        assertRefused(400, "(expected: none)", "GET", "/api/v1/models?limit=3", "");
    }

    @Test
    void eventsAreThoseOfTheModel() throws Exception {
        register(1);

        JsonNode events = ok("GET", "/api/v1/models/digits/events", "").path("events");

        assertThat(events).hasSize(3);
        assertThat(events.get(2).path("phase").asString("")).isEqualTo("ready");
        assertThat(ok("GET", "/api/v1/models/other/events", "").path("events")).isEmpty();
    }

    @Test
    void thereIsADocumentAndAnAnswerToEverythingElse() throws Exception {
        assertThat(ask("GET", "/api/v1/openapi.yaml", "").body()).startsWith("openapi: 3.1.0\n");
        assertThat(ask("GET", "/health?from=probe", "").statusCode()).isEqualTo(200);
        assertThat(ask("GET", "/api/v1/nothing", "").statusCode()).isEqualTo(404);
        HttpResponse<String> wrong = ask("POST", "/api/v1/models/digits/versions/1", "");
        assertThat(wrong.statusCode()).isEqualTo(405);
        assertThat(wrong.headers().firstValue("allow")).contains("PUT, DELETE");
        assertRefused(400, "version 'x' of model", "POST", "/api/v1/models/digits/versions/x/load", "");
        assertRefused(400, "model name: 'a/b'", "GET", "/api/v1/models/a%2Fb", "");
        assertRefused(400, "model name: 'a/b'", "PUT", "/api/v1/models/a%2Fb/versions/1", "x");
    }

    @Test
    void aWebPageMayChangeNothing() throws Exception {
        try (RawClient raw = new RawClient(server().port())) {
            raw.send("DELETE /api/v1/models/digits HTTP/1.1\r\nHost: x\r\nOrigin: http://evil.example\r\n\r\n");
            RawClient.Response response = raw.read();
            raw.send("GET /api/v1/models HTTP/1.1\r\nHost: x\r\nOrigin: http://evil.example\r\n\r\n");

            assertThat(response.status()).isEqualTo(403);
            assertThat(response.body()).contains("Origin: 'http://evil.example'");
            assertThat(raw.read().status()).isEqualTo(200);
        }
    }
}
