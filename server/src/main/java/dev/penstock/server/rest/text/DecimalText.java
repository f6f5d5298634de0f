package dev.penstock.server.rest.text;

import dev.penstock.core.ServingException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/// A window of bytes in which numbers of JSON's grammar are read, one at a time, as `significand * 10^exponent`.
///
/// Digits are read eight at a time. Allocates only for a refusal. Confined to one thread at a time.
final class DecimalText {
    private static final VarHandle WORD = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long EIGHT_ZEROS = 0x3030303030303030L;
    private static final int MAX_DIGITS = 19;
    private static final int MAX_QUOTED_BYTES = 40;
    /// Beyond this an exponent's size makes no difference, whatever digits a text of 2 GiB puts before it.
    private static final long MAX_EXPONENT = 10_000_000_000L;

    private byte[] text = {};
    private int limit;

    // The number that was read last.
    private int firstDigit;
    private int digitsEnd;
    private int end;
    private long written;
    private int minus;
    private boolean integer;
    private boolean truncated;
    private long significand;
    private long exponent;

    /// Nothing before `offset`, at `limit` or beyond is looked at.
    void reset(byte[] newText, int offset, int newLimit) {
        if (offset < 0 || offset > newLimit || newLimit > newText.length) {
            throw new IllegalArgumentException(
                    "window: %d to %d (expected: within 0 to %d)".formatted(offset, newLimit, newText.length));
        }
        text = newText;
        limit = newLimit;
    }

    boolean negative() {
        return minus != 0;
    }

    /// 1 for a number with a minus, else 0: signs are often random, and arithmetic is never mispredicted.
    int minus() {
        return minus;
    }

    /// Whether digits other than zero did not fit into the significand: the number is more than
    /// `significand * 10^exponent`, and less than that with the next significand.
    boolean truncated() {
        return truncated;
    }

    /// Whether it has neither a point nor an exponent.
    boolean isInteger() {
        return integer;
    }

    /// Unsigned, below `10^19`.
    long significand() {
        return significand;
    }

    long exponent() {
        return exponent;
    }

    /// Whether the number is 20 digits and nothing else: it may be a 64-bit integer, but the last digit is not in the
    /// significand.
    boolean hasTwentyPlainDigits() {
        return minus == 0 && exponent == 1 && end == digitsEnd && digitsEnd - firstDigit == MAX_DIGITS + 1;
    }

    int lastDigit() {
        return text[digitsEnd - 1] - '0';
    }

    /// The number that was read last, with all its digits.
    ExactDecimal exact() {
        return ExactDecimal.of(text, firstDigit, digitsEnd, written);
    }

    /// Reads the number that starts there. What follows the number is not judged.
    ///
    /// @return where it ends, or -1 if no digit is there, nor after a minus
    int read(int start) {
        // What the end depends on is kept in locals: the next number waits for it.
        int sign = byteAt(start) == '-' ? 1 : 0;
        int first = start + sign;
        int point = endOfDigits(first);
        minus = sign;
        firstDigit = first;
        if (point == first) {
            return -1;
        }
        if (point - first > 1 && text[first] == '0') {
            throw unexpected(first, "no digit after a leading zero");
        }
        int last = byteAt(point) == '.' ? endOfDigits(point + 1) : point;
        if (last == point + 1) {
            throw unexpected(start, "a digit after the point");
        }
        written = 0;
        boolean scientific = (byteAt(last) | 0x20) == 'e';
        int after = scientific ? readExponent(start, last + 1) : last;
        digitsEnd = last;
        end = after;
        integer = after == point;
        take(first, point, last);
        return after;
    }

    /// Takes the digits up to the point and, if it is not at the end, those after it.
    private void take(int first, int point, int last) {
        int inFraction = Math.max(last - point - 1, 0);
        if (point - first + inFraction > MAX_DIGITS) {
            takeMostSignificant(first, last);
            return;
        }
        truncated = false;
        exponent = written - inFraction;
        significand = append(append(0, first, point), last - inFraction, last);
    }

    private int endOfDigits(int from) {
        int at = from;
        while (true) {
            long digits = eightBytes(at) ^ EIGHT_ZEROS;
            // The high bit of a byte says "no digit" up to the first that says so; a carry may blur those after it.
            long others = ((digits + 0x7676767676767676L) | digits) & 0x8080808080808080L;
            if (others != 0) {
                return at + (Long.numberOfTrailingZeros(others) >>> 3);
            }
            at += 8;
            if (!isDigit(byteAt(at))) {
                return at;
            }
        }
    }

    /// `value` with those digits written behind it.
    private long append(long value, int from, int to) {
        long result = value;
        int at = from;
        while (to - at >= 8) {
            result = result * 100_000_000 + eightDigits(eightBytes(at) ^ EIGHT_ZEROS);
            at += 8;
        }
        int left = to - at;
        if (left == 0) {
            return result;
        }
        long last = (eightBytes(at) ^ EIGHT_ZEROS) << (64 - 8 * left);
        return result * PowersOfTen.asLong(left) + eightDigits(last);
    }

    /// The value of eight digits, first digit in the lowest byte: neighbours are joined to pairs, pairs to fours,
    /// fours to one.
    private static long eightDigits(long digits) {
        long pairs = digits * 10 + (digits >>> 8);
        long high = (pairs & 0x000000FF000000FFL) * (100 + (1_000_000L << 32));
        long low = ((pairs >>> 16) & 0x000000FF000000FFL) * (1 + (10_000L << 32));
        return (high + low) >>> 32;
    }

    private long eightBytes(int at) {
        return limit - at >= 8 ? (long) WORD.get(text, at) : lastBytes(at);
    }

    /// The bytes before the limit, then zero bytes.
    private long lastBytes(int at) {
        long word = 0;
        for (int i = limit - 1; i >= at; i--) {
            word = (word << 8) | (text[i] & 0xFF);
        }
        return word;
    }

    /// @return where it ends
    private int readExponent(int start, int from) {
        int sign = byteAt(from);
        int first = sign == '-' || sign == '+' ? from + 1 : from;
        int at = first;
        while (isDigit(byteAt(at))) {
            written = Math.min(MAX_EXPONENT, 10 * written + text[at] - '0');
            at++;
        }
        if (at == first) {
            throw unexpected(start, "a digit in the exponent");
        }
        if (sign == '-') {
            written = -written;
        }
        return at;
    }

    /// Takes the first 19 digits that are not leading zeros.
    private void takeMostSignificant(int first, int last) {
        int taken = 0;
        truncated = false;
        boolean inFraction = false;
        significand = 0;
        exponent = written;
        for (int at = first; at < last; at++) {
            if (text[at] == '.') {
                inFraction = true;
                continue;
            }
            boolean take = taken < MAX_DIGITS;
            if (take) {
                significand = 10 * significand + text[at] - '0';
            }
            taken += take && significand != 0 ? 1 : 0;
            truncated |= !take && text[at] != '0';
            exponent += (take ? 0 : 1) - (inFraction ? 1 : 0);
        }
    }

    /// @return whether that ASCII word is there
    boolean at(String word, int from) {
        if (limit - from < word.length()) {
            return false;
        }
        for (int i = 0; i < word.length(); i++) {
            if (text[from + i] != word.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private int byteAt(int at) {
        return at < limit ? text[at] : -1;
    }

    private static boolean isDigit(int character) {
        return character >= '0' && character <= '9';
    }

    /// A refusal of the number that was read last.
    ServingException refused(String expected) {
        return refused(firstDigit - minus, end, expected);
    }

    /// A refusal of what is there, whatever it is.
    ServingException unexpected(int at, String expected) {
        int end = at;
        while (end < limit && ",]} \n\r\t".indexOf(text[end]) < 0) {
            end++;
        }
        return refused(at, Math.max(end, Math.min(at + 1, limit)), expected);
    }

    private ServingException refused(int from, int to, String expected) {
        int quoted = Math.min(to - from, MAX_QUOTED_BYTES);
        String found = quoted <= 0
                ? "the end"
                : "'" + new String(text, from, quoted, StandardCharsets.UTF_8) + (quoted < to - from ? "...'" : "'");
        return ServingException.invalid(found + " at byte " + from + " (expected: " + expected + ")");
    }
}
