package dev.penstock.server.rest;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.server.store.Digests;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class AdminUploadTest extends AdminTests {
    private static final int LARGE = 24 << 20;

    private static final String TYPE = "multipart/form-data; boundary=b";

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(server().url() + path)).timeout(Duration.ofMinutes(2));
    }

    private HttpResponse<String> send(HttpRequest request) throws Exception {
        return client.send(request, BodyHandlers.ofString(UTF_8));
    }

    private HttpResponse<String> put(long version, byte[] bytes) throws Exception {
        return send(request("/api/v1/models/digits/versions/" + version)
                .header("Content-Type", "application/octet-stream")
                .PUT(BodyPublishers.ofByteArray(bytes))
                .build());
    }

    private HttpResponse<String> post(String type, byte[] body) throws Exception {
        return send(request("/api/v1/models")
                .header("Content-Type", type)
                .POST(BodyPublishers.ofByteArray(body))
                .build());
    }

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    private static String sha256(byte[] bytes) {
        return HexFormat.of().formatHex(Digests.sha256().digest(bytes));
    }

    private static JsonNode json(HttpResponse<String> response) {
        return JsonMapper.shared().readTree(response.body());
    }

    /// A body whose parts are an order and files, each a name and content.
    private static byte[] parts(String order, Object... files) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        body.write(("--b\r\nContent-Disposition: form-data; name=\"order\"\r\n\r\n" + order + "\r\n").getBytes(UTF_8));
        for (int i = 0; i < files.length; i += 2) {
            body.write(("--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"" + files[i] + "\"\r\n\r\n")
                    .getBytes(UTF_8));
            body.write((byte[]) files[i + 1]);
            body.write("\r\n".getBytes(UTF_8));
        }
        body.write("--b--\r\n".getBytes(UTF_8));
        return body.toByteArray();
    }

    @Test
    void aFileOfManyMegabytesIsKeptAsItWasSent() throws Exception {
        byte[] model = random(LARGE);

        HttpResponse<String> first = put(3, model);
        HttpResponse<String> again = put(3, model);
        HttpResponse<String> other = put(3, random(1000));

        assertThat(first.statusCode()).as(first.body()).isEqualTo(201);
        assertThat(json(first).path("sha256").asString("")).isEqualTo(sha256(model));
        assertThat(json(first).path("bytes").asLong(0)).isEqualTo(LARGE);
        assertThat(first.headers().firstValue("x-penstock-version")).contains("3");
        assertThat(Files.readAllBytes(server().files().file(sha256(model)))).isEqualTo(model);
        assertThat(again.statusCode()).isEqualTo(200);
        assertThat(json(again).path("new").asBoolean(true)).isFalse();
        assertThat(other.statusCode()).isEqualTo(409);
        assertThat(json(other).path("error").asString("")).contains("has other bytes");
    }

    @Test
    void anotherHashThanAnnouncedIsRefusedAndNothingIsLeft() throws Exception {
        HttpResponse<String> response = send(request("/api/v1/models/digits/versions/1")
                .header("X-Penstock-Sha256", "0".repeat(64))
                .PUT(BodyPublishers.ofByteArray(random(3 << 20)))
                .build());

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.body()).contains("(expected: " + "0".repeat(64) + ")");
        assertThat(server().files().names()).isEmpty();
        assertThat(server().admin().registered()).isEmpty();
    }

    @Test
    void anOrderAndItsFilesAreRegisteredTogether() throws Exception {
        byte[] weights = random(2 << 20);
        String order = """
                {"model":"digits","aliases":["stable"],"policy":"all","config":"max_batch_size: 8",
                 "lineage":{"git_commit":"abc","metrics":{"accuracy":0.5},"labels":{"team":"vision"}}}""";

        HttpResponse<String> response =
                post(TYPE, parts(order, "model.onnx", random(1000), "data/weights.bin", weights));

        assertThat(response.statusCode()).as(response.body()).isEqualTo(201);
        JsonNode model = json(send(request("/api/v1/models/digits").build()));
        assertThat(model.path("policy").asString("")).isEqualTo("all");
        assertThat(model.path("config").asString("")).isEqualTo("max_batch_size: 8");
        assertThat(model.path("aliases").get(0).toString())
                .isEqualTo("{\"name\":\"stable\",\"version\":1,\"previous\":0,\"effective\":1,"
                        + "\"moved\":\"2026-11-21T10:20:30.500Z\",\"by\":\"local\"}");
        JsonNode version = model.path("versions").get(0);
        assertThat(version.path("state").asString("")).isEqualTo("READY");
        assertThat(version.path("files").get(0).path("path").asString("")).isEqualTo("data/weights.bin");
        assertThat(version.path("files").get(0).path("sha256").asString("")).isEqualTo(sha256(weights));
        assertThat(version.path("lineage").toString())
                .isEqualTo("{\"git_commit\":\"abc\",\"data_version\":\"\",\"training_run\":\"\",\"author\":\"\","
                        + "\"metrics\":{\"accuracy\":0.5},\"labels\":{\"team\":\"vision\"}}");
    }

    @Test
    void theOnlyFileIsTheModelWhateverItIsCalled() throws Exception {
        byte[] model = random(500);
        HttpResponse<String> response = post(
                TYPE, parts("{\"model\":\"digits\",\"sha256\":\"" + sha256(model) + "\"}", "digits v2.onnx", model));

        assertThat(response.statusCode()).as(response.body()).isEqualTo(201);
        assertThat(json(response).path("files").get(0).path("path").asString(""))
                .isEqualTo("model.onnx");
    }

    @Test
    void anOrderMayNameWhereTheFilesAre() throws Exception {
        Path file = Files.write(folder.resolve("m.onnx"), random(100));
        HttpResponse<String> response = post(
                "application/json; charset=utf-8",
                "{\"model\":\"digits\",\"version\":7,\"uri\":\"%s\"}"
                        .formatted(file)
                        .getBytes(UTF_8));

        assertThat(response.statusCode()).as(response.body()).isEqualTo(201);
        assertThat(json(response).path("source").asString("")).isEqualTo(file.toString());
        assertThat(json(response).path("version").asLong(0)).isEqualTo(7);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    {"model":"d","aliasses":[]} | field 'aliasses' is unknown (expected: model, version, | did you mean aliases?
                    {"model":"d","lineage":{"git":"x"}} | field 'lineage.git' is unknown (expected: git_commit, | data_version
                    {"model":"d","lineage":{"metrics":{"a":"x"}}} | Unable to parse 'lineage.metrics.a': "x" | a finite number
                    {"model":"d","version":-1} | Unable to parse 'version': -1 | > 0
                    {"model":"a/b"} | model name: 'a/b' | expected
                    {"version":1} | field 'model' is missing | expected
                    {"model":"d"} | field 'uri' is missing | multipart/form-data
                    {"model":"d","sha256":"A"} | field 'sha256': 'A' | 64 lower-case hexadecimal digits
                    {"model":"d"} {} | more follows after the object | request
                    {"model" | Unable to parse the request's JSON | line 1
                    """)
    void anOrderIsReadStrictly(String order, String first, String second) throws Exception {
        HttpResponse<String> response = post("application/json", order.getBytes(UTF_8));

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(json(response).path("error").asString("")).contains(first, second);
    }

    @Test
    void brokenMultipartIsRefusedAndNothingIsRegistered() throws Exception {
        byte[] whole = parts("{\"model\":\"digits\"}", "m.onnx", random(300_000));

        assertRefused(Arrays.copyOf(whole, whole.length - 20), "malformed multipart/form-data: the body ends within");
        assertRefused("{}".getBytes(UTF_8), "malformed multipart/form-data: no boundary");
        assertRefused(parts("{\"model\":\"digits\"}"), "without a part 'file'");
        assertRefused(parts("{\"model\":\"digits\",\"uri\":\"x\"}", "m", random(9)), "field 'uri' (expected: none");
        assertRefused(parts("{\"model\":\"digits\"}", "../m", random(9)), "file name: '../m'");
        assertRefused(parts("{\"model\":\"digits\"}", "a//m", random(9)), "file name: 'a//m'");
        assertRefused(parts("{\"model\":\"digits\"}", "", random(9)), "file name: ''");
        assertRefused(parts("{\"model\":\"digits\"}", "m", random(9), "m", random(9)), "file name: 'm'");
        assertRefused(parts("{\"model\":\"digits\"}", "m", new byte[0]), "m has 0 bytes");
        assertRefused(
                "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"m\"\r\n\r\nx\r\n--b--"
                        .getBytes(UTF_8),
                "part 'file' of multipart/form-data (expected: first one named 'order'");
        assertThat(server().admin().registered()).isEmpty();
    }

    private void assertRefused(byte[] body, String reason) throws Exception {
        HttpResponse<String> response = post(TYPE, body);
        assertThat(response.statusCode()).as(reason).isEqualTo(400);
        assertThat(json(response).path("error").asString("")).contains(reason);
    }

    @Test
    void aTypeThatIsNotTakenIsRefused() throws Exception {
        assertThat(post("text/plain", new byte[0]).body()).contains("Content-Type: 'text/plain' (expected: app");
        HttpResponse<String> zipped = send(request("/api/v1/models/digits/versions/1")
                .header("Content-Encoding", "gzip")
                .PUT(BodyPublishers.ofByteArray(random(10)))
                .build());
        assertThat(zipped.statusCode()).isEqualTo(400);
        assertThat(zipped.body()).contains("Content-Encoding: 'gzip'");
    }

    @Test
    void aGateThatRefusesIsAnsweredWithAllThatTheGatesSaid() throws Exception {
        HttpResponse<String> response = put(1, "refuse this".getBytes(UTF_8));

        assertThat(response.statusCode()).isEqualTo(422);
        assertThat(json(response).path("error").asString("")).isEqualTo("it begins badly");
        assertThat(json(response).path("gates").toString())
                .isEqualTo("[{\"gate\":\"start\",\"verdict\":\"failed\",\"detail\":\"its first bytes\"}]");
        assertThat(server().admin().registered()).isEmpty();
    }

    @Test
    void aDryRunRegistersNothing() throws Exception {
        HttpResponse<String> response =
                post(TYPE, parts("{\"model\":\"digits\",\"dry_run\":true}", "m.onnx", random(100)));

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(json(response).path("serving").asBoolean(true)).isFalse();
        assertThat(server().admin().registered()).isEmpty();
    }

    @Test
    void whoAsksForLinesIsToldEachStepAndThenTheResult() throws Exception {
        HttpResponse<String> response = send(request("/api/v1/models/digits/versions/2")
                .header("Accept", "application/x-ndjson")
                .PUT(BodyPublishers.ofByteArray(random(1000)))
                .build());
        HttpResponse<String> refused = send(request("/api/v1/models/digits/versions/2")
                .header("Accept", "application/x-ndjson")
                .PUT(BodyPublishers.ofByteArray(random(1001)))
                .build());

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("content-type")).contains("application/x-ndjson");
        assertThat(response.headers().firstValue("x-penstock-model")).contains("digits");
        String[] lines = response.body().split("\n", -1);
        assertThat(lines).hasSize(5);
        assertThat(lines[0])
                .isEqualTo("{\"at\":\"2026-11-21T10:20:30.500Z\",\"model\":\"digits\",\"version\":2,"
                        + "\"phase\":\"registered\",\"detail\":\"\"}");
        assertThat(lines[2]).contains("\"phase\":\"ready\"");
        assertThat(lines[3]).startsWith("{\"status\":201,\"model\":\"digits\",\"version\":2,\"new\":true");
        assertThat(lines[4]).isEmpty();
        assertThat(refused.statusCode()).isEqualTo(409);
        assertThat(refused.body()).startsWith("{\"status\":409,\"error\":\"version 2 of digits has other bytes");
    }

    @Test
    void aBodyThatIsTooLargeIsRefusedAtOnceIfItSaysSo() throws Exception {
        try (RawClient raw = new RawClient(server().port())) {
            raw.send(head(AdminServer.MAX_UPLOAD + 1L, ""));

            RawClient.Response response = raw.read();
            assertThat(response.status()).isEqualTo(413);
            assertThat(response.body()).contains("the limit is the setting models.max-upload-bytes");
        }
    }

    @Test
    void aBodyThatTurnsOutTooLargeIsRefusedToo() throws Exception {
        HttpResponse<String> response = send(request("/api/v1/models/digits/versions/1")
                .PUT(BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(new byte[AdminServer.MAX_UPLOAD + 1])))
                .build());

        assertThat(response.statusCode()).isEqualTo(413);
        assertThat(server().files().names()).isEmpty();
    }

    @Test
    void aClientThatAsksFirstIsToldToGoOn() throws Exception {
        byte[] model = random(200_000);
        try (RawClient raw = new RawClient(server().port())) {
            raw.send(head(model.length, "Expect: 100-continue\r\n"));
            assertThat(raw.read(false).status()).isEqualTo(100);
            raw.send(model);
            assertThat(raw.read().status()).isEqualTo(201);

            raw.send(TestListener.get("/api/v1/models/digits"));
            assertThat(raw.read().status()).as("the connection stays open").isEqualTo(200);

            raw.send(head(model.length, "Expect: 100-continue\r\nX-Penstock-Sha256: no\r\n"));
            assertThat(raw.read().status()).as("nothing of the body is wanted").isEqualTo(400);
            assertThat(raw.atEnd()).isTrue();
        }
    }

    @Test
    void anUploadWaitsForItsTurnBehindEarlierRequests() throws Exception {
        byte[] model = random(100_000);
        try (RawClient raw = new RawClient(server().port())) {
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            all.write(TestListener.get("/api/v1/models").getBytes(ISO_8859_1));
            all.write(head(model.length, "Accept: application/x-ndjson\r\n").getBytes(ISO_8859_1));
            all.write(model);
            all.write(TestListener.get("/health").getBytes(ISO_8859_1));
            raw.send(all.toByteArray());

            assertThat(raw.read().body()).isEqualTo("{\"models\":[]}");
            assertThat(raw.read(false).status()).isIn(200, 201);
        }
    }

    @Test
    void aBodyThatCeasesToComeIsGivenUp() throws Exception {
        running =
                new AdminServer(folder, HttpLimits.SMALL.withTimeouts(Duration.ofSeconds(60), Duration.ofMillis(300)));
        try (RawClient raw = new RawClient(server().port())) {
            raw.send(head(1_000_000, ""));
            raw.send(random(1000));

            RawClient.Response response = raw.read();
            assertThat(response.status()).isEqualTo(408);
            assertThat(response.body()).contains("less than 65536 bytes of the body arrived within PT0.3S");
            assertThat(raw.atEnd()).isTrue();
        }
        assertThat(server().files().names()).isEmpty();
        assertThat(server().admin().registered()).isEmpty();
    }

    @Test
    void aClientThatGoesAwayInTheMiddleLeavesNothing() throws Exception {
        try (RawClient raw = new RawClient(server().port())) {
            raw.send(head(1_000_000, ""));
            raw.send(random(600_000));
        }
        server().files().awaitEnd();

        assertThat(server().files().names()).isEmpty();
        assertThat(server().admin().registered()).isEmpty();
        assertThat(put(1, random(10)).statusCode()).isEqualTo(201);
    }

    private static String head(long length, String more) {
        return "PUT /api/v1/models/digits/versions/1 HTTP/1.1\r\nHost: x\r\nContent-Length: " + length + "\r\n" + more
                + "\r\n";
    }
}
