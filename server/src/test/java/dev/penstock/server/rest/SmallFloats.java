package dev.penstock.server.rest;

import java.math.BigDecimal;

/// FP16 and BF16 out of decimal numbers, rounded to nearest, ties to even, as if in one step. Pure.
final class SmallFloats {
    /// The bits of a `double` that no `float` has.
    private static final long BELOW_FLOAT = (1L << 29) - 1;

    private static final short BF16_NAN = 0x7fc0;

    private SmallFloats() {}

    static short toFp16(double value) {
        return Float.floatToFloat16(oddlyRounded(value));
    }

    static short toBf16(double value) {
        if (Double.isNaN(value)) {
            return BF16_NAN;
        }
        int bits = Float.floatToRawIntBits(oddlyRounded(value));
        int roundUp = 0x7fff + ((bits >>> 16) & 1);
        boolean infinite = Float.isInfinite(Float.intBitsToFloat(bits));
        return (short) ((infinite ? bits : bits + roundUp) >>> 16);
    }

    static float fromBf16(short bits) {
        return Float.intBitsToFloat(bits << 16);
    }

    /// A `double` that lies on the same side of every rounding boundary of the small formats as `exact` does.
    ///
    /// @param nearest the `double` nearest to `exact`
    static double undecided(double nearest, BigDecimal exact) {
        boolean mayBeBoundary = (Double.doubleToRawLongBits(nearest) & BELOW_FLOAT) == 0;
        if (!mayBeBoundary || nearest == 0) {
            return nearest;
        }
        int side = exact.compareTo(new BigDecimal(nearest));
        if (side == 0) {
            return nearest;
        }
        return side > 0 ? Math.nextUp(nearest) : Math.nextDown(nearest);
    }

    /// Rounds to `float` such that rounding again to something shorter gives what rounding once would: an inexact
    /// result gets an odd last bit, so it is never mistaken for a tie.
    private static float oddlyRounded(double value) {
        float near = (float) value;
        if (near == value || Double.isNaN(value)) {
            return near;
        }
        int bits = Float.floatToRawIntBits(near);
        int towardsZero = Math.abs((double) near) > Math.abs(value) ? bits - 1 : bits;
        return Float.intBitsToFloat(towardsZero | 1);
    }
}
