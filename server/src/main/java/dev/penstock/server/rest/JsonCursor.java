package dev.penstock.server.rest;

import java.util.Arrays;

/// Walks over JSON that holds no surprises. It says no to whatever is not beyond doubt: escapes, characters beyond
/// ASCII where they would have to be decoded, numbers that are no short integers. Confined to one thread.
final class JsonCursor {
    private static final byte[] TRUE = {'t', 'r', 'u', 'e'};
    private static final byte[] FALSE = {'f', 'a', 'l', 's', 'e'};
    private static final int MAX_DIGITS = 18;

    byte[] text = {};

    /// The next byte to be looked at.
    int at;

    int limit;

    /// The string that was read last, without its quotes.
    int stringFrom;

    int stringTo;

    void reset(byte[] newText, int from, int to) {
        text = newText;
        at = from;
        limit = to;
    }

    /// Passes white space.
    ///
    /// @return the byte after it, or -1 at the end
    int peek() {
        while (at < limit) {
            int b = text[at] & 0xff;
            if (b > ' ' || (b != ' ' && b != '\n' && b != '\r' && b != '\t')) {
                return b;
            }
            at++;
        }
        return -1;
    }

    /// Passes white space and that byte.
    boolean take(char expected) {
        if (peek() != expected) {
            return false;
        }
        at++;
        return true;
    }

    boolean takeString() {
        if (!take('"')) {
            return false;
        }
        int i = at;
        while (i < limit && text[i] != '"') {
            if (text[i] == '\\' || (text[i] >= 0 && text[i] < ' ')) {
                return false;
            }
            i++;
        }
        stringFrom = at;
        stringTo = i;
        at = i + 1;
        return i < limit;
    }

    /// Passes a string and the colon behind it.
    boolean takeKey() {
        return takeString() && take(':');
    }

    boolean stringIs(byte[] expected) {
        return Arrays.equals(text, stringFrom, stringTo, expected, 0, expected.length);
    }

    /// @return -1 if there is no integer from 0 to `10^18 - 1`
    long takeInteger() {
        if (peek() < 0) {
            return -1;
        }
        int from = at;
        long value = 0;
        while (at < limit && text[at] >= '0' && text[at] <= '9') {
            if (at - from == MAX_DIGITS) {
                return -1;
            }
            value = value * 10 + text[at++] - '0';
        }
        boolean leadingZero = at - from > 1 && text[from] == '0';
        return at == from || leadingZero || !endsValue() ? -1 : value;
    }

    /// @return 1, 0, or -1 if there is no boolean
    int takeBool() {
        peek();
        if (takeWord(TRUE)) {
            return 1;
        }
        return takeWord(FALSE) ? 0 : -1;
    }

    private boolean takeWord(byte[] word) {
        int end = at + word.length;
        if (end > limit || !Arrays.equals(text, at, end, word, 0, word.length)) {
            return false;
        }
        at = end;
        return endsValue();
    }

    private boolean endsValue() {
        int next = peek();
        return next == ',' || next == '}' || next == ']';
    }

    /// Passes an array of numbers and words, however nested, without judging it.
    boolean skipArray() {
        if (peek() != '[') {
            return false;
        }
        int depth = 0;
        for (; at < limit; at++) {
            byte b = text[at];
            if (b == '[') {
                depth++;
            } else if (b == ']') {
                depth--;
                if (depth == 0) {
                    at++;
                    return true;
                }
            } else if (b == '"' || b == '{') {
                return false;
            }
        }
        return false;
    }
}
