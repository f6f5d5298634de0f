package dev.penstock.server.rest;

import dev.penstock.core.ServingException;
import java.util.function.Supplier;

/// Walks over JSON, strict but for the bare words NaN and Infinity. Whatever is no JSON is refused with its place.
/// Allocates nothing but for refusals and for room to decode long strings. Confined to one thread.
final class JsonCursor {
    /// How deep values that nobody asked for may be nested.
    private static final int MAX_DEPTH = 64;

    private static final int MAX_KEY_BYTES = 1024;

    private final JsonStrings strings = new JsonStrings();

    byte[] text = {};

    /// The next byte to be looked at.
    int at;

    int limit;
    private int from;

    /// The string or key that was read last, decoded.
    final TextSpan string = new TextSpan();

    void reset(byte[] newText, int newFrom, int to) {
        text = newText;
        from = newFrom;
        at = newFrom;
        limit = to;
        strings.reset();
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

    /// Passes white space and that byte, if it is there.
    boolean take(char expected) {
        if (peek() != expected) {
            return false;
        }
        at++;
        return true;
    }

    /// Passes what goes on an object or array, or ends it.
    ///
    /// @return whether it goes on
    boolean goesOn(char close) {
        int next = peek();
        if (next != ',' && next != close) {
            throw malformed("',' or '" + close + "'");
        }
        at++;
        return next == ',';
    }

    /// Passes the beginning of an object or array.
    ///
    /// @param field as messages show it
    /// @return whether there is something in it; else its end was passed
    boolean enter(char open, char close, Supplier<String> field, String expected) {
        if (!take(open)) {
            throw wrong(field, expected);
        }
        return !take(close);
    }

    /// Passes a key and its colon, and what white space follows.
    void key() {
        if (!take('"')) {
            throw malformed("a key, in quotes");
        }
        readString();
        if (string.length() > MAX_KEY_BYTES) {
            throw malformed("keys of at most " + MAX_KEY_BYTES + " bytes");
        }
        if (!take(':')) {
            throw malformed("':'");
        }
        peek();
    }

    /// Passes a string, which [#string] then is.
    void string(Supplier<String> field) {
        if (!take('"')) {
            throw wrong(field, "a string");
        }
        readString();
    }

    /// Passes a string, which [#string] then is, if a well-formed one is next.
    boolean tryString() {
        int end = peek() == '"' ? strings.read(text, at + 1, limit, string) : -1;
        if (end >= 0) {
            at = end;
        }
        return end >= 0;
    }

    /// Passes the string whose opening quote was passed.
    private void readString() {
        int end = strings.read(text, at, limit, string);
        if (end < 0) {
            at = strings.faultAt();
            throw malformed(strings.expected());
        }
        at = end;
    }

    boolean bool(Supplier<String> field) {
        int next = peek();
        if (next == 't' && word("true")) {
            return true;
        }
        if (next == 'f' && word("false")) {
            return false;
        }
        throw wrong(field, "true or false");
    }

    /// Passes an integer of 64 bits.
    long integer(Supplier<String> field) {
        int sign = peek() == '-' ? 1 : 0;
        int end = integerEnd();
        if (end < 0 || (end - at - sign > JsonNumbers.SAFE_DIGITS && !isLong())) {
            throw wrong(field, "an integer of 64 bits");
        }
        // The smallest is its own negative.
        long value = 0;
        for (int i = at + sign; i < end; i++) {
            value = value * 10 + text[i] - '0';
        }
        at = end;
        return sign == 0 ? value : -value;
    }

    /// Whether a number without point and exponent is next, however long.
    boolean isInteger() {
        peek();
        return integerEnd() >= 0;
    }

    private int integerEnd() {
        return JsonNumbers.integerEnd(text, at, limit);
    }

    /// Whether the integer that is next has 64 bits at most.
    boolean isLong() {
        return JsonNumbers.isLong(text, at, integerEnd());
    }

    /// Passes that word.
    private boolean word(String word) {
        int end = at + word.length();
        if (end > limit) {
            return false;
        }
        for (int i = 0; i < word.length(); i++) {
            if (text[at + i] != word.charAt(i)) {
                return false;
            }
        }
        at = end;
        return true;
    }

    /// Passes any value.
    void skipValue() {
        int depth = 0;
        // The lowest bit is of the innermost: 1 for an object.
        long objects = 0;
        do {
            int next = peek();
            if (next == '{' || next == '[') {
                if (depth == MAX_DEPTH) {
                    throw malformed("values at most " + MAX_DEPTH + " deep");
                }
                at++;
                depth++;
                objects = objects << 1 | (next == '{' ? 1 : 0);
                if (!take(next == '{' ? '}' : ']')) {
                    enterNext(objects);
                    continue;
                }
                depth--;
                objects >>>= 1;
            } else {
                skipScalar(next);
            }
            while (depth > 0 && !goesOn((objects & 1) == 1 ? '}' : ']')) {
                depth--;
                objects >>>= 1;
            }
            if (depth > 0) {
                enterNext(objects);
            }
        } while (depth > 0);
    }

    private void enterNext(long objects) {
        if ((objects & 1) == 1) {
            key();
        }
    }

    /// Passes a value that is neither an object nor an array.
    ///
    /// @param first its first byte, which is the next
    void skipScalar(int first) {
        boolean passed = switch (first) {
            case '"' -> {
                at++;
                readString();
                yield true;
            }
            case 't' -> word("true");
            case 'f' -> word("false");
            case 'n' -> word("null");
            case 'N' -> word("NaN");
            case 'I' -> word("Infinity");
            default -> word("-Infinity") || skipNumber();
        };
        if (!passed) {
            throw malformed("a value");
        }
    }

    private boolean skipNumber() {
        int end = JsonNumbers.numberEnd(text, at, limit);
        at = Math.max(at, end);
        return end >= 0;
    }

    /// The value that comes next, as it may be repeated in a message.
    String shown() {
        peek();
        return JsonFaults.shown(text, at, limit);
    }

    ServingException malformed(String expected) {
        peek();
        return JsonFaults.malformed(text, from, at, limit, expected);
    }

    /// A refusal of the value that comes next, or of what is no value at all.
    ServingException wrong(Supplier<String> field, String expected) {
        String shown = shown();
        skipValue();
        return JsonFaults.wrong(field.get(), shown, expected);
    }
}
