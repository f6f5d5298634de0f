package dev.penstock.server.rest.text;

import dev.penstock.core.ServingException;

/// Reads JSON numbers from bytes, one after another, each rounded once and correctly to the type that is asked for.
///
/// The grammar is JSON's: no leading zero or plus, digits on both sides of a point. Where non-finite tokens are
/// allowed, `NaN`, `Infinity` and `-Infinity` are numbers of every floating type. An integer has neither point nor
/// exponent, whatever its value. A number too large for its type is refused; one too small becomes zero.
///
/// Each `next` method reads the number that starts at [#position] (white space is the caller's business) and leaves the
/// position behind it. What follows there is for the caller to judge. A refusal is a [ServingException] that quotes the
/// text, its byte offset and what was expected; the position is then undefined.
///
/// Allocates nothing, except for a refusal and, rarely, for numbers within a hair of a tie. Confined to one thread at a
/// time.
public final class NumberScanner {
    private final boolean nonFiniteAllowed;
    private final DecimalText number = new DecimalText();
    private int position;

    public NumberScanner(boolean nonFiniteAllowed) {
        this.nonFiniteAllowed = nonFiniteAllowed;
    }

    /// Starts to read at `offset`. Nothing at `limit` or beyond is looked at.
    public void reset(byte[] text, int offset, int limit) {
        number.reset(text, offset, limit);
        position = offset;
    }

    public int position() {
        return position;
    }

    public void moveTo(int newPosition) {
        position = newPosition;
    }

    public float nextFloat() {
        return Float.intBitsToFloat((int) nextBits(FloatFormat.FP32));
    }

    public double nextDouble() {
        return Double.longBitsToDouble(nextBits(FloatFormat.FP64));
    }

    /// Reads an integer from `min` to `max`.
    public long nextInteger(long min, long max) {
        readInteger();
        return integer(min, max);
    }

    /// Reads an integer from 0 to `2^64 - 1`.
    public long nextUnsignedLong() {
        readInteger();
        return unsignedLong();
    }

    private void readInteger() {
        int end = number.read(position);
        if (end < 0) {
            throw number.unexpected(position, "an integer");
        }
        position = end;
    }

    /// Reads a floating-point number.
    ///
    /// @return its encoding, in the low bits
    long nextBits(FloatFormat format) {
        int end = number.read(position);
        if (end < 0) {
            return nextNonFinite(format);
        }
        position = end;
        return bits(format);
    }

    /// Reads the number that starts there; [#integer], [#unsignedLong] or [#bits] then say what it is. The position
    /// stays.
    ///
    /// @return where it ends, or -1 if it does not begin with a digit or a minus and a digit
    int read(int start) {
        return number.read(start);
    }

    long integer(long min, long max) {
        long magnitude = number.significand();
        long value = number.negative() ? -magnitude : magnitude;
        // Of the magnitudes from 2^63 on, which are negative here, one is a long's if it has a minus.
        boolean isLong = magnitude >= 0 || (number.negative() && magnitude == Long.MIN_VALUE);
        if (!number.isInteger() || number.exponent() != 0 || !isLong || value < min || value > max) {
            throw number.refused("an integer from " + min + " to " + max);
        }
        return value;
    }

    long unsignedLong() {
        long magnitude = number.significand();
        if (number.isInteger() && number.exponent() == 0 && (!number.negative() || magnitude == 0)) {
            return magnitude;
        }
        // Every second random hash has 20 digits.
        if (number.hasTwentyPlainDigits()) {
            long most = Long.divideUnsigned(-1, 10);
            int compared = Long.compareUnsigned(magnitude, most);
            if (compared < 0 || (compared == 0 && number.lastDigit() <= 5)) {
                return magnitude * 10 + number.lastDigit();
            }
        }
        throw number.refused("an integer from 0 to " + Long.toUnsignedString(-1));
    }

    long bits(FloatFormat format) {
        long bits = DecimalRounding.bits(number.significand(), number.exponent(), number.truncated(), format);
        if (bits == DecimalRounding.UNDECIDED) {
            bits = number.exact().bits(format);
        }
        if (bits == format.infinityBits()) {
            throw number.refused("a number in the range of " + format.name());
        }
        return bits | ((long) number.minus() << (format.width() - 1));
    }

    private long nextNonFinite(FloatFormat format) {
        int start = position;
        if (nonFiniteAllowed && at("NaN", start)) {
            moveTo(start + 3);
            return format.quietNanBits();
        }
        int word = number.negative() ? start + 1 : start;
        if (nonFiniteAllowed && at("Infinity", word)) {
            moveTo(word + 8);
            return number.negative() ? format.infinityBits() | format.signBit() : format.infinityBits();
        }
        throw number.unexpected(start, "a number");
    }

    /// @return whether that ASCII word is there
    boolean at(String word, int from) {
        return number.at(word, from);
    }

    /// A refusal of what is at `at`, whatever it is.
    ServingException unexpected(int at, String expected) {
        return number.unexpected(at, expected);
    }
}
