package dev.penstock.loadtest.engine;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A header's value of which parts are others in each request: `{n}` is the request's number, in ten digits,
/// and `{unit:K}` one of K units, from 0 on, drawn by seed and number. Digits are as many in each request, so
/// that they can be written over. Immutable.
final class VaryingValue {
    private static final Pattern PART = Pattern.compile("\\{n}|\\{unit:([1-9][0-9]{0,8})}");
    private static final Pattern MEANT = Pattern.compile("\\{unit\\b[^}]*}");
    private static final int NUMBER_DIGITS = 10;

    /// Of splitmix64.
    private static final long STEP = 0x9e3779b97f4a7c15L;

    private final String zeros;
    private final List<Part> parts;

    /// @param at where its digits begin
    /// @param units 0 for the request's number
    private record Part(int at, int digits, long units) {
        long value(long number, long seed) {
            return units == 0 ? number : Math.unsignedMultiplyHigh(mixed(seed * STEP + number), units);
        }
    }

    private VaryingValue(String zeros, List<Part> parts) {
        this.zeros = zeros;
        this.parts = List.copyOf(parts);
    }

    /// @throws IllegalArgumentException for units that are none
    static VaryingValue of(String value) {
        StringBuilder zeros = new StringBuilder();
        List<Part> parts = new ArrayList<>();
        Matcher found = PART.matcher(value);
        while (found.find()) {
            found.appendReplacement(zeros, "");
            String count = found.group(1);
            long units = count == null ? 0 : Long.parseLong(count);
            int digits =
                    count == null ? NUMBER_DIGITS : Long.toString(units - 1).length();
            parts.add(new Part(zeros.length(), digits, units));
            zeros.append("0".repeat(digits));
        }
        String whole = found.appendTail(zeros).toString();
        Matcher wrong = MEANT.matcher(whole);
        if (wrong.find()) {
            throw new IllegalArgumentException(wrong.group() + " (expected: {unit:K}, K from 1 to 999999999, or {n})");
        }
        return new VaryingValue(whole, parts);
    }

    boolean varies() {
        return !parts.isEmpty();
    }

    /// With zeros for all digits that vary.
    String zeros() {
        return zeros;
    }

    /// As that request has it.
    String text(long number, long seed) {
        ByteBuffer text = ByteBuffer.wrap(zeros.getBytes(ISO_8859_1));
        write(text, 0, 0, text.limit(), number, seed);
        return new String(text.array(), ISO_8859_1);
    }

    /// Writes the digits of a request over [#zeros]. Allocates nothing.
    ///
    /// @param begin where the value begins in `out`, perhaps before `from`
    /// @param from what is before that, or not before `end`, is left alone
    void write(ByteBuffer out, int begin, int from, int end, long number, long seed) {
        for (int i = 0; i < parts.size(); i++) {
            Part part = parts.get(i);
            long left = part.value(number, seed);
            for (int at = begin + part.at + part.digits - 1; at >= begin + part.at; at--) {
                if (at >= from && at < end) {
                    out.put(at, (byte) ('0' + left % 10));
                }
                left /= 10;
            }
        }
    }

    private static long mixed(long state) {
        long z = state + STEP;
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }
}
