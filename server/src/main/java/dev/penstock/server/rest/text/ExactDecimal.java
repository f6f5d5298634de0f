package dev.penstock.server.rest.text;

import java.math.BigInteger;

/// A decimal number of any length, rounded with arithmetic of any length. Slow, and needed only near a tie.
final class ExactDecimal {
    /// More than the digits of any tie between two doubles (768). Digits beyond count only as not being zero.
    private static final int MAX_DIGITS = 800;

    private final BigInteger digits;
    private final long exponent;

    private ExactDecimal(BigInteger digits, long exponent) {
        this.digits = digits;
        this.exponent = exponent;
    }

    /// Reads a number whose grammar has been checked.
    ///
    /// @param from where its first digit is
    /// @param to where its exponent or what follows the number is
    /// @param exponent the value of the written exponent
    static ExactDecimal of(byte[] text, int from, int to, long exponent) {
        StringBuilder kept = new StringBuilder();
        long scale = exponent;
        boolean inFraction = false;
        boolean more = false;
        for (int i = from; i < to; i++) {
            if (text[i] == '.') {
                inFraction = true;
                continue;
            }
            boolean keep = kept.length() < MAX_DIGITS;
            if (keep && (text[i] != '0' || !kept.isEmpty())) {
                kept.append((char) text[i]);
            }
            more |= !keep && text[i] != '0';
            scale += (keep ? 0 : 1) - (inFraction ? 1 : 0);
        }
        if (more) {
            kept.append('1');
            scale--;
        }
        return new ExactDecimal(kept.isEmpty() ? BigInteger.ZERO : new BigInteger(kept.toString()), scale);
    }

    /// Encodes the number, to nearest and ties to even. It is not zero and within the range of
    /// [DecimalRounding#bits]'s powers.
    long bits(FloatFormat format) {
        BigInteger numerator = exponent < 0 ? digits : digits.multiply(BigInteger.TEN.pow((int) exponent));
        BigInteger denominator = exponent < 0 ? BigInteger.TEN.pow((int) -exponent) : BigInteger.ONE;
        // The number's first bit stands for this power of two or for the one above.
        int first = numerator.bitLength() - denominator.bitLength() - 1;
        if (shifted(numerator, -first - 1).compareTo(shifted(denominator, first + 1)) >= 0) {
            first++;
        }
        int power = Math.max(first, format.minExponent());
        int unit = power - format.precision() + 1;
        BigInteger[] parts = shifted(numerator, -unit).divideAndRemainder(shifted(denominator, unit));
        long significand = parts[0].longValue();
        int side = parts[1].shiftLeft(1).compareTo(shifted(denominator, unit));
        boolean up = side > 0 || (side == 0 && (significand & 1) != 0);
        return format.encode(up ? significand + 1 : significand, power);
    }

    /// `value * 2^bits` for positive `bits`, else `value`.
    private static BigInteger shifted(BigInteger value, int bits) {
        return bits > 0 ? value.shiftLeft(bits) : value;
    }
}
