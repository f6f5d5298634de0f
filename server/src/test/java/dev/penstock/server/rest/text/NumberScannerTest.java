package dev.penstock.server.rest.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.core.ServingException;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NumberScannerTest {
    private static final long SEED = 3;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0",
                "-0",
                "1",
                "-1",
                "10",
                "0.0",
                "-0.0",
                "0.5",
                "1.5",
                "1e0",
                "1E0",
                "1e+0",
                "1e-0",
                "1e05",
                "0e0",
                "1.0e10",
                "-1.25E-3",
                "12345678",
                "123456789",
                "1234567890123456789",
                "0.12345678",
                "0.123456789",
                "12345678.12345678",
                "1e-400",
                "0e999999999999",
                "0.000000000000000000000000000000001e33",
                "18446744073709551616",
                "100000000000000000000000000000000000000"
            })
    void whatJsonCallsANumberIsRead(String text) {
        assertThat(Double.longBitsToDouble(Texts.bits(text, FloatFormat.FP64))).isEqualTo(Double.parseDouble(text));
        assertThat(Float.intBitsToFloat((int) Texts.bits(text, FloatFormat.FP32)))
                .isEqualTo(Float.parseFloat(text));
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '"',
            value = {
                "\"\", the end at byte 0 (expected: a number)",
                "-, '-' at byte 0 (expected: a number)",
                "+1, '+1' at byte 0 (expected: a number)",
                ".5, '.5' at byte 0 (expected: a number)",
                "-.5, '-.5' at byte 0 (expected: a number)",
                "01, '01' at byte 0 (expected: no digit after a leading zero)",
                "-00, '00' at byte 1 (expected: no digit after a leading zero)",
                "1., '1.' at byte 0 (expected: a digit after the point)",
                "1.e3, '1.e3' at byte 0 (expected: a digit after the point)",
                "1e, '1e' at byte 0 (expected: a digit in the exponent)",
                "1e+, '1e+' at byte 0 (expected: a digit in the exponent)",
                "1.5e-x, '1.5e-x' at byte 0 (expected: a digit in the exponent)",
                "nan, 'nan' at byte 0 (expected: a number)",
                "Infinit, 'Infinit' at byte 0 (expected: a number)",
                "-NaN, '-NaN' at byte 0 (expected: a number)",
                "null, 'null' at byte 0 (expected: a number)",
            })
    void whatJsonDoesNotCallANumberIsRefusedByItsPlace(String text, String message) {
        assertThatThrownBy(() -> Texts.bits(text, FloatFormat.FP32))
                .isInstanceOf(ServingException.class)
                .hasMessage(message);
    }

    @Test
    void aNumberEndsWhereItsGrammarEnds() {
        NumberScanner scanner = Texts.scanner("1.5,-2e3]0x1");

        assertThat(scanner.nextFloat()).isEqualTo(1.5f);
        assertThat(scanner.position()).isEqualTo(3);
        scanner.moveTo(4);
        assertThat(scanner.nextDouble()).isEqualTo(-2000.0);
        assertThat(scanner.position()).isEqualTo(8);
        scanner.moveTo(9);
        assertThat(scanner.nextInteger(0, 9)).isZero();
        assertThat(scanner.position()).isEqualTo(10);
    }

    @Test
    void nothingAtTheLimitIsLookedAt() {
        byte[] text = Texts.bytes("123456789.123456789e12");
        NumberScanner scanner = new NumberScanner(false);
        for (int limit = 1; limit <= 9; limit++) {
            scanner.reset(text, 0, limit);

            assertThat(scanner.nextInteger(0, Long.MAX_VALUE))
                    .isEqualTo(Long.parseLong("123456789".substring(0, limit)));
        }
        scanner.reset(text, 0, 19);
        assertThat(scanner.nextDouble()).isEqualTo(Double.parseDouble("123456789.123456789"));
        scanner.reset(text, 0, 21);
        assertThat(scanner.nextDouble()).isEqualTo(Double.parseDouble("123456789.123456789e1"));
    }

    @Test
    void nonFiniteTokensAreNumbersWhereTheyAreAllowed() {
        assertThat(Texts.scanner("NaN").nextFloat()).isNaN();
        assertThat(Texts.scanner("Infinity").nextDouble()).isEqualTo(Double.POSITIVE_INFINITY);
        assertThat(Texts.scanner("-Infinity").nextFloat()).isEqualTo(Float.NEGATIVE_INFINITY);
        assertThat(Texts.bits("-Infinity", FloatFormat.FP16)).isEqualTo(0xFC00);
        assertThat(Texts.bits("Infinity", FloatFormat.BF16)).isEqualTo(0x7F80);
        assertThat(Texts.bits("NaN", FloatFormat.FP16)).isEqualTo(0x7E00);

        NumberScanner strict = new NumberScanner(false);
        strict.reset(Texts.bytes("-Infinity"), 0, 9);
        assertThatThrownBy(strict::nextFloat).hasMessage("'-Infinity' at byte 0 (expected: a number)");
    }

    @Test
    void aNumberTooLargeForItsTypeIsRefused() {
        assertThatThrownBy(() -> Texts.bits("1e400", FloatFormat.FP64))
                .hasMessage("'1e400' at byte 0 (expected: a number in the range of FP64)");
        assertThatThrownBy(() -> Texts.bits("-3.5e38", FloatFormat.FP32))
                .hasMessage("'-3.5e38' at byte 0 (expected: a number in the range of FP32)");
        assertThatThrownBy(() -> Texts.bits("65520", FloatFormat.FP16)).hasMessageContaining("range of FP16");
        assertThat(Texts.bits("65519.999", FloatFormat.FP16)).isEqualTo(0x7BFF);
        assertThatThrownBy(() -> Texts.bits("1e99999999999999999999", FloatFormat.FP64))
                .hasMessageContaining("range of FP64");
        assertThatThrownBy(() -> Texts.bits("9".repeat(400), FloatFormat.FP64))
                .hasMessage("'" + "9".repeat(40) + "...' at byte 0 (expected: a number in the range of FP64)");
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "-0, 0",
        "7, 7",
        "-128, -128",
        "127, 127",
    })
    void anIntegerHasThatValue(String text, long expected) {
        assertThat(Texts.scanner(text).nextInteger(-128, 127)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "128",
                "-129",
                "1.0",
                "1e0",
                "1e2",
                "100e-2",
                "0e99",
                "0.0",
                "1.00000000000000000000000000",
                "0.5",
                "1.5",
                "1e3",
                "1e-1",
                "1e9999999999999999999",
                "99999999999999999999999",
                "1.00000000000000000000000001",
                "1e-2000"
            })
    void whatIsNoIntegerOfTheRangeIsRefused(String text) {
        assertThatThrownBy(() -> Texts.scanner(text).nextInteger(-128, 127))
                .hasMessage("'" + text + "' at byte 0 (expected: an integer from -128 to 127)");
    }

    @Test
    void integersOf64BitsAreExactUpToTheirEnds() {
        assertThat(anyLong("9223372036854775807")).isEqualTo(Long.MAX_VALUE);
        assertThat(anyLong("-9223372036854775808")).isEqualTo(Long.MIN_VALUE);
        assertThatThrownBy(() -> anyLong("9223372036854775808")).hasMessageContaining("to 9223372036854775807");
        assertThatThrownBy(() -> anyLong("-9223372036854775809")).hasMessageContaining("from -9223372036854775808");
        assertThat(Texts.scanner("18446744073709551615").nextUnsignedLong()).isEqualTo(-1);
        assertThat(Texts.scanner("-0").nextUnsignedLong()).isZero();
        assertThatThrownBy(() -> Texts.scanner("1844674407370955161.5e1").nextUnsignedLong())
                .hasMessageContaining("to 18446744073709551615");
        assertThatThrownBy(() -> Texts.scanner("18446744073709551616").nextUnsignedLong())
                .hasMessageContaining("from 0 to 18446744073709551615");
        // Its first 19 digits have the highest bit set.
        assertThatThrownBy(() -> Texts.scanner("93045569040282274493").nextUnsignedLong())
                .hasMessageContaining("to 18446744073709551615");
        assertThatThrownBy(() -> Texts.scanner("-1").nextUnsignedLong()).hasMessageContaining("from 0");
    }

    @Test
    void randomIntegersAreReadAsTheJdkReadsThem() {
        Random random = new Random(SEED);
        for (int i = 0; i < 500_000; i++) {
            long value = random.nextLong() >> random.nextInt(64);

            assertThat(anyLong(Long.toString(value)))
                    .as("round %d of seed %d", i, SEED)
                    .isEqualTo(value);
            String unsigned = Long.toUnsignedString(value);
            assertThat(Texts.scanner(unsigned).nextUnsignedLong())
                    .as("round %d of seed %d", i, SEED)
                    .isEqualTo(value);
        }
    }

    private static long anyLong(String text) {
        return Texts.scanner(text).nextInteger(Long.MIN_VALUE, Long.MAX_VALUE);
    }
}
