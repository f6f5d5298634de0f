package dev.penstock.server.rest.text;

/// A binary floating-point format of IEEE 754's layout: sign, biased exponent, fraction.
///
/// A record because the compiler treats a record's fields as constants, so that code given one of the formats below
/// is compiled for that format.
///
/// @param precision bits of a normal significand, the hidden one included
/// @param minExponent exponent of the smallest normal number, which is `2^minExponent`
/// @param width bits of an encoded number
record FloatFormat(String name, int precision, int minExponent, int width) {
    static final FloatFormat FP16 = new FloatFormat("FP16", 11, -14, 16);
    static final FloatFormat BF16 = new FloatFormat("BF16", 8, -126, 16);
    static final FloatFormat FP32 = new FloatFormat("FP32", 24, -126, 32);
    static final FloatFormat FP64 = new FloatFormat("FP64", 53, -1022, 64);

    long signBit() {
        return 1L << (width - 1);
    }

    /// The encoding of positive infinity. Encodings of smaller positive numbers are smaller.
    long infinityBits() {
        return signBit() - fractionUnit();
    }

    long quietNanBits() {
        return infinityBits() | (fractionUnit() >>> 1);
    }

    /// Encodes a positive number. A significand of `2^precision`, rounded up to the next power of two, is right too:
    /// its carry runs into the exponent.
    ///
    /// @param exponent the power of two that the first bit of a normal significand stands for, at least
    ///         [#minExponent]
    /// @return an encoding; that of infinity if the number is too large
    long encode(long significand, int exponent) {
        if (exponent > 1 - minExponent) {
            return infinityBits();
        }
        return ((long) (exponent - minExponent) << (precision - 1)) + significand;
    }

    /// The exponent's field: 0 for subnormal numbers and zero.
    int biasedExponent(long magnitudeBits) {
        return (int) (magnitudeBits >>> (precision - 1));
    }

    long fraction(long magnitudeBits) {
        return magnitudeBits & (fractionUnit() - 1);
    }

    /// The hidden bit of a normal significand.
    long fractionUnit() {
        return 1L << (precision - 1);
    }
}
