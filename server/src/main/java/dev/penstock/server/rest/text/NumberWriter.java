package dev.penstock.server.rest.text;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/// Writes numbers as JSON text into bytes.
///
/// A floating-point number becomes the shortest decimal that reads back as the same bits of its own type, and
/// of the shortest the nearest: an FP16 of 0.1 is `0.1`, not the 0.099975586 that it is as an FP32. From
/// `1e-3` up to `1e7` it is written plainly and always with a point (`7.0`, so that readers who tell floats
/// from integers see a float); elsewhere with an exponent (`1e10`, `1.5e-7`). Zero is `0.0` or `-0.0`.
///
/// Every method writes at `at` and returns where its text ends. At least [#ROOM_BYTES] must be left in `out`
/// from `at` on; all of them may be overwritten. Allocates nothing; keeps no state.
public final class NumberWriter {
    /// What must be free in front of every number.
    public static final int ROOM_BYTES = 40;

    private static final VarHandle WORD = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long EIGHT_ZEROS = 0x3030303030303030L;
    private static final int EIGHT_DIGITS = 100_000_000;
    private static final int MIN_PLAIN_POINT = -2;
    private static final int MAX_PLAIN_POINT = 7;
    private static final byte[] TRUE = "true".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] FALSE = "false".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] NAN = "\"NaN\"".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] INFINITY = "\"Infinity\"".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] MINUS_INFINITY = "\"-Infinity\"".getBytes(StandardCharsets.US_ASCII);

    private NumberWriter() {}

    /// Numbers that are not finite become `"NaN"`, `"Infinity"` or `"-Infinity"`, with the quotes: JSON has
    /// no such numbers.
    public static int writeFloat(float value, byte[] out, int at) {
        return writeBits(Float.floatToRawIntBits(value), FloatFormat.FP32, out, at);
    }

    /// As [#writeFloat].
    public static int writeDouble(double value, byte[] out, int at) {
        return writeBits(Double.doubleToRawLongBits(value), FloatFormat.FP64, out, at);
    }

    public static int writeLong(long value, byte[] out, int at) {
        if (value >= 0) {
            return writeUnsignedLong(value, out, at);
        }
        out[at] = '-';
        return writeUnsignedLong(-value, out, at + 1);
    }

    public static int writeUnsignedLong(long value, byte[] out, int at) {
        if (value >= 0 && value < EIGHT_DIGITS) {
            int count = PowersOfTen.digitCount(value);
            WORD.set(out, at, (eightDigits(value) + EIGHT_ZEROS) >>> (64 - 8 * count));
            return at + count;
        }
        long upper = Long.divideUnsigned(value, EIGHT_DIGITS);
        int end = writeUnsignedLong(upper, out, at);
        WORD.set(out, end, eightDigits(value - upper * EIGHT_DIGITS) + EIGHT_ZEROS);
        return end + 8;
    }

    public static int writeBoolean(boolean value, byte[] out, int at) {
        return copy(value ? TRUE : FALSE, out, at);
    }

    /// Writes the floating-point number of that encoding, as [#writeFloat] does.
    static int writeBits(long bits, FloatFormat format, byte[] out, int at) {
        long magnitude = bits & (format.signBit() - 1);
        if (magnitude >= format.infinityBits()) {
            return copy(nonFinite(bits, format), out, at);
        }
        // Always there, and then written over if the number has no sign: signs are often random.
        out[at] = '-';
        return writeMagnitude(magnitude, format, out, at + ((int) (bits >>> (format.width() - 1)) & 1));
    }

    /// Writes `NaN`, `Infinity` or `-Infinity` without quotes.
    ///
    /// @param bits of a number that is not finite
    static int writeBare(long bits, FloatFormat format, byte[] out, int at) {
        byte[] quoted = nonFinite(bits, format);
        System.arraycopy(quoted, 1, out, at, quoted.length - 2);
        return at + quoted.length - 2;
    }

    private static byte[] nonFinite(long bits, FloatFormat format) {
        if (format.fraction(bits) != 0) {
            return NAN;
        }
        return (bits & format.signBit()) != 0 ? MINUS_INFINITY : INFINITY;
    }

    private static int copy(byte[] text, byte[] out, int at) {
        System.arraycopy(text, 0, out, at, text.length);
        return at + text.length;
    }

    private static int writeMagnitude(long magnitude, FloatFormat format, byte[] out, int at) {
        if (magnitude == 0) {
            return writeDigits(0, 0, 0, 1, out, at);
        }
        int biased = format.biasedExponent(magnitude);
        long fraction = format.fraction(magnitude);
        long c = biased == 0 ? fraction : fraction | format.fractionUnit();
        int q = Math.max(biased, 1) + format.minExponent() - format.precision();
        boolean uneven = fraction == 0 && biased > 1;
        // An integer with all its bits has no shorter text than its digits.
        boolean integer = q <= 0 && q > -format.precision() && c == (c >>> -q) << -q;
        int power = integer ? 0 : ShortestDecimal.power(q, uneven);
        if (format.precision() <= 24) {
            return writeNine(integer ? c >>> -q : ShortestDecimal.digits24(c, q, uneven), power, out, at);
        }
        return writeSeventeen(integer ? c >>> -q : ShortestDecimal.digits(c, q, uneven), power, out, at);
    }

    /// Writes `digits * 10^power`, for digits from 1 to below `10^9`.
    private static int writeNine(long digits, int power, byte[] out, int at) {
        int count = PowersOfTen.digitCount(digits);
        long nine = digits * PowersOfTen.asLong(9 - count);
        long first = nine / EIGHT_DIGITS;
        return writeDigits(first, eightDigits(nine - first * EIGHT_DIGITS), 0, power + count, out, at);
    }

    /// Writes `digits * 10^power`, for digits from 1 to below `10^17`.
    private static int writeSeventeen(long digits, int power, byte[] out, int at) {
        int count = PowersOfTen.digitCount(digits);
        long seventeen = digits * PowersOfTen.asLong(17 - count);
        long upper = seventeen / EIGHT_DIGITS;
        long first = upper / EIGHT_DIGITS;
        long middle = eightDigits(upper - first * EIGHT_DIGITS);
        long last = eightDigits(seventeen - upper * EIGHT_DIGITS);
        return writeDigits(first, middle, last, power + count, out, at);
    }

    /// Writes one digit, eight and eight, without the zeros they end in, with the point after the first
    /// `point` of them.
    private static int writeDigits(long first, long middle, long last, int point, byte[] out, int at) {
        // Later digits lie in higher bytes, so zero bytes there are zeros at the end.
        int count = last == 0
                ? 9 - (Long.numberOfLeadingZeros(middle) >>> 3)
                : 17 - (Long.numberOfLeadingZeros(last) >>> 3);
        if (point < MIN_PLAIN_POINT || point > MAX_PLAIN_POINT) {
            return writeScientific(first, middle, last, count, point - 1, out, at);
        }
        if (point > 0) {
            return writePlain(first, middle, last, count, point, out, at);
        }
        WORD.set(out, at, EIGHT_ZEROS);
        out[at + 1] = '.';
        putDigits(first, middle, last, out, at + 2 - point);
        return at + 2 - point + count;
    }

    private static void putDigits(long first, long middle, long last, byte[] out, int at) {
        out[at] = (byte) ('0' + first);
        WORD.set(out, at + 1, middle + EIGHT_ZEROS);
        WORD.set(out, at + 9, last + EIGHT_ZEROS);
    }

    private static int writePlain(long first, long middle, long last, int count, int point, byte[] out, int at) {
        out[at] = (byte) ('0' + first);
        long word = middle + EIGHT_ZEROS;
        WORD.set(out, at + 1, word);
        out[at + point] = '.';
        // The middle digits that come after the point; the last digits then go over the zero bytes behind them.
        WORD.set(out, at + point + 1, word >>> (8 * (point - 1)));
        WORD.set(out, at + 10, last + EIGHT_ZEROS);
        return at + Math.max(count, point + 1) + 1;
    }

    private static int writeScientific(
            long first, long middle, long last, int count, int exponent, byte[] out, int at) {
        putDigits(first, middle, last, out, at + 1);
        out[at] = out[at + 1];
        out[at + 1] = '.';
        int end = count == 1 ? at + 1 : at + count + 1;
        out[end] = 'e';
        return writeLong(exponent, out, end + 1);
    }

    /// The eight digits of a number below `10^8`, the first in the lowest byte: split into fours, pairs,
    /// single digits, in lanes side by side. The multiplications divide by 100 and by 10.
    private static long eightDigits(long value) {
        long upper = value / 10_000;
        long fours = upper | ((value - 10_000 * upper) << 32);
        long hundreds = ((fours * 10_486) >>> 20) & 0x0000007F0000007FL;
        long pairs = hundreds | ((fours - 100 * hundreds) << 16);
        long tens = ((pairs * 103) >>> 10) & 0x000F000F000F000FL;
        return tens | ((pairs - 10 * tens) << 8);
    }
}
