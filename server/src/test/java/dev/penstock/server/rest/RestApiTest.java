package dev.penstock.server.rest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RestApiTest {
    private RestFixture rest;

    @BeforeAll
    void start() throws Exception {
        rest = new RestFixture();
    }

    @AfterAll
    void stop() {
        rest.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/ | 200 | {\"status\":\"alive\"}",
                "/v2/health/live | 200 | {\"live\":true}",
                "/v2/health/ready | 200 | {\"ready\":true}",
                "/v2/models/echo/ready | 200 | {\"name\":\"echo\",\"ready\":true}",
                "/v2/models/echo/versions/1/ready | 200 | {\"name\":\"echo\",\"ready\":true}",
                "/v2/models/echo/versions/3/ready | 503 | {\"error\":\"Request for unknown model: 'echo' version 3 is not at ready state\"}",
                "/v2/models/echo/versions/9/ready | 404 | {\"error\":\"Request for unknown model: 'echo' version 9 is not found\"}",
                "/v2/models/echo/versions/x/ready | 400 | {\"error\":\"version 'x' of model 'echo' is not a version (expected: an integer > 0)\"}",
                "/v2/models/nope/ready | 404 | {\"error\":\"Request for unknown model: 'nope' is not found\"}",
                "/v2/models/broken/ready | 404 | {\"error\":\"Request for unknown model: 'broken' has no available versions\"}",
                "/v2 | 200 | {\"name\":\"penstock\",\"version\":\"1.2.3\",\"extensions\":[\"model_repository\",\"model_configuration\",\"binary_tensor_data\",\"parameters\"]}",
                "/v2/models | 200 | {\"models\":[\"echo\",\"mixed\",\"rows\",\"scalar\",\"broken\"]}",
                "/v2/models/rows | 200 | {\"name\":\"rows\",\"versions\":[\"1\"],\"platform\":\"onnxruntime_onnx\",\"inputs\":[{\"name\":\"x\",\"datatype\":\"FP32\",\"shape\":[-1,2]}],\"outputs\":[{\"name\":\"x\",\"datatype\":\"FP32\",\"shape\":[-1,2]}]}",
                "/v2/models/scalar | 200 | {\"name\":\"scalar\",\"versions\":[\"1\"],\"platform\":\"onnxruntime_onnx\",\"inputs\":[{\"name\":\"x\",\"datatype\":\"FP32\",\"shape\":[1]}],\"outputs\":[{\"name\":\"x\",\"datatype\":\"FP32\",\"shape\":[]}]}",
                "/v2/models/nope | 404 | {\"error\":\"Request for unknown model: 'nope' is not found\"}",
                "/v2/models/rows/ | 404 | {\"error\":\"Not Found\"}",
                "/v2/ | 404 | {\"error\":\"Not Found\"}",
                "/v3 | 404 | {\"error\":\"Not Found\"}",
                "/v2/models/rows/nothing | 404 | {\"error\":\"Not Found\"}",
                "/v2/models/stats | 501 | {\"error\":\"the statistics extension is not supported\"}",
                "/v2/models/rows/versions/1/stats | 501 | {\"error\":\"the statistics extension is not supported\"}",
                "/v2/models/rows/trace/setting | 501 | {\"error\":\"the trace extension is not supported\"}",
                "/v2/logging | 501 | {\"error\":\"the logging extension is not supported\"}",
                "/v2/systemsharedmemory/status | 501 | {\"error\":\"the shared memory extension is not supported\"}",
            })
    void readsAreAnswered(String path, int status, String body) throws Exception {
        HttpResponse<String> response = rest.get(path);

        assertThat(response.body()).isEqualTo(body);
        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(response.headers().firstValue("content-type")).hasValue("application/json");
        assertThat(response.headers().firstValue("x-penstock-request-id")).isPresent();
    }

    @Test
    void readinessFollowsTheCatalog() throws Exception {
        rest.ready = false;
        try {
            HttpResponse<String> response = rest.get("/v2/health/ready");
            assertThat(response.statusCode()).isEqualTo(400);
            assertThat(response.body()).isEqualTo("{\"ready\":false}");
            rest.stopping = true;
            assertThat(rest.get("/v2/health/ready").statusCode()).isEqualTo(503);
        } finally {
            rest.ready = true;
            rest.stopping = false;
        }
    }

    @Test
    void metadataOfOneVersionListsOnlyThat() throws Exception {
        assertThat(rest.get("/v2/models/echo").body()).contains("\"versions\":[\"1\",\"2\"]");
        assertThat(rest.get("/v2/models/echo/versions/1").body()).contains("\"versions\":[\"1\"]");
    }

    @Test
    void theConfigHasItsDefaultsAndTheNamesOfTheProto() throws Exception {
        String config = rest.get("/v2/models/rows/config").body();

        assertThat(config).contains("\"max_batch_size\":4", "\"input\":[]", "\"default_model_filename\":\"\"");
        assertThat(config).doesNotContain("dynamic_batching");
    }

    @Test
    void answersNameTheModelAndTheVersion() throws Exception {
        HttpResponse<String> response = rest.get("/v2/models/rows");

        assertThat(response.headers().firstValue("x-penstock-model")).hasValue("rows");
        assertThat(response.headers().firstValue("x-penstock-version")).hasValue("1");
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /v2/models/nope, nope, ''",
        "GET, /v2/models/nope/versions/7, nope, 7",
        "GET, /v2/models/echo/versions/9/ready, echo, 9",
        "GET, /v2/models/echo/versions/9/config, echo, 9",
        "GET, /v2/models/echo/versions/x, echo, ''",
        "GET, /v2/models/broken, broken, ''",
        "POST, /v2/models/nope/infer, nope, ''",
        "POST, /v2/models/nope/versions/7/infer, nope, 7",
        "POST, /v2/models/echo/versions/9/infer, echo, 9",
    })
    void refusalsNameWhatWasAskedFor(String method, String path, String model, String version) throws Exception {
        HttpRequest.BodyPublisher body = HttpRequest.BodyPublishers.ofString(
                "{\"inputs\":[{\"name\":\"int8\",\"shape\":[1],\"datatype\":\"INT8\",\"data\":[1]}]}");

        HttpResponse<String> response = rest.send(rest.request(path).method(method, body));

        assertThat(response.statusCode()).isIn(400, 404);
        assertThat(response.headers().firstValue("x-penstock-model")).hasValue(model);
        assertThat(response.headers().firstValue("x-penstock-version").orElse(""))
                .isEqualTo(version);
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /v2/models/echo/infer, POST",
        "POST, /v2/models/echo, 'GET, HEAD'",
        "DELETE, /v2, 'GET, HEAD'",
        "GET, /v2/repository/index, POST",
        "PUT, /v2/models/echo/infer, POST",
    })
    void theWrongMethodIsToldWhichAreRight(String method, String path, String allowed) throws Exception {
        HttpResponse<String> response =
                rest.send(rest.request(path).method(method, HttpRequest.BodyPublishers.noBody()));

        assertThat(response.statusCode()).isEqualTo(405);
        assertThat(response.body()).isEqualTo("{\"error\":\"Method Not Allowed\"}");
        assertThat(response.headers().firstValue("allow")).hasValue(allowed);
    }

    @Test
    void headWorksWhereGetDoes() throws Exception {
        HttpResponse<String> response =
                rest.send(rest.request("/v2/health/live").method("HEAD", HttpRequest.BodyPublishers.noBody()));

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).isEmpty();
        assertThat(response.headers().firstValue("content-length")).hasValue("13");
    }

    @Test
    void theIndexListsVersionsWithTheirReasons() throws Exception {
        String all = rest.post("/v2/repository/index", "").body();
        String ready = rest.post("/v2/repository/index", "{\"ready\":true}").body();

        assertThat(all)
                .contains("{\"name\":\"echo\",\"version\":\"1\",\"state\":\"READY\"}")
                .contains("{\"name\":\"echo\",\"version\":\"3\",\"state\":\"UNAVAILABLE\",\"reason\":\"no such file\"}")
                .contains("{\"name\":\"broken\",\"state\":\"UNAVAILABLE\",\"reason\":\"no version folder\"}");
        assertThat(ready).contains("\"echo\"").doesNotContain("UNAVAILABLE");
        assertThat(rest.post("/v2/repository/index", "{\"ready\":1}").body())
                .contains("'ready': 1 (expected: true or false)");
    }

    @Test
    void modelsAreLoadedAndUnloadedOffTheEventLoop() throws Exception {
        HttpResponse<String> load = rest.post("/v2/repository/models/a%20b/load", "");
        HttpResponse<String> unload =
                rest.post("/v2/repository/models/x/unload", "{\"parameters\":{\"unload_dependents\":true}}");

        assertThat(load.statusCode()).isEqualTo(200);
        assertThat(load.body()).isEmpty();
        assertThat(unload.statusCode()).isEqualTo(200);
        assertThat(rest.controlled).contains("load a b", "unload x on virtual");
    }

    @Test
    void aLoadThatFailsSaysWhy() throws Exception {
        HttpResponse<String> response = rest.post("/v2/repository/models/bad/load", "");

        assertThat(response.statusCode()).isEqualTo(500);
        assertThat(response.body()).contains("failed to load 'bad', no version is available");
    }

    @Test
    void aLoadParameterThatWouldBeIgnoredIsRefused() throws Exception {
        HttpResponse<String> response =
                rest.post("/v2/repository/models/x/load", "{\"parameters\":{\"config\":\"{}\"}}");

        assertThat(response.statusCode()).isEqualTo(501);
        assertThat(response.body()).contains("parameter 'config' is not supported");
    }

    @ParameterizedTest
    @CsvSource({
        "/v2/models/a%2Fb/infer",
        "/v2/models/../infer",
        "/v2/models/%2e%2e/infer",
        "/v2/models/a%00b/infer",
        "/v2/models/a%0Ab/infer",
        "/v2/models/a%ffb/infer",
        "/v2/models/a%c0%80b/infer",
        "/v2/models/a%zz/infer",
        "/v2/models/a%2/infer",
        "/v2/models/a@/infer",
        "/v2/models/@b/infer",
        "/v2/models/a@b@c/infer",
        "/v2/models/a%5Cb/infer",
        "/v2/models//infer",
    })
    void pathTricksInNamesAreRefused(String path) throws Exception {
        try (RawClient client = new RawClient(rest.port())) {
            client.send("POST " + path + " HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}");

            RawClient.Response response = client.read();
            assertThat(response.status()).as(response.body()).isEqualTo(400);
            assertThat(response.body()).containsPattern("model name|path segment");
        }
    }

    @Test
    void aLongNameIsNotRepeatedInFull() throws Exception {
        String name = "n".repeat(5000);

        HttpResponse<String> response = rest.get("/v2/models/" + name);

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.body().length()).isLessThan(500);
    }

    @Test
    void namesBeyondAsciiWorkAndAreEncodedInHeaders() throws Exception {
        HttpResponse<String> response = rest.post(
                "/v2/models/gr%C3%B6%C3%9Fe/infer",
                "{\"inputs\":[{\"name\":\"int8\",\"shape\":[1],\"datatype\":\"INT8\",\"data\":[1]}]}");

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).contains("\"model_name\":\"größe\"");
        assertThat(response.headers().firstValue("x-penstock-model")).hasValue("gr%C3%B6%C3%9Fe");
    }

    @Test
    void aCodingThatIsNotKnownIsRefusedWithWhatIsUnderstood() throws Exception {
        HttpResponse<String> response = rest.send(rest.request("/v2/models/echo/infer")
                .header("Content-Encoding", "br")
                .POST(HttpRequest.BodyPublishers.ofString("x")));

        assertThat(response.statusCode()).isEqualTo(501);
        assertThat(response.body()).contains("Unsupported compression type");
        assertThat(response.headers().firstValue("accept-encoding")).hasValue("gzip");
    }

    @ParameterizedTest
    @CsvSource({"1, false", "20000, true", "100000, false"})
    void bodiesAndAnswersMayBeCompressedUnlessTheyAreSmallOrVeryLarge(int count, boolean expected) throws Exception {
        String values = IntStream.range(0, count).mapToObj(Integer::toString).collect(Collectors.joining(","));
        String body = "{\"inputs\":[{\"name\":\"int32\",\"shape\":[%d],\"datatype\":\"INT32\",\"data\":[%s]}]}"
                .formatted(count, values);

        HttpResponse<byte[]> response = rest.sendForBytes(rest.request("/v2/models/echo/infer")
                .header("Content-Encoding", "gzip")
                .header("Accept-Encoding", "gzip")
                .POST(HttpRequest.BodyPublishers.ofByteArray(gzip(body))));

        assertThat(response.statusCode()).isEqualTo(200);
        boolean compressed = response.headers().firstValue("content-encoding").isPresent();
        assertThat(compressed).isEqualTo(expected);
        byte[] answer = compressed
                ? new GZIPInputStream(new ByteArrayInputStream(response.body())).readAllBytes()
                : response.body();
        assertThat(new String(answer, StandardCharsets.UTF_8)).contains("\"data\":[" + values + "]");
    }

    private static byte[] gzip(String text) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return bytes.toByteArray();
    }

    @Test
    void aBodyThatIsNoGzipIsRefused() throws Exception {
        HttpResponse<String> response = rest.send(rest.request("/v2/models/echo/infer")
                .header("Content-Encoding", "gzip")
                .POST(HttpRequest.BodyPublishers.ofString("x")));

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.body()).contains("no complete gzip stream");
    }

    @Test
    void aBodyThatGrowsTooLargeIsRefused() throws Exception {
        HttpResponse<String> response = rest.send(rest.request("/v2/models/echo/infer")
                .header("Content-Encoding", "gzip")
                .POST(HttpRequest.BodyPublishers.ofByteArray(gzip(" ".repeat(RestFixture.MAX_BODY + 1)))));

        assertThat(response.statusCode()).isEqualTo(413);
        assertThat(response.body()).contains("more than " + RestFixture.MAX_BODY + " bytes when decompressed");
    }
}
