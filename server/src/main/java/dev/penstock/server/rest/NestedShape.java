package dev.penstock.server.rest;

import dev.penstock.core.Shape;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/// Finds the shape of nested arrays by their brackets and commas alone; what else is wrong with them is for
/// whoever reads the elements. Reused; confined to one thread.
final class NestedShape {
    private static final VarHandle WORD = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long ONES = 0x0101010101010101L;
    private static final long SEVENS = 0x7F * ONES;

    /// A bit that brackets, braces and letters have, but neither digits nor signs, points, commas and white
    /// space.
    private static final long BEYOND_NUMBERS = 0x40 * ONES;

    final long[] dims = new long[Shape.MAX_RANK];
    int rank;

    private final int[] counts = new int[Shape.MAX_RANK];
    private byte[] text = {};
    private int at;
    private int limit;

    /// Looks at the value that begins at `from`, or after white space from there.
    ///
    /// @return false if it has no shape: arrays side by side differ in length or depth, or there are more
    ///     dimensions than a tensor may have, or it is no JSON; [#dims] and [#rank] are undefined then
    boolean find(byte[] newText, int from, int newLimit) {
        text = newText;
        at = from;
        limit = newLimit;
        rank = 0;
        Arrays.fill(dims, -1);
        boolean values = false;
        int depth = 0;
        do {
            boolean empty = false;
            if (peek() == '[') {
                if (depth == dims.length || (values && depth == rank)) {
                    return false;
                }
                at++;
                counts[depth++] = 0;
                rank = Math.max(rank, depth);
                empty = peek() == ']';
                if (!empty) {
                    continue;
                }
            } else {
                values = true;
                if (depth != rank || !(depth == 0 ? passValue() : passValues(depth))) {
                    return false;
                }
            }
            depth = close(depth, empty);
        } while (depth > 0);
        return depth == 0;
    }

    long elements() {
        long elements = 1;
        for (int i = 0; i < rank; i++) {
            // No more than the text has bytes.
            elements *= dims[i];
        }
        return elements;
    }

    private int peek() {
        while (at < limit && (text[at] == ' ' || text[at] == '\n' || text[at] == '\r' || text[at] == '\t')) {
            at++;
        }
        return at < limit ? text[at] : -1;
    }

    /// Passes what ends arrays, and the comma behind them if there is one.
    ///
    /// @param empty whether the innermost has nothing in it
    /// @return how deep it goes on, or -1 if an array has another length than one beside it
    private int close(int depth, boolean empty) {
        int left = depth;
        int last = empty ? 0 : 1;
        while (left > 0 && peek() != ',') {
            if (peek() != ']') {
                return -1;
            }
            at++;
            left--;
            int count = counts[left] + last;
            if (dims[left] >= 0 && dims[left] != count) {
                return -1;
            }
            dims[left] = count;
            last = 1;
        }
        if (left > 0) {
            at++;
            counts[left - 1]++;
        }
        return left;
    }

    /// Passes the values of an innermost array, up to its bracket.
    private boolean passValues(int depth) {
        int commas = 0;
        while (at < limit && text[at] != ']') {
            commas += passNumbers();
            int end = Math.min(limit, at + Long.BYTES);
            while (at < end && text[at] != ']') {
                if (text[at] == ',') {
                    commas++;
                    at++;
                } else if (!passPart()) {
                    return false;
                }
            }
        }
        counts[depth - 1] = commas;
        return at < limit;
    }

    /// Passes numbers, eight bytes at a time, as long as there is nothing else.
    ///
    /// @return how many commas were passed
    private int passNumbers() {
        int commas = 0;
        while (limit - at >= Long.BYTES) {
            long word = (long) WORD.get(text, at);
            if ((word & BEYOND_NUMBERS) != 0 || zeros(word ^ '"' * ONES) != 0) {
                break;
            }
            commas += Long.bitCount(zeros(word ^ ',' * ONES));
            at += Long.BYTES;
        }
        return commas;
    }

    /// The highest bit of each byte that is zero.
    private static long zeros(long word) {
        return ~(((word & SEVENS) + SEVENS) | word | SEVENS);
    }

    /// Passes the value that is in no array.
    private boolean passValue() {
        int start = at;
        while (at < limit && ",]} \n\r\t".indexOf(text[at]) < 0) {
            if (!passPart()) {
                return false;
            }
        }
        return at > start;
    }

    /// Passes a string, an object of strings, or a byte of something else.
    private boolean passPart() {
        return switch (text[at]) {
            case '[' -> false;
            case '"' -> passString();
            case '{' -> passObject();
            default -> {
                at++;
                yield true;
            }
        };
    }

    private boolean passString() {
        at++;
        while (at < limit && text[at] != '"') {
            at += text[at] == '\\' ? 2 : 1;
        }
        at++;
        return at <= limit;
    }

    private boolean passObject() {
        at++;
        while (at < limit && text[at] != '}') {
            if (text[at] == '{' || !passPart()) {
                return false;
            }
        }
        at++;
        return at <= limit;
    }
}
