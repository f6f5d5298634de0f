package dev.penstock.server.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.core.DataType;
import dev.penstock.core.Shape;
import dev.penstock.core.Tensor;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GoldenReaderTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            BOOL   | true, 0, 1                  | 010001
            INT8   | -128, 127, 0                | 807f00
            UINT8  | 0, 255, 1                   | 00ff01
            INT16  | -32768, 32767, 1            | 0080ff7f0100
            UINT16 | 0, 65535, 1                 | 0000ffff0100
            INT32  | -2147483648, 2147483647, 1  | 00000080ffffff7f01000000
            UINT32 | 0, 4294967295, 1            | 00000000ffffffff01000000
            INT64  | -9223372036854775808, 1, 2  | 000000000000008001000000000000000200000000000000
            UINT64 | 18446744073709551615, 1, 2  | ffffffffffffffff01000000000000000200000000000000
            FP16   | 1, -2.5, 65504              | 003c00c1ff7b
            BF16   | 1, -2.5, 3.141592653589793  | 803f20c04940
            FP32   | 1, 0.1, NaN                 | 0000803fcdcccc3d0000c07f
            FP64   | 1, 0.1, -Infinity           | 000000000000f03f9a9999999999b93f000000000000f0ff
            BYTES  | "a", "", "ü"                | 01000000610000000002000000c3bc
            """)
    void elementsLieAsOnTheWire(String type, String data, String hex) {
        Tensor tensor = input("""
                {"name": "x", "datatype": "%s", "shape": [3, 1], "data": [%s]}""".formatted(type, data));

        assertThat(tensor.type()).isEqualTo(DataType.valueOf(type));
        assertThat(tensor.shape()).isEqualTo(Shape.of(3, 1));
        byte[] bytes = new byte[tensor.data().remaining()];
        tensor.data().get(bytes);
        assertThat(HexFormat.of().formatHex(bytes)).isEqualTo(hex);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            INT8   | 128                  | -128..127
            UINT8  | -1                   | 0..255
            INT32  | 2147483648           | -2147483648..2147483647
            UINT32 | -1                   | 0..4294967295
            INT64  | 9223372036854775808  | -9223372036854775808..9223372036854775807
            UINT64 | 18446744073709551616 | 0..2^64-1
            INT64  | 1.5                  | an integer
            INT64  | true                 | an integer
            BOOL   | 2                    | true or false
            BOOL   | 4294967296           | true or false
            FP32   | "1"                  | a number
            FP32   | 1.0E39               | a number in the range of FP32
            FP16   | 65520                | a number in the range of FP16
            FP32   | null                 | a number
            BYTES  | 1                    | a string
            """)
    void whatIsNoElementOfItsTypeIsRefused(String type, String element, String expected) {
        assertThatThrownBy(() -> input("""
                        {"name": "x", "datatype": "%s", "shape": [1], "data": [%s]}""".formatted(type, element)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("element 0 of 'data' of cases[0]: inputs[0], 'x' is %s (expected: %s)", element, expected);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"datatype": "FP32", "shape": [1], "data": [1]}                                       | cases[0]: inputs[0] has no 'name'
            {"name": "x", "datatype": "FP8", "shape": [1], "data": [1]}                           | 'datatype' of cases[0]: inputs[0], 'x' is 'FP8' (expected: one of
            {"name": "x", "datatype": "FP32", "shape": [-1], "data": [1]}                         | 'shape' of cases[0]: inputs[0], 'x' is [-1] (expected: sizes)
            {"name": "x", "datatype": "FP32", "shape": [1,1,1,1,1,1,1,1,1], "data": [1]}          | 'shape' of cases[0]: inputs[0], 'x' has 9 dimensions
            {"name": "x", "datatype": "FP32", "shape": [3000000000,3000000000,3], "data": [1]}    | the shape [3000000000,3000000000,3] of cases[0]: inputs[0], 'x' is too large
            {"name": "x", "datatype": "FP32", "shape": [2], "data": [1]}                          | 'data' of cases[0]: inputs[0], 'x' has 1 elements (expected: 2, [2])
            {"name": "x", "datatype": "FP32", "shape": [1]}                                       | cases[0]: inputs[0], 'x' has no 'data'
            7                                                                                     | cases[0]: inputs[0] has no 'name'
            """)
    void whatIsNoTensorIsRefused(String text, String message) {
        assertThatThrownBy(() -> input(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(message);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            []                                        | the file is not an object
            {}                                        | the file has no 'cases'
            {"cases": []}                             | 'cases' is empty (expected: at least one)
            {"cases": [1]}                            | cases[0] is not an object
            {"cases": [{"request": {"inputs": []}}]}  | cases[0] has no 'response'
            {"cases": [{"request": {}}]}              | cases[0] has no 'inputs'
            {"case": []}                              | the file has an unknown field 'case'
            {"cases": [{"requests": {}}]}             | cases[0] has an unknown field 'requests'
            {"cases": [], "cases": []}                | it is not JSON at line 1, column
            {"cases": [{"request": {"inputs": []}, "response": {"outputs": []}}]} | the response of cases[0] has no outputs
            """)
    void whatIsNoGoldenFileIsRefused(String text, String message) {
        assertThatThrownBy(() -> read(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(message);
    }

    @Test
    void tolerancesAreReadAndUsualIfLeftOut() {
        assertThat(withTolerance("").general()).isEqualTo(Tolerance.USUAL);
        assertThat(withTolerance("\"tolerance\": {\"relative\": 0.5},").general())
                .isEqualTo(new Tolerance(1e-6, 0.5));
        assertThat(withTolerance("\"tolerances\": {\"y\": {\"absolute\": 2}},").own())
                .containsOnlyKeys("y")
                .containsValue(new Tolerance(2, 0));
        assertThatThrownBy(() -> withTolerance("\"tolerances\": {\"z\": {}},"))
                .hasMessage("'tolerances' has an unknown field 'z'");
        assertThatThrownBy(() -> withTolerance("\"tolerance\": {\"absolute\": -1},"))
                .hasMessage("absolute: -1.0 (expected: >= 0)");
        assertThatThrownBy(() -> withTolerance("\"tolerance\": {\"absolut\": 1},"))
                .hasMessage("'tolerance' has an unknown field 'absolut'");
    }

    private static Golden withTolerance(String fields) {
        return read("""
                {%s "cases": [{"request": {"inputs": []}, "response": {"outputs": [
                    {"name": "y", "datatype": "FP32", "shape": [], "data": [1]}]}}]}""".formatted(fields));
    }

    private static Tensor input(String text) {
        String response = """
                {"outputs": [{"name": "y", "datatype": "FP32", "shape": [], "data": [1]}]}""";
        return read(GoldenGateTest.oneCase("{\"inputs\": [" + text + "]}", response))
                .cases()
                .getFirst()
                .inputs()
                .getFirst();
    }

    private static Golden read(String text) {
        return GoldenReader.read(text.getBytes(StandardCharsets.UTF_8));
    }
}
