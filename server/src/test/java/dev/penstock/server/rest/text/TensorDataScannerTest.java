package dev.penstock.server.rest.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.core.DataType;
import dev.penstock.core.ServingException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TensorDataScannerTest {
    private final TensorDataScanner scanner = new TensorDataScanner(true);
    private final ByteBuffer target = ByteBuffer.allocateDirect(64).order(ByteOrder.LITTLE_ENDIAN);

    private int scan(DataType type, String text) {
        byte[] bytes = Texts.bytes(text);
        return scanner.scan(bytes, 0, bytes.length, type, target, 0, 4);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[1,2,3,4]",
                "[[1,2],[3,4]]",
                " [ [ 1 , 2 ] ,\n\t[ 3 ,\r4 ] ] ",
                "[[[1],[2]],[[3],[4]]]",
                "[[],1,[2,[3]],4]",
                "[[[[[[[[[[[[[[[[1,2,3,4]]]]]]]]]]]]]]]]",
                "[1.0,2e0,3,0.4e1],5]"
            })
    void elementsAreTakenInOrderAtAnyNesting(String text) {
        assertThat(scan(DataType.FP32, text)).isEqualTo(4);

        assertThat(target.getFloat(0)).isEqualTo(1);
        assertThat(target.getFloat(4)).isEqualTo(2);
        assertThat(target.getFloat(8)).isEqualTo(3);
        assertThat(target.getFloat(12)).isEqualTo(4);
    }

    @ParameterizedTest
    @ValueSource(strings = {"[]", "[[]]", "[[],[]]", " [ [ ] , [ [ ] ] ] "})
    void anEmptyArrayHasNoElements(String text) {
        assertThat(scan(DataType.FP32, text)).isZero();
    }

    @Test
    void readingEndsBehindTheBracketThatMatchesTheFirst() {
        byte[] text = Texts.bytes("{\"data\": [[1],[2]], \"x\":[3]}");

        assertThat(scanner.scan(text, 8, text.length, DataType.INT32, target, 8, 4))
                .isEqualTo(2);

        assertThat(scanner.end()).isEqualTo(18);
        assertThat(target.getInt(8)).isEqualTo(1);
        assertThat(target.getInt(12)).isEqualTo(2);
        assertThat(target.getInt(16)).isZero();
        assertThat(target.position()).isZero();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "1 | element 0: '1' at byte 0 (expected: '[')",
                "[ | element 0: the end at byte 1 (expected: a number)",
                "[1 | element 1: the end at byte 2 (expected: ',' or ']')",
                "[1,] | element 1: ']' at byte 3 (expected: an element)",
                "[,1] | element 0: ',' at byte 1 (expected: a number)",
                "[1,,2] | element 1: ',' at byte 3 (expected: a number)",
                "[1 2] | element 1: '2' at byte 3 (expected: ',' or ']')",
                "[[1][2]] | element 1: '[2' at byte 4 (expected: ',' or ']')",
                "[1x] | element 1: 'x' at byte 2 (expected: ',' or ']')",
                "[1,2,3e] | element 2: '3e' at byte 5 (expected: a digit in the exponent)",
                "[1,\"2\"] | element 1: '\"2\"' at byte 3 (expected: a number)",
                "[1,1e39] | element 1: '1e39' at byte 3 (expected: a number in the range of FP32)",
                "[[1,2,3,4],[5]] | element 4: more elements at byte 12 (expected: 4, as the shape says)",
                "[1,{}] | element 1: '{' at byte 3 (expected: a number)",
            })
    void whatIsNoArrayOfNumbersIsRefusedWithElementAndPlace(String text, String message) {
        assertThatThrownBy(() -> scan(DataType.FP32, text))
                .isInstanceOf(ServingException.class)
                .hasMessage(message);
    }

    @Test
    void anArrayTooDeepIsRefused() {
        assertThatThrownBy(() -> scan(DataType.FP32, "[".repeat(17)))
                .hasMessage("element 0: array 17 deep at byte 16 (expected: at most 16)");
    }

    @Test
    void everyTypeIsWrittenInItsWidth() {
        assertThat(hex(DataType.FP32, "[1.5,-0]")).isEqualTo("0000c03f00000080");
        assertThat(hex(DataType.FP64, "[1.5]")).isEqualTo("000000000000f83f");
        assertThat(hex(DataType.FP16, "[1.5,NaN]")).isEqualTo("003e007e");
        assertThat(hex(DataType.BF16, "[1.5,-Infinity]")).isEqualTo("c03f80ff");
        assertThat(hex(DataType.INT8, "[-1,127]")).isEqualTo("ff7f");
        assertThat(hex(DataType.UINT8, "[255,0]")).isEqualTo("ff00");
        assertThat(hex(DataType.INT16, "[-2]")).isEqualTo("feff");
        assertThat(hex(DataType.UINT16, "[65535,1]")).isEqualTo("ffff0100");
        assertThat(hex(DataType.INT32, "[-2,1000]")).isEqualTo("feffffffe8030000");
        assertThat(hex(DataType.UINT32, "[4294967295]")).isEqualTo("ffffffff");
        assertThat(hex(DataType.INT64, "[-9223372036854775808]")).isEqualTo("0000000000000080");
        assertThat(hex(DataType.UINT64, "[18446744073709551615]")).isEqualTo("ffffffffffffffff");
        assertThat(hex(DataType.BOOL, "[true,false,1,0]")).isEqualTo("01000100");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "INT8 | 128 | an integer from -128 to 127",
                "INT8 | -129 | an integer from -128 to 127",
                "UINT8 | 256 | an integer from 0 to 255",
                "UINT8 | -1 | an integer from 0 to 255",
                "INT16 | 32768 | an integer from -32768 to 32767",
                "UINT16 | 65536 | an integer from 0 to 65535",
                "INT32 | 2147483648 | an integer from -2147483648 to 2147483647",
                "UINT32 | 4294967296 | an integer from 0 to 4294967295",
                "UINT64 | 18446744073709551616 | an integer from 0 to 18446744073709551615",
                "INT32 | 0.5 | an integer from -2147483648 to 2147483647",
                "INT32 | NaN | an integer",
                "BOOL | 2 | true, false, 0 or 1",
                "BOOL | maybe | true, false, 0 or 1",
                "FP16 | 1e5 | a number in the range of FP16",
            })
    void whatIsOutsideATypesRangeIsRefused(DataType type, String element, String expected) {
        assertThatThrownBy(() -> scan(type, "[0," + element + "]"))
                .hasMessage("element 1: '" + element + "' at byte 3 (expected: " + expected + ")");
    }

    @Test
    void aTargetThatIsTooSmallIsTheCallersFault() {
        byte[] text = Texts.bytes("[1]");

        assertThatIllegalArgumentException()
                .isThrownBy(() -> scanner.scan(text, 0, 3, DataType.FP64, target, 8, 8))
                .withMessage("target: 8 elements of FP64 at 8 (expected: to fit into 64 bytes)");
    }

    private String hex(DataType type, String text) {
        int count = scan(type, text);
        StringBuilder hex = new StringBuilder();
        for (int i = 0; i < count * type.byteSize(); i++) {
            hex.append("%02x".formatted(target.get(i)));
        }
        return hex.toString();
    }
}
