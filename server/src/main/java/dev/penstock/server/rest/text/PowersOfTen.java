package dev.penstock.server.rest.text;

import java.math.BigInteger;

/// Powers of ten as 128-bit binary floating point, rounded down.
///
/// With `F` the 128-bit number of [#high] and [#low], whose first bit is set: `F <= 10^k / 2^(floorLog2(k) -
/// 127) < F + 1`.
final class PowersOfTen {
    /// A 64-bit significand times any smaller power is below half of the smallest number of any format.
    static final int MIN = -342;
    /// What printing the smallest double needs; reading needs 308.
    static final int MAX = 324;

    /// `10^0` to `10^18`.
    private static final long[] LONGS = new long[19];

    // High and low halves alternate, so that one power lies in one cache line.
    private static final long[] HALVES = new long[2 * (MAX - MIN + 1)];

    static {
        LONGS[0] = 1;
        for (int i = 1; i < LONGS.length; i++) {
            LONGS[i] = 10 * LONGS[i - 1];
        }
        for (int k = MIN; k <= MAX; k++) {
            BigInteger significand = significand(k);
            HALVES[2 * (k - MIN)] = significand.shiftRight(64).longValue();
            HALVES[2 * (k - MIN) + 1] = significand.longValue();
        }
    }

    private PowersOfTen() {}

    static BigInteger significand(int k) {
        // 10^k = 5^k * 2^k, and a power of two changes no significand.
        BigInteger five = BigInteger.valueOf(5).pow(Math.abs(k));
        int shift = 127 - floorLog2(k) + k;
        if (k < 0) {
            return BigInteger.ONE.shiftLeft(shift).divide(five);
        }
        return five.shiftLeft(shift);
    }

    static long high(int k) {
        return HALVES[2 * (k - MIN)];
    }

    static long low(int k) {
        return HALVES[2 * (k - MIN) + 1];
    }

    /// `10^k` for `k` in 0..18.
    static long asLong(int k) {
        return LONGS[k];
    }

    /// `floor(log2(10^k))` for `k` in -1233..1233.
    static int floorLog2(int k) {
        return (k * 1_741_647) >> 19;
    }

    /// `floor(log10(2^q))` for `q` in -1500..1500.
    static int floorLog10OfPowerOfTwo(int q) {
        return (q * 1_262_611) >> 22;
    }

    /// `floor(log10(3/4 * 2^q))` for `q` in -1500..1500.
    static int floorLog10OfThreeQuarters(int q) {
        return (q * 1_262_611 - 524_031) >> 22;
    }

    /// Decimal digits of `value`, 1 for zero. Unsigned, but below `10^18`.
    static int digitCount(long value) {
        // 1233 / 4096 is log10(2), near enough for 64 bits.
        int atLeast = ((64 - Long.numberOfLeadingZeros(value | 1)) * 1233) >>> 12;
        return atLeast + ((value | 1) < LONGS[atLeast] ? 0 : 1);
    }
}
