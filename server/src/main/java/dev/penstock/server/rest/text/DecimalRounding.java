package dev.penstock.server.rest.text;

/// Rounds decimal numbers to binary formats, to nearest and ties to even, with 64-bit arithmetic.
///
/// The idea, after Eisel and Lemire: the product of the decimal significand and a precomputed power of ten is known up
/// to a few units of its last place. If the whole interval of that uncertainty rounds to one number, that is the
/// answer. If not, a wider product narrows the interval. What still lies across a tie is told to the caller: next to no
/// number, unless it was chosen to or has more than 19 digits, for which there is no wider product.
final class DecimalRounding {
    /// The answer that says: too near to a tie to tell.
    static final long UNDECIDED = -1;

    private static final int MAX_EXACT_POWER_OF_FIVE = 27;
    private static final long[] POWERS_OF_FIVE = new long[MAX_EXACT_POWER_OF_FIVE + 1];

    static {
        POWERS_OF_FIVE[0] = 1;
        for (int i = 1; i < POWERS_OF_FIVE.length; i++) {
            POWERS_OF_FIVE[i] = 5 * POWERS_OF_FIVE[i - 1];
        }
    }

    private DecimalRounding() {}

    /// Encodes `w * 10^q`.
    ///
    /// @param w unsigned, below `10^19`
    /// @param truncated whether the number is really more than `w` and less than `w + 1` times `10^q`; then `w`
    ///         has 19 digits
    /// @return the bits without a sign; those of infinity if the number is too large; or [#UNDECIDED]
    static long bits(long w, long q, boolean truncated, FloatFormat format) {
        if (w == 0 || q < PowersOfTen.MIN) {
            return 0;
        }
        if (q > PowersOfTen.MAX) {
            return format.infinityBits();
        }
        int power = (int) q;
        int shift = Long.numberOfLeadingZeros(w);
        long top = Math.unsignedMultiplyHigh(w << shift, PowersOfTen.high(power));
        // Both factors are less than one unit too small, the first only if digits were cut; the product is below this
        // sum, and halved so that adding to it cannot overflow.
        long uncertainty = truncated ? 2 + (1L << shift) : 2;
        int unit = PowersOfTen.floorLog2(power) + 2 - shift;
        long bits = round((top >>> 1) - 1, (top >>> 1) + uncertainty, unit, format);
        if (bits == UNDECIDED && !truncated) {
            return narrow(w, power, unit, format);
        }
        return bits;
    }

    /// Encodes the number that lies strictly between `low` and `high`, times `2^unit`. Both have the same length of 61
    /// to 63 bits, or `low` is one less than a power of two.
    private static long round(long low, long high, int unit, FloatFormat format) {
        int length = 64 - Long.numberOfLeadingZeros(low + 1);
        int exponent = unit + length - 1;
        int atLeast = Math.max(exponent, format.minExponent());
        int dropped = length - format.precision() + atLeast - exponent;
        if (dropped >= 64) {
            return dropped == 64 ? UNDECIDED : 0;
        }
        long half = 1L << (dropped - 1);
        long significand = (low + half) >>> dropped;
        if (significand != (high + half) >>> dropped) {
            return UNDECIDED;
        }
        return format.encode(significand, atLeast);
    }

    /// Tries again with a product of 128 bits, and with exact arithmetic where a tie is possible.
    private static long narrow(long w, int power, int unit, FloatFormat format) {
        int shift = Long.numberOfLeadingZeros(w);
        long normalized = w << shift;
        long below = normalized * PowersOfTen.high(power);
        long middle = below + Math.unsignedMultiplyHigh(normalized, PowersOfTen.low(power));
        long carry = Long.compareUnsigned(middle, below) < 0 ? 1 : 0;
        long top = Math.unsignedMultiplyHigh(normalized, PowersOfTen.high(power)) + carry;
        // What lies further right adds less than two units to `middle`.
        if (Long.compareUnsigned(middle, -2) < 0 && ((top & 1) != 0 || middle != 0)) {
            return roundInside(top >>> 1, unit, format);
        }
        return exact(w, power, format);
    }

    /// Encodes a number strictly between `floor` and `floor + 1`, times `2^unit`. No tie lies in there.
    private static long roundInside(long floor, int unit, FloatFormat format) {
        return round(floor, floor, unit, format);
    }

    /// Encodes `w * 10^q` if it is an integer of 64 bits times a power of two.
    private static long exact(long w, int q, FloatFormat format) {
        if (Math.abs(q) > MAX_EXACT_POWER_OF_FIVE) {
            return UNDECIDED;
        }
        long five = POWERS_OF_FIVE[Math.abs(q)];
        if (q < 0) {
            return Long.remainderUnsigned(w, five) == 0
                    ? roundExact(Long.divideUnsigned(w, five), q, format)
                    : UNDECIDED;
        }
        return Math.unsignedMultiplyHigh(w, five) == 0 ? roundExact(w * five, q, format) : UNDECIDED;
    }

    /// Encodes `integer * 2^unit`.
    private static long roundExact(long integer, int unit, FloatFormat format) {
        int length = 64 - Long.numberOfLeadingZeros(integer);
        int exponent = unit + length - 1;
        int dropped = length - format.precision();
        if (exponent < format.minExponent() || dropped <= 0) {
            return UNDECIDED;
        }
        long kept = integer >>> dropped;
        long rest = integer << (64 - dropped);
        // Unsigned comparison with one half.
        int side = Long.compareUnsigned(rest, Long.MIN_VALUE);
        boolean up = side > 0 || (side == 0 && (kept & 1) != 0);
        return format.encode(up ? kept + 1 : kept, exponent);
    }
}
