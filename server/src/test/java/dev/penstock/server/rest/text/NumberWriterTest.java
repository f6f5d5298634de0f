package dev.penstock.server.rest.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NumberWriterTest {
    private static final long SEED = 5;

    @ParameterizedTest
    @CsvSource({
        "0, 0.0",
        "-0, -0.0",
        "1, 1.0",
        "7, 7.0",
        "100, 100.0",
        "0.1, 0.1",
        "-3.1415927, -3.1415927",
        "0.001, 0.001",
        "0.00125, 0.00125",
        "0.000999, 9.99e-4",
        "9999999, 9999999.0",
        "1e7, 1e7",
        "12345678, 1.2345678e7",
        "1e10, 1e10",
        "1.5e-7, 1.5e-7",
        "123456.7, 123456.7",
        "1.4e-45, 1e-45",
        "3.4028235e38, 3.4028235e38",
        "-1e-10, -1e-10"
    })
    void floatsAreWrittenShortAndAlwaysAsFloats(float value, String text) {
        assertThat(Texts.text(value)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0.0",
        "4.9e-324, 5e-324",
        "1.7976931348623157e308, 1.7976931348623157e308",
        "1e23, 1e23",
        "2e-3, 0.002",
        "3.141592653589793, 3.141592653589793",
        "1234567.1234567892, 1234567.1234567892",
        "9007199254740991, 9.007199254740991e15",
        "0.0012345678901234567, 0.0012345678901234567",
        "-1e100, -1e100"
    })
    void doublesAreWrittenShortAndAlwaysAsFloats(double value, String text) {
        assertThat(Texts.text(value)).isEqualTo(text);
    }

    @Test
    void whatIsNotFiniteBecomesAString() {
        assertThat(Texts.text(Float.NaN)).isEqualTo("\"NaN\"");
        assertThat(Texts.text(Double.POSITIVE_INFINITY)).isEqualTo("\"Infinity\"");
        assertThat(Texts.text(0xFC00, FloatFormat.FP16)).isEqualTo("\"-Infinity\"");
    }

    @Test
    void twoMillionRandomFloatsReadBackTheSameAndAreNeverLongerThanTheJdksText() {
        Random random = new Random(SEED);
        for (int i = 0; i < 2_000_000; i++) {
            float value = i % 2 == 0 ? Float.intBitsToFloat(random.nextInt()) : (float) random.nextGaussian();
            if (Float.isFinite(value)) {
                checkFloat(value, i);
            }
        }
    }

    private static void checkFloat(float value, int round) {
        String text = Texts.text(value);
        boolean same = (int) Texts.bits(text, FloatFormat.FP32) == Float.floatToRawIntBits(value)
                && Float.parseFloat(text) == value;
        // The JDK wants at least two digits, so its text is sometimes longer.
        boolean small = Texts.significantDigits(text) <= Texts.significantDigits(Float.toString(value));
        if (!same || !small) {
            throw new AssertionError(value + " became " + text + ", round " + round + " of seed " + SEED);
        }
    }

    @Test
    void twoMillionRandomDoublesReadBackTheSameAndAreNeverLongerThanTheJdksText() {
        Random random = new Random(SEED);
        for (int i = 0; i < 2_000_000; i++) {
            double value = i % 2 == 0 ? Double.longBitsToDouble(random.nextLong()) : random.nextGaussian();
            if (Double.isFinite(value)) {
                checkDouble(value, i);
            }
        }
    }

    private static void checkDouble(double value, int round) {
        String text = Texts.text(value);
        boolean same = Texts.bits(text, FloatFormat.FP64) == Double.doubleToRawLongBits(value)
                && Double.parseDouble(text) == value;
        boolean small = Texts.significantDigits(text) <= Texts.significantDigits(Double.toString(value));
        if (!same || !small) {
            throw new AssertionError(value + " became " + text + ", round " + round + " of seed " + SEED);
        }
    }

    @Test
    void powersOfTwoAndTheirNeighboursAreAsNearAsTheJdksText() {
        for (int exponent = -1074; exponent <= 1023; exponent++) {
            double power = Math.scalb(1.0, exponent);
            checkNear(power);
            checkNear(Math.nextDown(power));
            checkNear(Math.nextUp(power));
        }
    }

    private static void checkNear(double value) {
        String text = Texts.text(value);
        String theirs = Double.toString(value);

        checkDouble(value, 0);
        if (Texts.significantDigits(text) == Texts.significantDigits(theirs)) {
            assertThat(new BigDecimal(text)).isEqualByComparingTo(new BigDecimal(theirs));
        }
    }

    @Test
    void everyNumberOfSixteenBitsReadsBackAndNoShorterTextDoes() {
        for (FloatFormat format : new FloatFormat[] {FloatFormat.FP16, FloatFormat.BF16}) {
            for (int bits = 0; bits < format.infinityBits(); bits++) {
                String text = Texts.text(bits, format);

                assertThat(Texts.bits(text, format)).as(text).isEqualTo(bits);
                assertThat(Texts.bits("-" + text, format)).as(text).isEqualTo(bits | 0x8000);
                checkNoShorter(text, bits, format);
            }
        }
    }

    private static void checkNoShorter(String text, int bits, FloatFormat format) {
        int digits = Texts.significantDigits(text);
        if (digits < 2) {
            return;
        }
        BigDecimal largest = new BigDecimal(Texts.text(format.infinityBits() - 1, format));
        for (RoundingMode mode : new RoundingMode[] {RoundingMode.DOWN, RoundingMode.UP}) {
            BigDecimal shorter = new BigDecimal(text).round(new MathContext(digits - 1, mode));
            if (shorter.compareTo(largest) < 0) {
                assertThat(Texts.bits(shorter.toString(), format)).as(text).isNotEqualTo(bits);
            }
        }
    }

    @Test
    void integersAreWrittenAsTheJdkWritesThem() {
        Random random = new Random(SEED);
        byte[] out = new byte[2 * NumberWriter.ROOM_BYTES];
        for (int i = 0; i < 500_000; i++) {
            long value = i < 64 ? 1L << i : random.nextLong() >> random.nextInt(64);

            int end = NumberWriter.writeLong(value, out, 3);
            assertThat(new String(out, 3, end - 3, StandardCharsets.US_ASCII)).isEqualTo(Long.toString(value));
            end = NumberWriter.writeUnsignedLong(value, out, 3);
            assertThat(new String(out, 3, end - 3, StandardCharsets.US_ASCII)).isEqualTo(Long.toUnsignedString(value));
        }
    }

    @Test
    void noNumberTouchesMoreThanItsRoom() {
        double[] longest = {-1.2345678901234567e-308, -0.0012345678901234567, -1234567.1234567892, -0.0, -1e-300};
        for (double value : longest) {
            byte[] out = new byte[NumberWriter.ROOM_BYTES];
            assertThat(NumberWriter.writeDouble(value, out, 0)).isLessThanOrEqualTo(25);
        }
        assertThat(NumberWriter.writeLong(Long.MIN_VALUE, new byte[NumberWriter.ROOM_BYTES], 0))
                .isEqualTo(20);
    }

    /// Takes minutes: `-Dpenstock.exhaustive=1` looks at every float, a larger number at one of so many.
    @Test
    @EnabledIfSystemProperty(named = "penstock.exhaustive", matches = "\\d+")
    void everyFloatReadsBackTheSame() {
        byte[] out = new byte[NumberWriter.ROOM_BYTES];
        NumberScanner scanner = new NumberScanner(false);
        int stride = Integer.getInteger("penstock.exhaustive", 1);
        for (long bits = 0; bits < 0x7F80_0000L; bits += stride) {
            int end = NumberWriter.writeBits(bits, FloatFormat.FP32, out, 0);
            scanner.reset(out, 0, end);
            if (scanner.nextBits(FloatFormat.FP32) != bits || scanner.position() != end) {
                throw new AssertionError("bits " + bits + " of " + Float.intBitsToFloat((int) bits));
            }
        }
    }
}
