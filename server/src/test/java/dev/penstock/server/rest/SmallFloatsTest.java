package dev.penstock.server.rest;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.Random;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;

class SmallFloatsTest {
    private static final long SEED = 7;

    @Test
    void everyFp16SurvivesTheWayThroughDouble() {
        for (int bits = 0; bits <= 0xffff; bits++) {
            float value = Float.float16ToFloat((short) bits);
            if (!Float.isNaN(value)) {
                assertThat(SmallFloats.toFp16(value)).isEqualTo((short) bits);
            }
        }
    }

    @Test
    void everyBf16SurvivesTheWayThroughDouble() {
        for (int bits = 0; bits <= 0xffff; bits++) {
            float value = SmallFloats.fromBf16((short) bits);
            if (!Float.isNaN(value)) {
                assertThat(SmallFloats.toBf16(value)).isEqualTo((short) bits);
            }
        }
    }

    @Test
    void notANumberStaysThat() {
        assertThat(Float.float16ToFloat(SmallFloats.toFp16(Double.NaN))).isNaN();
        assertThat(SmallFloats.fromBf16(SmallFloats.toBf16(Double.NaN))).isNaN();
    }

    /// Between two neighbours there is a tie; just below, on, and just above it the exact decimal decides.
    @Test
    void decimalsNextToATieAreRoundedAsIfInOneStep() {
        BigDecimal tiny = new BigDecimal("1e-60");
        for (int low = 0; low < 0x7bff; low += 3) {
            assertTie(low, tiny, bits -> Float.float16ToFloat((short) bits), false);
        }
        for (int low = 0; low < 0x7f7f; low += 3) {
            assertTie(low, tiny, bits -> SmallFloats.fromBf16((short) bits), true);
        }
    }

    private static void assertTie(int low, BigDecimal tiny, IntToDoubleFunction value, boolean bf16) {
        BigDecimal tie = new BigDecimal(value.applyAsDouble(low))
                .add(new BigDecimal(value.applyAsDouble(low + 1)))
                .divide(BigDecimal.TWO);
        int even = low % 2 == 0 ? low : low + 1;

        assertThat(round(tie, bf16)).as("tie above %x", low).isEqualTo((short) even);
        assertThat(round(tie.multiply(BigDecimal.ONE.subtract(tiny)), bf16))
                .as("below")
                .isEqualTo((short) low);
        assertThat(round(tie.multiply(BigDecimal.ONE.add(tiny)), bf16))
                .as("above")
                .isEqualTo((short) (low + 1));
    }

    private static short round(BigDecimal exact, boolean bf16) {
        double decided = SmallFloats.undecided(exact.doubleValue(), exact);
        return bf16 ? SmallFloats.toBf16(decided) : SmallFloats.toFp16(decided);
    }

    @Test
    void randomDoublesGoToTheNearestFp16() {
        Random random = new Random(SEED);
        for (int i = 0; i < 100_000; i++) {
            double value = (random.nextDouble() - 0.5) * Math.pow(2, random.nextInt(40) - 24);

            short bits = SmallFloats.toFp16(value);

            double error = Math.abs(Float.float16ToFloat(bits) - value);
            for (int neighbour : new int[] {bits - 1, bits + 1}) {
                double other = Float.float16ToFloat((short) neighbour);
                assertThat(Double.isNaN(other) || Math.abs(other - value) >= error)
                        .as("round %d of seed %d: %s", i, SEED, value)
                        .isTrue();
            }
        }
    }
}
