package dev.penstock.server.rest.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import org.junit.jupiter.api.Test;

class PowersOfTenTest {
    @Test
    void everyPowerIsRoundedDownTo128Bits() {
        for (int k = PowersOfTen.MIN; k <= PowersOfTen.MAX; k++) {
            BigInteger held = new BigInteger(Long.toUnsignedString(PowersOfTen.high(k)))
                    .shiftLeft(64)
                    .add(new BigInteger(Long.toUnsignedString(PowersOfTen.low(k))));
            int unit = PowersOfTen.floorLog2(k) - 127;

            assertThat(held.bitLength()).as("10^%d", k).isEqualTo(128);
            assertThat(compareToPower(held, unit, k)).as("10^%d", k).isLessThanOrEqualTo(0);
            assertThat(compareToPower(held.add(BigInteger.ONE), unit, k))
                    .as("10^%d", k)
                    .isGreaterThan(0);
        }
    }

    @Test
    void noHalfIsSoLargeThatRoundingItUpOverflows() {
        for (int k = PowersOfTen.MIN; k <= PowersOfTen.MAX; k++) {
            assertThat(PowersOfTen.high(k)).as("10^%d", k).isNotEqualTo(-1);
            assertThat(PowersOfTen.low(k)).as("10^%d", k).isNotEqualTo(-1);
        }
    }

    @Test
    void digitsAreCounted() {
        long power = 1;
        for (int digits = 1; digits <= 18; digits++) {
            assertThat(PowersOfTen.digitCount(power)).isEqualTo(digits);
            assertThat(PowersOfTen.digitCount(10 * power - 1)).isEqualTo(digits);
            power *= 10;
        }
        assertThat(PowersOfTen.digitCount(0)).isEqualTo(1);
    }

    /// Compares `significand * 2^unit` with `10^k`.
    private static int compareToPower(BigInteger significand, int unit, int k) {
        BigInteger left = significand.multiply(BigInteger.TEN.pow(Math.max(-k, 0)));
        BigInteger right = BigInteger.TEN.pow(Math.max(k, 0));
        return left.shiftLeft(Math.max(unit, 0)).compareTo(right.shiftLeft(Math.max(-unit, 0)));
    }
}
