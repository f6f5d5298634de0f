package dev.penstock.server.rest;

import dev.penstock.server.wire.ReservedParameters;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Reads the `parameters` of a request or of one of its tensors. Those that are not known are ignored: models
/// may define their own. Reused; confined to one thread.
@SuppressWarnings("UnnecessaryLambda") // Kept, so that no field makes them anew.
final class ParameterReader {
    /// Far more than requests say.
    private static final int MAX_OTHERS = 64;

    private static final byte[] TIMEOUT = ascii(ReservedParameters.TIMEOUT);
    private static final byte[] PRIORITY = ascii(ReservedParameters.PRIORITY);
    private static final byte[] SEQUENCE_ID = ascii(ReservedParameters.SEQUENCE_ID);
    private static final byte[] BINARY_OUTPUT = ascii("binary_data_output");
    private static final byte[] BINARY = ascii("binary_data");
    private static final byte[] BINARY_SIZE = ascii("binary_data_size");
    private static final byte[] NON_FINITE = ascii("non_finite");

    private final JsonCursor json;
    private final Supplier<String> whose;
    private final boolean ofRequest;
    private final Supplier<String> all = () -> field("parameters");

    /// The known parameter that is being read.
    private String name = "";

    private final Supplier<String> one = () -> field(name);
    private int seen;

    boolean binaryByDefault;

    /// 1, 0 or [InferBody#UNSAID].
    byte binary;

    /// How many bytes of this input follow the JSON, or -1 if none do.
    long binarySize;

    long timeoutNanos;
    boolean nonFiniteAsText;
    int priority;

    /// Where parameters that mean nothing here are put, texts and numbers as text; null for nowhere.
    @Nullable
    Map<String, String> others;

    /// @param whose for messages: `the request`, `input 'x'`
    /// @param ofRequest some names mean something only there
    ParameterReader(JsonCursor json, Supplier<String> whose, boolean ofRequest) {
        this.json = json;
        this.whose = whose;
        this.ofRequest = ofRequest;
    }

    private static byte[] ascii(String word) {
        return word.getBytes(StandardCharsets.US_ASCII);
    }

    private String field(String parameter) {
        return "'" + parameter + "' of " + whose.get();
    }

    void clear() {
        seen = 0;
        binaryByDefault = false;
        binary = InferBody.UNSAID;
        binarySize = -1;
        timeoutNanos = 0;
        nonFiniteAsText = false;
        priority = 0;
    }

    void read() {
        boolean more = json.enter('{', '}', all, "an object");
        while (more) {
            json.key();
            readOne(json.string);
            more = json.goesOn('}');
        }
    }

    private void readOne(TextSpan key) {
        if (key.is(BINARY_OUTPUT)) {
            begin(1, "binary_data_output");
            binaryByDefault = json.bool(one);
        } else if (key.is(BINARY)) {
            begin(2, "binary_data");
            binary = (byte) (json.bool(one) ? 1 : 0);
        } else if (key.is(BINARY_SIZE)) {
            begin(4, "binary_data_size");
            readBinarySize();
        } else if (key.is(NON_FINITE)) {
            begin(8, "non_finite");
            readNonFinite();
        } else if (ofRequest && key.is(TIMEOUT)) {
            begin(16, ReservedParameters.TIMEOUT);
            readTimeout();
        } else if (ofRequest && key.is(PRIORITY)) {
            begin(32, ReservedParameters.PRIORITY);
            readPriority();
        } else if (ofRequest && key.is(SEQUENCE_ID)) {
            begin(64, ReservedParameters.SEQUENCE_ID);
            readSequence();
        } else {
            if (ReservedParameters.mayBeRefused(key.bytes, key.from, key.to)) {
                ReservedParameters.check(key.toString(), whose.get());
            }
            readOther(key);
        }
    }

    private void readOther(TextSpan key) {
        Map<String, String> kept = others;
        if (kept == null || kept.size() >= MAX_OTHERS) {
            json.skipValue();
            return;
        }
        String other = key.toString();
        int next = json.peek();
        if (next == '"') {
            name = other;
            json.string(one);
            kept.put(other, json.string.toString());
        } else if (next == '{' || next == '[') {
            json.skipValue();
        } else {
            kept.put(other, json.shown());
            json.skipValue();
        }
    }

    private void begin(int bit, String parameter) {
        name = parameter;
        if ((seen & bit) != 0) {
            throw JsonFaults.duplicate(parameter, "the parameters of " + whose.get());
        }
        seen |= bit;
    }

    private void readBinarySize() {
        int start = json.at;
        binarySize = json.integer(one);
        if (binarySize < 0) {
            json.at = start;
            throw json.wrong(one, ">= 0");
        }
    }

    private void readNonFinite() {
        int start = json.at;
        json.string(one);
        String said = json.string.toString();
        nonFiniteAsText = said.equals("string");
        if (!nonFiniteAsText && !said.equals("error")) {
            json.at = start;
            throw json.wrong(one, "\"string\" or \"error\"");
        }
    }

    private void readTimeout() {
        int next = json.peek();
        if (next == '"') {
            json.string(one);
            timeoutNanos = ReservedParameters.timeoutNanos(json.string.toString());
        } else if (json.isInteger()) {
            timeoutNanos = ReservedParameters.timeoutNanos(json.integer(one));
        } else {
            throw ReservedParameters.wrongTimeout(passed());
        }
    }

    private void readPriority() {
        if (json.peek() == '-' || !json.isInteger()) {
            throw ReservedParameters.wrongPriority(passed());
        }
        // A level may have 64 bits without a sign; one that has more is as little urgent as any.
        priority = json.isLong() ? ReservedParameters.priority(json.integer(one)) : skipped(Integer.MAX_VALUE);
    }

    private void readSequence() {
        if (json.peek() == '"') {
            json.string(one);
            ReservedParameters.checkSequence(json.string.toString());
        } else if (json.isInteger()) {
            // An id may have 64 bits without a sign; any that is no zero is one.
            ReservedParameters.checkSequence(json.isLong() ? json.integer(one) : skipped(1));
        } else {
            throw json.wrong(one, "an integer or a string");
        }
    }

    private int skipped(int meaning) {
        json.skipValue();
        return meaning;
    }

    /// What the next value is, which must be one.
    private String passed() {
        String shown = json.shown();
        json.skipValue();
        return shown;
    }
}
