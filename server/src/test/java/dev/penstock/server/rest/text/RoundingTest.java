package dev.penstock.server.rest.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Reading is compared with the JDK, which rounds correctly, and for the 16-bit formats with exact arithmetic.
class RoundingTest {
    private static final long SEED = 20_261_121;
    private static final int ROUNDS = 400_000;

    @Test
    void textsOfNineDigitsAreReadAsTheJdkReadsThem() {
        Random random = new Random(SEED);
        for (int i = 0; i < ROUNDS; i++) {
            int digits = random.nextInt(1_000_000_000);
            compare(new BigDecimal(digits).movePointLeft(random.nextInt(14)).toPlainString(), i);
            compare((random.nextBoolean() ? "-" : "") + digits + "e" + (random.nextInt(100) - 55), i);
        }
    }

    @Test
    void textsOfSeventeenDigitsAreReadAsTheJdkReadsThem() {
        Random random = new Random(SEED);
        for (int i = 0; i < ROUNDS; i++) {
            compare(Double.toString(random.nextGaussian()), i);
            compare(Double.toString(Double.longBitsToDouble(random.nextLong() & ~(1L << 62))), i);
        }
    }

    @Test
    void textsOfAnyLengthAndExponentAreReadAsTheJdkReadsThem() {
        Random random = new Random(SEED);
        for (int i = 0; i < ROUNDS; i++) {
            compare(randomText(random), i);
        }
    }

    @Test
    void textsAtAndBesideTiesBetweenFloatsAreReadAsTheJdkReadsThem() {
        Random random = new Random(SEED);
        for (int i = 0; i < ROUNDS / 4; i++) {
            float value = Float.intBitsToFloat(random.nextInt(0x7F7F_FFFF));
            BigDecimal tie = new BigDecimal(value)
                    .add(new BigDecimal(Math.nextUp(value)))
                    .divide(BigDecimal.TWO);
            compareAround(tie, random, i);
        }
    }

    @Test
    void textsAtAndBesideTiesBetweenDoublesAreReadAsTheJdkReadsThem() {
        Random random = new Random(SEED);
        for (int i = 0; i < ROUNDS / 20; i++) {
            double value = Double.longBitsToDouble(random.nextLong() & 0x7FEF_FFFF_FFFF_FFFFL);
            if (i % 2 == 0) {
                value = Math.scalb((double) random.nextLong(1L << 53), random.nextInt(60) - 40);
            }
            BigDecimal tie = new BigDecimal(value)
                    .add(new BigDecimal(Math.nextUp(value)))
                    .divide(BigDecimal.TWO);
            compareAround(tie, random, i);
        }
    }

    @Test
    void subnormalNumbersAreReadAsTheJdkReadsThem() {
        Random random = new Random(SEED);
        for (int i = 0; i < ROUNDS / 8; i++) {
            compare(random.nextInt(1 << 30) + "e-" + (40 + random.nextInt(15)), i);
            compare(random.nextLong(1L << 60) + "e-" + (310 + random.nextInt(35)), i);
        }
    }

    @Test
    void aTieBetweenIntegersOfOneFloatGoesToTheEvenOne() {
        assertThat(Texts.bits("16777217", FloatFormat.FP32)).isEqualTo(Float.floatToIntBits(16777216f));
        assertThat(Texts.bits("16777219", FloatFormat.FP32)).isEqualTo(Float.floatToIntBits(16777220f));
        assertThat(Texts.bits("8388608.5", FloatFormat.FP32)).isEqualTo(Float.floatToIntBits(8388608f));
        assertThat(Texts.bits("9007199254740993", FloatFormat.FP64)).isEqualTo(Double.doubleToLongBits(0x1p53));
        assertThat(Texts.bits("9007199254740993." + "0".repeat(900) + "1", FloatFormat.FP64))
                .isEqualTo(Double.doubleToLongBits(0x1p53 + 2));
        // Through a double it would become the tie and then 1.0: the rounding is done once.
        assertThat(Texts.bits("1.00000005960464477540", FloatFormat.FP32))
                .isEqualTo(Float.floatToIntBits(Math.nextUp(1f)));
    }

    @Test
    void everyNumberOfSixteenBitsIsReadFromItsExactTextAndFromTheTiesBesideIt() {
        for (FloatFormat format : new FloatFormat[] {FloatFormat.FP16, FloatFormat.BF16}) {
            for (int bits = 0; bits < format.infinityBits() - 1; bits++) {
                BigDecimal value = exact(bits, format);
                BigDecimal tie = value.add(exact(bits + 1, format)).divide(BigDecimal.TWO);
                int even = (bits & 1) == 0 ? bits : bits + 1;

                assertThat(Texts.bits(value.toString(), format)).as("%s", value).isEqualTo(bits);
                assertThat(Texts.bits(tie.toString(), format)).as("%s", tie).isEqualTo(even);
                BigDecimal hair = tie.ulp().movePointLeft(3);
                assertThat(Texts.bits(tie.subtract(hair).toString(), format)).isEqualTo(bits);
                assertThat(Texts.bits(tie.add(hair).toString(), format)).isEqualTo(bits + 1);
            }
        }
    }

    /// BF16 is the upper half of an FP32.
    private static BigDecimal exact(int bits, FloatFormat format) {
        return new BigDecimal(
                format.equals(FloatFormat.FP16)
                        ? Float.float16ToFloat((short) bits)
                        : Float.intBitsToFloat(bits << 16));
    }

    private static void compareAround(BigDecimal tie, Random random, int round) {
        compare(tie.toString(), round);
        BigDecimal hair = tie.ulp().movePointLeft(random.nextInt(3));
        compare(tie.subtract(hair).toString(), round);
        compare(tie.add(hair).toString(), round);
        MathContext cut = new MathContext(1 + random.nextInt(25), RoundingMode.HALF_EVEN);
        compare(tie.round(cut).toString(), round);
    }

    private static String randomText(Random random) {
        StringBuilder text = new StringBuilder(random.nextBoolean() ? "-" : "");
        appendDigits(text, random.nextInt(6) == 0 ? random.nextInt(40) : random.nextInt(4), random);
        if (text.isEmpty() || !Character.isDigit(text.charAt(text.length() - 1))) {
            text.append('0');
        }
        if (random.nextInt(4) > 0) {
            text.append('.').append("0".repeat(random.nextInt(8) == 0 ? random.nextInt(30) : 0));
            appendDigits(text, 1 + random.nextInt(22), random);
            text.append(random.nextInt(10));
        }
        if (random.nextInt(3) == 0) {
            text.append(random.nextBoolean() ? "e" : "E").append(random.nextBoolean() ? "+" : "-");
            text.append(random.nextInt(random.nextBoolean() ? 30 : 360));
        }
        return text.toString();
    }

    private static void appendDigits(StringBuilder text, int count, Random random) {
        for (int i = 0; i < count; i++) {
            text.append((char) ((i == 0 ? '1' : '0') + random.nextInt(9)));
        }
    }

    private static void compare(String text, int round) {
        double expected = Double.parseDouble(text);
        if (!Double.isInfinite(expected)
                && Texts.bits(text, FloatFormat.FP64) != Double.doubleToRawLongBits(expected)) {
            throw new AssertionError("FP64 " + text + ", round " + round + " of seed " + SEED);
        }
        float expectedFloat = Float.parseFloat(text);
        if (!Float.isInfinite(expectedFloat)
                && (int) Texts.bits(text, FloatFormat.FP32) != Float.floatToRawIntBits(expectedFloat)) {
            throw new AssertionError("FP32 " + text + ", round " + round + " of seed " + SEED);
        }
    }
}
