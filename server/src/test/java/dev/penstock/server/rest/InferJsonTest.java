package dev.penstock.server.rest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.InferenceRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class InferJsonTest {
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

    private static String input(String type, int count, String data) {
        return "{\"name\":\"%s\",\"shape\":[%d],\"datatype\":\"%s\",\"data\":%s}"
                .formatted(type.toLowerCase(Locale.ROOT), count, type, data);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "BOOL | 4 | [true,false,1,0] | [true,false,true,false]",
                "UINT8 | 3 | [0,7,255] | [0,7,255]",
                "UINT16 | 2 | [0,65535] | [0,65535]",
                "UINT32 | 2 | [0,4294967295] | [0,4294967295]",
                "UINT64 | 3 | [0,9223372036854775808,18446744073709551615] | [0,9223372036854775808,18446744073709551615]",
                "INT8 | 3 | [-128,0,127] | [-128,0,127]",
                "INT16 | 2 | [-32768,32767] | [-32768,32767]",
                "INT32 | 2 | [-2147483648,2147483647] | [-2147483648,2147483647]",
                "INT64 | 2 | [-9223372036854775808,9223372036854775807] | [-9223372036854775808,9223372036854775807]",
                "FP16 | 4 | [1,-2.5,65504,0.1] | [1.0,-2.5,65500.0,0.1]",
                "BF16 | 3 | [1,-2.5,3.14159] | [1.0,-2.5,3.14]",
                "FP32 | 5 | [1,-0.0,0.1,1e-45,16777217] | [1.0,-0.0,0.1,1e-45,1.6777216e7]",
                "FP64 | 4 | [1,0.1,4.9e-324,1.7976931348623157e308] | [1.0,0.1,5e-324,1.7976931348623157e308]",
                "BYTES | 3 | [\"\",\"a\\u0000\\n\\\"\",\"grüße \\ud83d\\ude00\"] | [\"\",\"a\\u0000\\n\\\"\",\"grüße 😀\"]",
                "INT32 | 6 | [[1,2],[3],[[4,[5]],6]] | [1,2,3,4,5,6]",
                "INT32 | 0 | [] | []",
                "BYTES | 0 | [[],[]] | []",
            })
    void everyTypeGoesInAndOutAsJson(String type, int count, String data, String expected) throws Exception {
        HttpResponse<String> response = rest.inferEcho("{\"inputs\":[" + input(type, count, data) + "]}");

        assertThat(response.body())
                .isEqualTo(
                        "{\"model_name\":\"echo\",\"model_version\":\"2\",\"outputs\":[{\"name\":\"%s\",\"datatype\":\"%s\",\"shape\":[%d],\"data\":%s}]}"
                                .formatted(type.toLowerCase(Locale.ROOT), type, count, expected));
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("content-type")).hasValue("application/json");
        assertThat(response.headers().firstValue("inference-header-content-length"))
                .isEmpty();
    }

    @Test
    void keysMayComeInAnyOrderAndUnknownOnesAreIgnored() throws Exception {
        String body = "{\"extra\":{\"a\":[1]},\"outputs\":[{\"name\":\"fp32\"}],\"parameters\":{\"own\":\"x\"},"
                + "\"inputs\":[{\"data\":[[1.5,\"never mind\"]],\"datatype\":\"BYTES\",\"shape\":[2],\"name\":\"bytes\"}]}";
        assertThat(rest.inferEcho(body).body()).contains("element 0 is 1.5");

        String good = "{\"outputs\":[{\"name\":\"fp32\"}],\"inputs\":["
                + "{\"data\":[[1.5],[2]],\"unknown\":[{}],\"datatype\":\"FP32\",\"shape\":[2],\"name\":\"fp32\"},"
                + "{\"shape\":[1],\"data\":[\"grüße\"],\"name\":\"bytes\",\"datatype\":\"BYTES\"}],\"id\":\"last\"}";
        assertThat(rest.inferEcho(good).body())
                .isEqualTo(
                        "{\"id\":\"last\",\"model_name\":\"echo\",\"model_version\":\"2\",\"outputs\":[{\"name\":\"fp32\",\"datatype\":\"FP32\",\"shape\":[2],\"data\":[1.5,2.0]}]}");
    }

    @Test
    void aVersionThatIsAskedForAnswers() throws Exception {
        HttpResponse<String> response =
                rest.post("/v2/models/echo/versions/1/infer", "{\"inputs\":[" + input("INT8", 1, "[5]") + "]}");

        assertThat(response.body()).contains("\"model_version\":\"1\"");
        assertThat(response.headers().firstValue("x-penstock-model")).hasValue("echo");
        assertThat(response.headers().firstValue("x-penstock-version")).hasValue("1");
    }

    @Test
    void theIdOfTheRequestIsTheIdOfTheAnswer() throws Exception {
        HttpResponse<String> plain = rest.inferEcho("{\"id\":\"abc-1\",\"inputs\":[" + input("INT8", 1, "[5]") + "]}");
        HttpResponse<String> odd = rest.inferEcho("{\"id\":\"a b\",\"inputs\":[" + input("INT8", 1, "[5]") + "]}");
        HttpResponse<String> wrong = rest.inferEcho("{\"id\":\"abc-2\",\"inputs\":7}");

        assertThat(plain.headers().firstValue("x-penstock-request-id")).hasValue("abc-1");
        assertThat(plain.body()).startsWith("{\"id\":\"abc-1\",");
        assertThat(odd.headers().firstValue("x-penstock-request-id").orElseThrow())
                .isEqualTo("a%20b");
        assertThat(odd.body()).startsWith("{\"id\":\"a b\",");
        assertThat(wrong.headers().firstValue("x-penstock-request-id")).hasValue("abc-2");
    }

    @Test
    void aTimeoutIsHowLongItWaits() throws Exception {
        rest.batcher.seen.clear();
        rest.inferEcho("{\"parameters\":{\"timeout\":2500},\"inputs\":[" + input("INT8", 1, "[5]") + "]}");
        rest.inferEcho("{\"parameters\":{\"timeout\":0},\"inputs\":[" + input("INT8", 1, "[5]") + "]}");

        List<InferenceRequest> seen = new ArrayList<>(rest.batcher.seen);
        assertThat(seen.getFirst().timeoutNanos()).isEqualTo(2_500_000);
        assertThat(seen.getLast().timeoutNanos()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"FP16", "BF16", "FP32", "FP64"})
    void nonFiniteNumbersComeInBareAndGoOutOnlyAsStringsIfAskedFor(String type) throws Exception {
        String inputs = "\"inputs\":[" + input(type, 4, "[1,NaN,Infinity,-Infinity]") + "]}";

        HttpResponse<String> refused = rest.inferEcho("{" + inputs);
        HttpResponse<String> strings = rest.inferEcho("{\"parameters\":{\"non_finite\":\"string\"}," + inputs);

        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(refused.body()).contains("element 1 of output", "is NaN", "binary", "non_finite");
        assertThat(refused.headers().firstValue("x-penstock-version")).hasValue("2");
        assertThat(strings.body()).contains("\"data\":[1.0,\"NaN\",\"Infinity\",\"-Infinity\"]");
    }

    @ParameterizedTest
    @EnumSource(ErrorCode.class)
    void everyFailureOfTheModelHasItsStatus(ErrorCode code) throws Exception {
        rest.batcher.failure = code;
        try {
            HttpResponse<String> response = rest.inferEcho("{\"inputs\":[" + input("INT8", 1, "[5]") + "]}");

            assertThat(response.statusCode())
                    .isEqualTo(RestErrors.statusOf(code).code());
            assertThat(response.body()).isEqualTo("{\"error\":\"meant by the test\"}");
            assertThat(response.headers().firstValue("retry-after").isPresent())
                    .isEqualTo(code == ErrorCode.OVERLOADED || code == ErrorCode.NOT_READY);
            assertThat(response.headers().firstValue("x-penstock-version")).hasValue("2");
        } finally {
            rest.batcher.failure = null;
        }
    }

    @Test
    void aFullQueueIsAnsweredAtOnce() throws Exception {
        rest.batcher.full = true;
        try {
            HttpResponse<String> response = rest.inferEcho("{\"inputs\":[" + input("INT8", 1, "[5]") + "]}");

            assertThat(response.statusCode()).isEqualTo(429);
            assertThat(response.body()).contains("Exceeds maximum queue size");
            assertThat(response.headers().firstValue("retry-after")).hasValue("1");
        } finally {
            rest.batcher.full = false;
        }
    }
}
