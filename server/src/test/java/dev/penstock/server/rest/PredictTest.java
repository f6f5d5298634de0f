package dev.penstock.server.rest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.InferenceRequest;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PredictTest {
    private static final String MIXED_ROWS =
            "{\"instances\":[{\"a\":[[1,2],[3,4]],\"b\":[\"x\",\"y\"],\"c\":5},{\"c\":6,\"b\":[\"\",\"ü\"],\"a\":[[5,6],[7,8]]}]}";

    private static final long SEED = 20261123;

    private RestFixture rest;

    @BeforeAll
    void start() throws Exception {
        rest = new RestFixture();
    }

    @AfterAll
    void stop() {
        rest.close();
        assertThat(rest.batcher.leases.get()).isZero();
    }

    private HttpResponse<String> predict(String model, String body) throws Exception {
        return rest.post("/v1/models/" + model + ":predict", body);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "rows | {\"instances\":[[1,2],[3.5,-4]]} | {\"predictions\":[[1.0,2.0],[3.5,-4.0]]}",
                "rows | {\"inputs\":[[1,2]]} | {\"outputs\":[[1.0,2.0]]}",
                "rows | {\"instances\":[{\"x\":[1,2]},{\"x\":[3,4]}]} | {\"predictions\":[[1.0,2.0],[3.0,4.0]]}",
                "rows | {\"inputs\":{\"x\":[[1e2,2]]}} | {\"outputs\":[[100.0,2.0]]}",
                "rows | {\"signature_name\":\"serving_default\",\"instances\":[[1,2]],\"other\":[{}]} | {\"predictions\":[[1.0,2.0]]}",
                "rows | {\"instances\":[[NaN,Infinity],[-Infinity,0]],\"signature_name\":\"\"} | {\"predictions\":[[NaN,Infinity],[-Infinity,0.0]]}",
                "text | {\"instances\":[\"a\",{\"b64\":\"/wA=\"},\"\"]} | {\"predictions\":[\"a\",{\"b64\":\"/wA=\"},\"\"]}",
                "text | {\"instances\":[{\"b64\":\"YQ==\"},\"b\"]} | {\"predictions\":[\"a\",\"b\"]}",
                "text | {\"inputs\":[\"a\",\"]\",\"\\\"[\"]} | {\"outputs\":[\"a\",\"]\",\"\\\"[\"]}",
                "pair | {\"inputs\":{\"b\":[3,4],\"a\":[1,2]}} | {\"outputs\":{\"b\":[3,4],\"a\":[1,2]}}",
                "pair | {\"instances\":[{\"a\":1,\"b\":3},{\"b\":4,\"a\":2}]} | {\"predictions\":[{\"a\":1,\"b\":3},{\"a\":2,\"b\":4}]}",
                "echo | {\"inputs\":{\"fp16\":[0.1],\"bool\":[true,0]}} | {\"outputs\":{\"fp16\":[0.1],\"bool\":[true,false]}}",
                "echo | {\"inputs\":{\"int8\":[1,2],\"int16\":[3]}} | {\"outputs\":{\"int8\":[1,2],\"int16\":[3]}}",
                "echo | {\"inputs\":{\"int8\":[ ] }} | {\"outputs\":[]}",
            })
    void rowsAndColumnsGoInAndComeBackTheSameWay(String model, String body, String expected) throws Exception {
        HttpResponse<String> response = predict(model, body);

        assertThat(response.body()).isEqualTo(expected);
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("content-type")).hasValue("application/json");
    }

    @Test
    void rowsOfSeveralInputsAreGatheredWhateverTheirOrder() throws Exception {
        HttpResponse<String> rows = predict("mixed", MIXED_ROWS);
        HttpResponse<String> columns = predict(
                "mixed",
                "{\"inputs\":{\"a\":[[[1,2],[3,4]],[[5,6],[7,8]]],\"b\":[[\"x\",\"y\"],[\"\",\"ü\"]],\"c\":[5,6]}}");

        assertThat(rows.body())
                .isEqualTo(
                        "{\"predictions\":[{\"a\":[[1.0,2.0],[3.0,4.0]],\"b\":[\"x\",\"y\"],\"c\":5},{\"a\":[[5.0,6.0],[7.0,8.0]],\"b\":[\"\",\"ü\"],\"c\":6}]}");
        assertThat(columns.body())
                .isEqualTo(
                        "{\"outputs\":{\"a\":[[[1.0,2.0],[3.0,4.0]],[[5.0,6.0],[7.0,8.0]]],\"b\":[[\"x\",\"y\"],[\"\",\"ü\"]],\"c\":[5,6]}}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "rows | {\"instances\":[[1,2],[3]]} | 'instances[1]' has length 1 (expected: 2, as the arrays beside it have)",
                "rows | {\"instances\":[[1,2],3]} | 'instances[1]': 3 (expected: an array, as there is beside it)",
                "rows | {\"instances\":[[1,[2]]]} | 'instances[0][1]': an array (expected: a value, as there is beside it)",
                "rows | {\"instances\":[[1,2],[3,\"x\"]]} | 'instances[1][1]': \"x\" (expected: for FP32: a number",
                "rows | {\"instances\":[[1,2],[3,1e99]]} | 'instances[1][1]': 1e99 (expected: for FP32: a number",
                "rows | {\"instances\":[[1,2],{\"x\":[3,4]}]} | 'instances[1]': an object (expected: an array",
                "rows | {\"instances\":[{\"x\":[1,2]},[3,4]]} | 'instances[1]': an array (expected: an object, as 'instances[0]' is)",
                "rows | {\"instances\":[{\"x\":[1,2]},{\"x\":[3]}]} | 'instances[1].x' has shape [1] (expected: [2], as 'instances[0].x' has)",
                "rows | {\"instances\":[{\"x\":[1,2]},{\"x\":[3,null]}]} | 'instances[1].x[1]': null (expected: for FP32: a number",
                "rows | {\"instances\":[{\"x\":{\"y\":{\"z\":1}}}]} | 'instances[0].x': an object (expected: for FP32: a number",
                "rows | {\"instances\":[{\"x\":[1,{\"y\":[2]}]}]} | 'instances[0].x[1]': an object (expected: for FP32: a number",
                "rows | {\"instances\":[{\"x\":[1,2],\"x\":[3,4]}]} | Duplicate key 'x' in 'instances[0]'",
                "rows | {\"instances\":[{\"y\":[1,2]}]} | unexpected inference input 'y' for model 'rows', in 'instances[0]' (expected: 'x')",
                "rows | {\"instances\":[{}]} | 'instances[0]' is empty",
                "rows | {\"instances\":[]} | 'instances' is empty (expected: one or more)",
                "rows | {\"instances\":5} | 'instances': 5 (expected: an array)",
                "rows | {\"inputs\":5} | unexpected shape for input 'x' for model 'rows'. Expected [-1,2], got []",
                "rows | {\"inputs\":{\"x\":[[1,2]],\"z\":1}} | unexpected inference input 'z' for model 'rows', in 'inputs' (expected: 'x')",
                "rows | {\"inputs\":{}} | missing required input(s) ['x']",
                "rows | {\"inputs\":[[1,2]],\"instances\":[[1,2]]} | 'instances' and 'inputs' are both there (expected: one of them)",
                "rows | {\"inputs\":[[1,2]],\"inputs\":[[1,2]]} | Duplicate key 'inputs' in the request (expected: once)",
                "rows | {} | neither 'instances' nor 'inputs' is there",
                "rows | [] | the request: an array (expected: an object)",
                "rows | {\"signature_name\":\"other\",\"inputs\":[[1,2]]} | Serving signature name: \"other\" not found",
                "rows | {\"signature_name\":7,\"inputs\":[[1,2]]} | 'signature_name': 7 (expected: a string)",
                "rows | {\"instances\":[[1,2]]} 7 | more JSON follows",
                "rows | {\"instances\":[[1 2]]} | at line 1, column 18: 2 (expected: ',' or ']')",
                "rows | {\"instances\":[[1,2],[3,4],[5,6],[7,8],[9,9]]} | batch-size must be <= 4 for 'rows'",
                "rows | {\"instances\":[[[[[[[[[1]]]]]]]]]} | arrays at most 8 deep",
                "pair | {\"instances\":[1,2]} | 'instances[0]': 1 (expected: an object with inputs of model 'pair': 'a', 'b')",
                "pair | {\"inputs\":[1,2]} | 'inputs': an array (expected: an object with inputs of model 'pair': 'a', 'b')",
                "pair | {\"instances\":[{\"a\":1,\"b\":2},{\"a\":1}]} | 'instances[1]' lacks the input 'b', which 'instances[0]' has",
                "pair | {\"instances\":[{\"a\":1},{\"b\":1}]} | 'instances[1]' has the input 'b', which 'instances[0]' has not",
                "pair | {\"inputs\":{\"a\":[1,2]}} | missing required input(s) ['b']",
                "pair | {\"inputs\":{\"a\":[1.5,2],\"b\":[1,2]}} | 'inputs.a[0]': 1.5 (expected: for INT32: an integer from -2147483648",
                "text | {\"instances\":[\"a\",{\"b64\":\"?\"}]} | 'instances[1]': an object (expected: for BYTES: a string of Unicode text, or an object {\"b64\":\"...\"}",
                "text | {\"instances\":[7]} | 'instances[0]': 7 (expected: for BYTES: a string",
            })
    void whatDoesNotFitIsRefusedByItsPath(String model, String body, String message) throws Exception {
        HttpResponse<String> response = predict(model, body);

        assertThat(response.body()).startsWith("{\"error\":\"").contains(message.replace("\"", "\\\""));
        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.headers().firstValue("x-penstock-version")).hasValue("1");
    }

    @ParameterizedTest
    @CsvSource({
        "/v1/models/echo:predict, 2, echo",
        "/v1/models/echo%3Apredict, 2, echo",
        "/v1/models/echo/versions/1:predict, 1, echo",
        "/v1/models/echo/labels/canary:predict, 1, echo@canary",
        "/v1/models/echo/labels/next:predict, 1, echo@next",
        "/v1/models/echo@canary:predict, 1, echo@canary",
        "/v1/models/gr%C3%B6%C3%9Fe:predict, 1, gr%C3%B6%C3%9Fe",
    })
    void versionsAndLabelsAreAddressable(String path, String version, String model) throws Exception {
        HttpResponse<String> response = rest.send(rest.request(path)
                .header("x-penstock-request-id", "r-7")
                .POST(BodyPublishers.ofString("{\"inputs\":{\"int8\":[1]}}")));

        assertThat(response.body()).isEqualTo("{\"outputs\":[1]}");
        assertThat(response.headers().firstValue("x-penstock-version")).hasValue(version);
        assertThat(response.headers().firstValue("x-penstock-model")).hasValue(model);
        assertThat(response.headers().firstValue("x-penstock-request-id")).hasValue("r-7");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/v1/models/nobody:predict | 404 | Request for unknown model: 'nobody' is not found",
                "/v1/models/echo/labels/beta:predict | 404 | 'echo' has no alias or label 'beta' (it has: canary, next, none)",
                "/v1/models/rows/labels/beta:predict | 404 | 'rows' has no alias or label 'beta' (it has: none)",
                "/v1/models/nobody/labels/beta:predict | 404 | Request for unknown model: 'nobody@beta' is not found",
                "/v1/models/echo/labels/none:predict | 503 | version 3, alias 'none', is not at ready state",
                "/v1/models/echo/versions/3:predict | 503 | version 3 is not at ready state",
                "/v1/models/echo/versions/9:predict | 404 | version 9 is not found",
                "/v1/models/echo/versions/x:predict | 400 | version 'x' of model 'echo' is not a version",
                "/v1/models/echo/labels/a@b:predict | 400 | model name: 'echo@a@b'",
                "/v1/models/echo@canary/versions/1:predict | 400 | version '1' of 'echo@canary' (expected: an alias or a version)",
                "/v1/models/echo:classify | 501 | the verb 'classify' is not supported",
                "/v1/models/echo/versions/1:regress | 501 | the verb 'regress' is not supported",
                "/v1/models/echo/labels/x:explain | 501 | the verb 'explain' is not supported",
                "/v1/models/echo | 405 | Method Not Allowed",
                "/v1/models/echo/versions/1/x:predict | 404 | Not Found",
                "/v1/models/echo/other/1:predict | 404 | Not Found",
                "/v1/models/echo/versions:predict | 404 | Not Found",
                "/v1/models:predict | 404 | Not Found",
                "/v1 | 404 | Not Found",
            })
    void whatIsNotThereIsRefusedByName(String path, int status, String message) throws Exception {
        HttpResponse<String> response = rest.post(path, "{\"inputs\":{\"int8\":[1]}}");

        assertThat(response.body()).contains(message);
        assertThat(response.statusCode()).isEqualTo(status);
    }

    @Test
    void timeoutPriorityAndCallerCountAsInV2() throws Exception {
        rest.batcher.seen.clear();
        String inputs = "{\"inputs\":{\"int8\":[1]},\"parameters\":{\"timeout\":2500,\"priority\":3}}";
        rest.send(rest.request("/v1/models/echo:predict")
                .header("x-penstock-caller", "me")
                .POST(BodyPublishers.ofString(inputs)));
        rest.send(
                rest.request("/v2/models/echo/infer")
                        .header("x-penstock-caller", "me")
                        .POST(
                                BodyPublishers.ofString(
                                        "{\"inputs\":[{\"name\":\"int8\",\"datatype\":\"INT8\",\"shape\":[1],\"data\":[1]}],\"parameters\":{\"timeout\":2500,\"priority\":3}}")));

        List<InferenceRequest> seen = new ArrayList<>(rest.batcher.seen);
        assertThat(seen).hasSize(2);
        assertThat(seen.getFirst().timeoutNanos()).isEqualTo(2_500_000);
        assertThat(seen.getFirst().priority()).isEqualTo(3);
        assertThat(seen.getFirst().caller()).isEqualTo(seen.getLast().caller()).isNotZero();
    }

    @Test
    void failuresHaveTheStatusThatV2GivesThem() throws Exception {
        rest.batcher.failure = ErrorCode.MODEL_FAILED;
        try {
            assertThat(predict("rows", "{\"instances\":[[1,2]]}").statusCode()).isEqualTo(500);
            rest.batcher.full = true;
            HttpResponse<String> full = predict("rows", "{\"instances\":[[1,2]]}");
            assertThat(full.statusCode()).isEqualTo(429);
            assertThat(full.headers().firstValue("retry-after")).isPresent();
        } finally {
            rest.batcher.failure = null;
            rest.batcher.full = false;
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/v1/models | 200 | {\"models\":[\"echo\",\"mixed\",\"rows\",\"scalar\",\"broken\"]}",
                "/v1/models/echo | 200 | {\"name\":\"echo\",\"ready\":true,\"model_version_status\":[{\"version\":\"3\",\"state\":\"END\",\"status\":{\"error_code\":\"UNKNOWN\",\"error_message\":\"no such file\"}},{\"version\":\"2\",\"state\":\"AVAILABLE\",\"status\":{\"error_code\":\"OK\",\"error_message\":\"\"}},{\"version\":\"1\",\"state\":\"AVAILABLE\",\"status\":{\"error_code\":\"OK\",\"error_message\":\"\"}}]}",
                "/v1/models/echo/versions/3 | 200 | {\"name\":\"echo\",\"ready\":false,\"model_version_status\":[{\"version\":\"3\",\"state\":\"END\",\"status\":{\"error_code\":\"UNKNOWN\",\"error_message\":\"no such file\"}}]}",
                "/v1/models/echo/labels/next | 200 | {\"name\":\"echo@next\",\"ready\":true,\"model_version_status\":[{\"version\":\"1\",\"state\":\"AVAILABLE\",\"status\":{\"error_code\":\"OK\",\"error_message\":\"\"}}]}",
                "/v1/models/echo/labels/none | 200 | {\"name\":\"echo@none\",\"ready\":false,\"model_version_status\":[{\"version\":\"3\",\"state\":\"END\",\"status\":{\"error_code\":\"UNKNOWN\",\"error_message\":\"no such file\"}}]}",
                "/v1/models/broken | 404 | {\"error\":\"Request for unknown model: 'broken' has no available versions\"}",
                "/v1/models/echo/labels/beta | 404 | {\"error\":\"Request for unknown model: 'echo@beta' is not found: 'echo' has no alias or label 'beta' (it has: canary, next, none)\"}",
                "/v1/models/rows/metadata | 200 | {\"model_spec\":{\"name\":\"rows\",\"signature_name\":\"\",\"version\":\"1\"},\"metadata\":{\"signature_def\":{\"signature_def\":{\"serving_default\":{\"inputs\":{\"x\":{\"dtype\":\"DT_FLOAT\",\"tensor_shape\":{\"dim\":[{\"size\":\"-1\",\"name\":\"\"},{\"size\":\"2\",\"name\":\"\"}],\"unknown_rank\":false},\"name\":\"x\"}},\"outputs\":{\"x\":{\"dtype\":\"DT_FLOAT\",\"tensor_shape\":{\"dim\":[{\"size\":\"-1\",\"name\":\"\"},{\"size\":\"2\",\"name\":\"\"}],\"unknown_rank\":false},\"name\":\"x\"}},\"method_name\":\"tensorflow/serving/predict\"}}}}}",
                "/v1/models/echo/versions/3/metadata | 503 | {\"error\":\"Request for unknown model: 'echo' version 3 is not at ready state\"}",
                "/v1/models/metadata | 404 | {\"error\":\"Request for unknown model: 'metadata' is not found\"}",
                "/v1/models/rows:predict | 405 | {\"error\":\"Method Not Allowed\"}",
                "/ | 200 | {\"status\":\"alive\"}",
            })
    void modelsAreToldAsBothOfTheProtocolsClientsReadThem(String path, int status, String expected) throws Exception {
        HttpResponse<String> response = rest.get(path);

        assertThat(response.body()).isEqualTo(expected);
        assertThat(response.statusCode()).isEqualTo(status);
    }

    @Test
    void plainRequestsTakeTheShortWayAndAreAnsweredTheSame() throws Exception {
        int before = rest.fast.offers.get();
        String rows = "{\"instances\":[[1,2],[NaN,-4]],\"parameters\":{\"timeout\":9000000}}";
        try (RawClient client = new RawClient(rest.port())) {
            RawClient.Response plain = ask(client, rows, "");
            RawClient.Response columns = ask(client, "{\"inputs\":{\"x\":[[1,2]]}}", "x-request-id: mine\r\n");
            assertThat(rest.fast.offers.get()).isEqualTo(before + 2);
            RawClient.Response general = ask(client, rows, "inference-header-content-length: 5\r\n");
            RawClient.Response wrong = ask(client, "{\"instances\":[[1,2],[3]]}", "");

            assertThat(rest.fast.offers.get()).isEqualTo(before + 2);
            assertThat(plain.body()).isEqualTo(general.body()).isEqualTo("{\"predictions\":[[1.0,2.0],[NaN,-4.0]]}");
            assertThat(plain.headers().keySet()).isEqualTo(general.headers().keySet());
            assertThat(columns.body()).isEqualTo("{\"outputs\":[[1.0,2.0]]}");
            assertThat(columns.header("x-penstock-request-id")).isEqualTo("mine");
            assertThat(wrong.status()).isEqualTo(400);
            assertThat(wrong.body()).contains("'instances[1]' has length 1");
        }
        assertThat(rest.fast.unreleased.get()).isZero();
    }

    private static RawClient.Response ask(RawClient client, String body, String headers) throws IOException {
        client.send("POST /v1/models/rows:predict HTTP/1.1\r\nHost: x\r\n%sContent-Length: %d\r\n\r\n%s"
                .formatted(headers, body.length(), body));
        return client.read();
    }

    @Test
    void damagedRequestsAreRefusedAndTheNextIsAnswered() throws Exception {
        Random random = new Random(SEED);
        int refused = 0;
        for (int round = 0; round < 1_000; round++) {
            byte[] body = DrawnRequest.damage(MIXED_ROWS.getBytes(StandardCharsets.UTF_8), random);
            HttpResponse<String> response =
                    rest.send(rest.request("/v1/models/mixed:predict").POST(BodyPublishers.ofByteArray(body)));

            assertThat(response.statusCode())
                    .as("round %d of seed %d: %s", round, SEED, new String(body, StandardCharsets.UTF_8))
                    .isIn(200, 400);
            assertThat(response.body())
                    .startsWith(response.statusCode() == 200 ? "{\"predictions\":[" : "{\"error\":\"");
            refused += response.statusCode() == 200 ? 0 : 1;
        }

        assertThat(refused).isBetween(300, 999);
        assertThat(predict("mixed", MIXED_ROWS).statusCode()).isEqualTo(200);
    }

    @Test
    void labelsLeadToTheSignatureOfWhoAnswers() throws Exception {
        assertThat(rest.get("/v1/models/echo/labels/next/metadata").body())
                .startsWith("{\"model_spec\":{\"name\":\"echo\",\"signature_name\":\"\",\"version\":\"1\"}");
        assertThat(rest.get("/v1/models/echo/versions/2/metadata").body())
                .contains("\"bf16\":{\"dtype\":\"DT_BFLOAT16\"");
    }
}
