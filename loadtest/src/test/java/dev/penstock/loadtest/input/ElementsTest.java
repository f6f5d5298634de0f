package dev.penstock.loadtest.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.google.protobuf.ByteString;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

class ElementsTest {
    private static List<JsonNode> values(String json) {
        List<JsonNode> flat = new ArrayList<>();
        Json.flatten(Json.parse("test", json.getBytes(StandardCharsets.UTF_8)), flat);
        return flat;
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "BOOL|[true,false]|0100",
                "INT8|[-128,127]|807f",
                "INT16|[-32768,1]|00800100",
                "INT32|[-2]|feffffff",
                "INT64|[-9223372036854775808]|0000000000000080",
                "UINT8|[255]|ff",
                "UINT16|[65535]|ffff",
                "UINT32|[4294967295]|ffffffff",
                "UINT64|[18446744073709551615]|ffffffffffffffff",
                "FP16|[1.5,-2.0]|003e00c0",
                "BF16|[1.5,-2.0]|c03f00c0",
                "FP32|[0.5]|0000003f",
                "FP64|[0.5]|000000000000e03f",
                "BYTES|[\"é\",\"\"]|02000000c3a900000000"
            })
    void areTheSameAfterThereAndBack(String datatype, String json, String hex) {
        ByteString bytes = Elements.encode("x", datatype, values(json));

        assertThat(HexFormat.of().formatHex(bytes.toByteArray())).isEqualTo(hex);
        assertThat(Elements.decode(datatype, bytes).toString()).isEqualTo(json);
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "BOOL|[2]",
                "INT8|[128]",
                "INT16|[-32769]",
                "INT32|[2147483648]",
                "INT64|[9223372036854775808]",
                "UINT8|[-1]",
                "UINT8|[256]",
                "UINT64|[18446744073709551616]",
                "INT32|[1.5]",
                "FP32|[\"x\"]",
                "FP32|[null]"
            })
    void thatDoNotFitAreNamed(String datatype, String json) {
        assertThatExceptionOfType(InputError.class)
                .isThrownBy(() -> Elements.encode("x", datatype, values(json)))
                .withMessageMatching("value 0 of input 'x' is .+ \\(expected: " + datatype + "\\)");
    }

    @Test
    void bfloatsAreRoundedToTheNearestAndStayNaN() {
        ByteString bytes = Elements.encode("x", "BF16", values("[1.00390625, 1.01171875, NaN]"));

        assertThat(Elements.decode("BF16", bytes).toString()).isEqualTo("[1.0,1.015625,\"NaN\"]");
    }

    @Test
    void numbersThatJsonCannotSayBecomeStrings() {
        ByteString bytes = Elements.encode("x", "FP32", values("[NaN, Infinity, -Infinity]"));

        assertThat(Elements.decode("FP32", bytes).toString()).isEqualTo("[\"NaN\",\"Infinity\",\"-Infinity\"]");
    }
}
