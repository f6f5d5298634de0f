package dev.penstock.server.rest;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BadInferTest {
    private static final String GOOD = "{'inputs':[{'name':'int8','shape':[1],'datatype':'INT8','data':[5]}]}";

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

    private static String json(String singleQuoted) {
        return singleQuoted.replace('\'', '"');
    }

    private void assertRefused(String body, int status, String expected) throws Exception {
        HttpResponse<String> response = rest.inferEcho(body);

        assertThat(response.body()).as(body).contains(expected);
        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(response.body()).startsWith("{\"error\":\"");
        assertThat(response.headers().firstValue("x-penstock-request-id")).isPresent();
        assertThat(response.headers().firstValue("x-penstock-model")).hasValue("echo");
        assertThat(response.headers().firstValue("x-penstock-version")).hasValue("2");
        assertThat(rest.inferEcho(json(GOOD)).statusCode()).as("after " + body).isEqualTo(200);
    }

    @Test
    void anIdThatIsTooLongToBeRepeatedIsRefused() throws Exception {
        assertRefused(
                json("{'inputs':[],'id':'%s'}".formatted("i".repeat(1025))),
                400,
                "'id' has 1025 bytes (expected: at most 1024)");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "`` | it is empty",
                "x | Unable to parse the request's JSON at line 1, column",
                "[] | an array (expected: an object)",
                "{ | Unable to parse the request's JSON",
                "{'inputs':[]} {} | more JSON follows",
                "{'inputs':[]}} | Unable to parse the request's JSON",
                "{} | Unable to parse 'inputs': it is missing",
                "{'inputs':7} | Unable to parse 'inputs': 7 (expected: an array)",
                "{'inputs':[7]} | Unable to parse 'inputs[0]': 7 (expected: an object)",
                "{'inputs':[],'inputs':[]} | Duplicate",
                "{'inputs':[],'id':7} | Unable to parse 'id': 7 (expected: a string)",
                "{'inputs':[],'outputs':{}} | Unable to parse 'outputs': an object (expected: an array)",
                "{'inputs':[],'outputs':[{}]} | Unable to parse 'name' of outputs[0]: it is missing",
                "{'inputs':[],'outputs':[{'name':'int8'},{'name':'int8'}]} | duplicate inference output 'int8' for model 'echo'",
                "{'inputs':[],'outputs':[{'name':'nope'}]} | unexpected inference output 'nope' for model 'echo'",
                "{'inputs':[],'parameters':[]} | Unable to parse 'parameters' of the request: an array",
                "{'inputs':[],'parameters':{'timeout':-1}} | parameter 'timeout' is -1 (expected: microseconds, a whole number >= 0)",
                "{'inputs':[],'parameters':{'priority':-1}} | parameter 'priority' is -1 (expected: a whole number >= 0)",
                "{'inputs':[],'parameters':{'timeout':'soon'}} | parameter 'timeout' is 'soon' (expected: microseconds",
                "{'inputs':[],'parameters':{'binary_data_output':1}} | 'binary_data_output' of the request: 1 (expected: true or false)",
                "{'inputs':[],'parameters':{'non_finite':'zero'}} | 'non_finite' of the request",
            })
    void requestsThatAreNotOneAreRefused(String body, String expected) throws Exception {
        assertRefused(json(body), 400, json(expected).replace('"', '\''));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'shape':[1],'datatype':'INT8','data':[1]} | Unable to parse 'name' of inputs[0]: it is missing",
                "{'name':'int8','datatype':'INT8','data':[1]} | Unable to parse 'shape' of input 'int8': it is missing",
                "{'name':'int8','shape':[1],'data':[1]} | Unable to parse 'datatype' of input 'int8': it is missing",
                "{'name':7,'shape':[1],'datatype':'INT8','data':[1]} | Unable to parse 'name' of inputs[0]: 7",
                "{'name':'nope','shape':[1],'datatype':'INT8','data':[1]} | unexpected inference input 'nope' for model 'echo'",
                "{'name':'int8','shape':[1],'datatype':'FP8','data':[1]} | Unable to parse 'datatype' of input 'int8': \"FP8\" (expected: one of [BOOL",
                "{'name':'int8','shape':[1],'datatype':'INT16','data':[1]} | inference input 'int8' data-type is 'INT16', but model 'echo' expects 'INT8'",
                "{'name':'int8','shape':[1,1],'datatype':'INT8','data':[1]} | unexpected shape for input 'int8' for model 'echo'. Expected [-1], got [1,1]",
                "{'name':'int8','shape':[-1],'datatype':'INT8','data':[1]} | All input dimensions should be specified for input 'int8' for model 'echo', got [-1]",
                "{'name':'int8','shape':[4611686018427387904,4],'datatype':'INT8','data':[1]} | has more elements than can be counted",
                "{'name':'int8','shape':[9223372036854775808],'datatype':'INT8','data':[1]} | Unable to parse 'shape' of input 'int8': 9223372036854775808",
                "{'name':'int8','shape':[1.5],'datatype':'INT8','data':[1]} | Unable to parse 'shape' of input 'int8': 1.5",
                "{'name':'int8','shape':1,'datatype':'INT8','data':[1]} | Unable to parse 'shape' of input 'int8': 1",
                "{'name':'int8','shape':[1,1,1,1,1,1,1,1,1],'datatype':'INT8','data':[1]} | more than 8 dimensions",
                "{'name':'int8','shape':[2],'datatype':'INT8','data':[1]} | unexpected number of elements in 'data' of input 'int8': 1 (expected: 2, the product of shape [2])",
                "{'name':'int8','shape':[1],'datatype':'INT8','data':[1,2,3]} | unexpected number of elements in 'data' of input 'int8': 3 (expected: 1",
                "{'name':'int8','shape':[1000000000000],'datatype':'INT8','data':[1]} | unexpected number of elements in 'data' of input 'int8': 1 (expected: 1000000000000",
                "{'name':'int8','shape':[1],'datatype':'INT8','data':1} | Unable to parse 'data' of input 'int8': 1 (expected: an array)",
                "{'name':'int8','shape':[1],'datatype':'INT8','data':null} | Unable to parse 'data' of input 'int8': null (expected: an array)",
                "{'name':'int8','shape':[2],'datatype':'INT8','data':[1,128]} | element 1 is 128 (expected for INT8: an integer from -128 to 127)",
                "{'name':'int8','shape':[1],'datatype':'INT8','data':[1.0]} | element 0 is 1.0 (expected for INT8",
                "{'name':'int8','shape':[1],'datatype':'INT8','data':['1']} | element 0 is \"1\" (expected for INT8",
                "{'name':'int8','shape':[1],'datatype':'INT8','data':[null]} | element 0 is null (expected for INT8",
                "{'name':'int8','shape':[1],'datatype':'INT8','data':[{}]} | element 0 is an object",
                "{'name':'int8','shape':[1],'datatype':'INT8','data':[NaN]} | element 0 is NaN",
                "{'name':'int8','shape':[1],'datatype':'INT8','data':[true]} | element 0 is true",
                "{'name':'bool','shape':[1],'datatype':'BOOL','data':[2]} | element 0 is 2 (expected for BOOL: true, false, 1 or 0)",
                "{'name':'uint8','shape':[1],'datatype':'UINT8','data':[-1]} | element 0 is -1 (expected for UINT8: an integer from 0 to 255)",
                "{'name':'uint16','shape':[1],'datatype':'UINT16','data':[65536]} | element 0 is 65536",
                "{'name':'uint32','shape':[1],'datatype':'UINT32','data':[4294967296]} | element 0 is 4294967296",
                "{'name':'uint64','shape':[1],'datatype':'UINT64','data':[18446744073709551616]} | element 0 is 18446744073709551616",
                "{'name':'uint64','shape':[1],'datatype':'UINT64','data':[-1]} | element 0 is -1",
                "{'name':'int64','shape':[1],'datatype':'INT64','data':[9223372036854775808]} | element 0 is 9223372036854775808",
                "{'name':'fp16','shape':[1],'datatype':'FP16','data':[65520]} | element 0 is 65520 (expected for FP16",
                "{'name':'bf16','shape':[1],'datatype':'BF16','data':[3.4e38]} | element 0 is 3.4e38 (expected for BF16",
                "{'name':'fp32','shape':[1],'datatype':'FP32','data':[1e39]} | element 0 is 1e39 (expected for FP32",
                "{'name':'fp64','shape':[1],'datatype':'FP64','data':[-1e309]} | element 0 is -1e309 (expected for FP64",
                "{'name':'fp32','shape':[1],'datatype':'FP32','data':['1']} | element 0 is \"1\"",
                "{'name':'bytes','shape':[1],'datatype':'BYTES','data':[1]} | element 0 is 1 (expected for BYTES: a string",
                "{'name':'bytes','shape':[1],'datatype':'BYTES','data':['\\ud800']} | element 0 is \"\\\\ud800\" (expected for BYTES: a string of Unicode text)",
                "{'name':'int8','shape':[1],'datatype':'INT8','data':[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]} | arrays more than 16 deep",
                "{'name':'int8','name':'int8','shape':[1],'datatype':'INT8','data':[1]} | Duplicate",
                "{'name':'int8','shape':[1],'datatype':'INT8','parameters':{'binary_data_size':-1}} | 'binary_data_size' of input 'int8': -1",
            })
    void inputsThatDoNotFitAreRefusedByNameAndIndex(String input, String expected) throws Exception {
        String message = expected.replace("\"", "\\\"");
        assertRefused("{\"inputs\":[" + json(input) + "]}", 400, message);
    }

    @ParameterizedTest
    @CsvSource({"'\"s\"'", "7", "18446744073709551615"})
    void stepsOfASequenceAreNotAnsweredAsIfTheyStoodAlone(String id) throws Exception {
        HttpResponse<String> response = rest.inferEcho("{'inputs':[],'parameters':{'sequence_id':%s}}"
                .replace('\'', '"')
                .formatted(id));

        assertThat(response.statusCode()).isEqualTo(501);
        assertThat(response.body()).contains("parameter 'sequence_id' is not supported");
    }

    @ParameterizedTest
    @CsvSource({"classification", "shared_memory_region"})
    void whatIsNotThereYetIsNamed(String parameter) throws Exception {
        assertRefused(
                json("{'inputs':[],'outputs':[{'name':'int8','parameters':{'" + parameter + "':3}}]}"),
                501,
                "parameter '" + parameter + "' of outputs[0] is not supported");
    }

    @Test
    void inputsMustBeThereOnce() throws Exception {
        String a = "{\"name\":\"a\",\"shape\":[2],\"datatype\":\"INT32\",\"data\":[1,2]}";

        assertThat(rest.post("/v2/models/pair/infer", "{\"inputs\":[" + a + "]}")
                        .body())
                .contains(
                        "expected 2 inputs but got 1 inputs for model 'pair'. Got input(s) ['a'], but missing required input(s) ['b']");
        assertThat(rest.post("/v2/models/pair/infer", "{\"inputs\":[" + a + "," + a + "]}")
                        .body())
                .contains("duplicate inference input 'a' for model 'pair'");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/v2/models/nope/infer | 404 | Request for unknown model: 'nope' is not found",
                "/v2/models/echo/versions/9/infer | 404 | Request for unknown model: 'echo' version 9 is not found",
                "/v2/models/echo/versions/3/infer | 503 | Request for unknown model: 'echo' version 3 is not at ready state",
                "/v2/models/echo/versions/one/infer | 400 | version 'one' of model 'echo' is not a version",
                "/v2/models/echo/versions/99999999999999999999/infer | 400 | is not a version",
            })
    void whatDoesNotServeIsNamed(String path, int status, String expected) throws Exception {
        HttpResponse<String> response = rest.post(path, json(GOOD));

        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(response.body()).contains(expected);
    }

    @Test
    void textThatIsNotUtf8IsRefusedNotMended() throws Exception {
        byte[] overlong = json("{'inputs':[{'name':'bytes','shape':[1],'datatype':'BYTES','data':['ab']}]}")
                .getBytes(StandardCharsets.ISO_8859_1);
        int at = new String(overlong, StandardCharsets.ISO_8859_1).indexOf("ab");
        overlong[at] = (byte) 0xc0;
        overlong[at + 1] = (byte) 0x80;
        byte[] utf16 = json(GOOD).getBytes(StandardCharsets.UTF_16LE);

        Map<String, byte[]> bodies = Map.of("not UTF-8", utf16, "a string of Unicode text", overlong);
        for (Map.Entry<String, byte[]> body : bodies.entrySet()) {
            HttpResponse<String> response = rest.send(rest.request("/v2/models/echo/infer")
                    .POST(HttpRequest.BodyPublishers.ofByteArray(body.getValue())));
            assertThat(response.statusCode()).isEqualTo(400);
            assertThat(response.body()).contains(body.getKey());
        }
    }

    @Test
    void whatACallerMadeUpIsNotRepeatedInFull() throws Exception {
        String name = "n".repeat(1000);
        String value = "v".repeat(1_000_000);

        HttpResponse<String> unknown = rest.inferEcho(
                "{\"inputs\":[{\"name\":\"" + name + "\",\"shape\":[1],\"datatype\":\"INT8\",\"data\":[1]}]}");
        HttpResponse<String> wrong = rest.inferEcho(
                "{\"inputs\":[{\"name\":\"int8\",\"shape\":[1],\"datatype\":\"INT8\",\"data\":[\"" + value + "\"]}]}");
        HttpResponse<String> key = rest.inferEcho("{\"inputs\":[], \"" + value + "\":1}");

        for (HttpResponse<String> response : List.of(unknown, wrong, key)) {
            assertThat(response.statusCode()).isEqualTo(400);
            assertThat(response.body().length()).isLessThan(1200);
        }
    }

    @Test
    void aBodyBeyondTheLimitIsTooLarge() throws Exception {
        HttpResponse<String> response = rest.send(rest.request("/v2/models/echo/infer")
                .expectContinue(true)
                .POST(HttpRequest.BodyPublishers.ofByteArray(new byte[RestFixture.MAX_BODY + 1])));

        assertThat(response.statusCode()).isEqualTo(413);
        assertThat(response.body()).contains("4194305", "4194304", "http.max-body-bytes");
    }
}
