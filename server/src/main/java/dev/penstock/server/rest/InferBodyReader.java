package dev.penstock.server.rest;

import dev.penstock.core.ServingException;
import dev.penstock.server.wire.MessageLimits;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/// Reads the JSON of inference requests, in one pass and without a tree; elements go straight into the memory
/// that tensors are views of. Keys may come in any order; those that are not known are ignored, and those
/// that are may come once. Confined to one thread.
@SuppressWarnings("UnnecessaryLambda") // Kept: what has captured this would be made anew for every field that is read.
final class InferBodyReader {
    private static final byte[] ID = ascii("id");
    private static final byte[] PARAMETERS = ascii("parameters");
    private static final byte[] INPUTS = ascii("inputs");
    private static final byte[] OUTPUTS = ascii("outputs");
    private static final byte[] NAME = ascii("name");

    /// Far more than models have; what a request names beyond is an attack, not a call.
    private static final int MAX_TENSORS = 10_000;

    private final ElementRoom room;
    private final JsonCursor json = new JsonCursor();
    private final InferBody body = new InferBody();
    private final InputReader inputs;
    private final ParameterReader parameters = new ParameterReader(json, () -> "the request", true);
    private final ParameterReader outputParameters = new ParameterReader(json, this::whereOutput, false);
    private final TextSpan outputName = new TextSpan();
    private final Supplier<String> outputField = () -> "'" + whereOutput() + "'";
    private final Supplier<String> outputNameField = () -> "'name' of " + whereOutput();
    private int seen;

    InferBodyReader(ElementRoom room) {
        this.room = room;
        this.inputs = new InputReader(json, room);
    }

    private static byte[] ascii(String word) {
        return word.getBytes(StandardCharsets.US_ASCII);
    }

    private String whereOutput() {
        return "outputs[" + body.outputCount + "]";
    }

    /// What was read last; until the next is read. After a refusal it has the id, if that was read.
    InferBody body() {
        return body;
    }

    /// The same, and gives out those parameters of the request that mean nothing here, as text.
    Map<String, String> readAll(byte[] text, int from, int to, long following, String model) {
        Map<String, String> others = new HashMap<>();
        parameters.others = others;
        try {
            read(text, from, to, following, model);
        } finally {
            parameters.others = null;
        }
        return others;
    }

    /// Reads the JSON from `from` to `to`. Elements are in the room afterwards.
    ///
    /// @param following bytes of binary data behind the JSON
    /// @param model its name, for messages
    /// @throws ServingException that names the field and says what is wrong; then nothing is reserved
    void read(byte[] text, int from, int to, long following, String model) {
        json.reset(text, from, to);
        body.clear();
        body.jsonBytes = to - from;
        body.followingBytes = following;
        parameters.clear();
        seen = 0;
        boolean read = false;
        try {
            readRequest(model);
            read = true;
        } finally {
            if (!read) {
                room.clear();
            }
        }
        body.binaryByDefault = parameters.binaryByDefault;
        body.nonFiniteAsText = parameters.nonFiniteAsText;
        body.timeoutNanos = parameters.timeoutNanos;
        body.priority = parameters.priority;
    }

    private void readRequest(String model) {
        if (json.peek() < 0) {
            throw ServingException.invalid("Unable to parse the request: it is empty (expected: a JSON object)");
        }
        boolean more = json.enter('{', '}', () -> "the request", "an object");
        while (more) {
            json.key();
            readField(model);
            more = json.goesOn('}');
        }
        int next = json.peek();
        if (next >= 0) {
            json.skipValue();
            throw ServingException.invalid("Unable to parse the request: more JSON follows its first object");
        }
        if ((seen & 1) == 0) {
            throw JsonFaults.missing("inputs", "");
        }
        if (body.binaryBytes < body.followingBytes) {
            throw ServingException.invalid("unexpected additional input data for model '%s': %d bytes"
                    .formatted(model, body.followingBytes - body.binaryBytes));
        }
    }

    private void readField(String model) {
        TextSpan key = json.string;
        if (key.is(INPUTS)) {
            first(1, "inputs");
            readInputs(model);
        } else if (key.is(ID)) {
            first(2, "id");
            json.string(() -> "'id'");
            MessageLimits.checkId(json.string.length());
            body.id.set(json.string);
        } else if (key.is(OUTPUTS)) {
            first(4, "outputs");
            readOutputs();
        } else if (key.is(PARAMETERS)) {
            first(8, "parameters");
            parameters.read();
        } else {
            json.skipValue();
        }
    }

    private void first(int bit, String key) {
        if ((seen & bit) != 0) {
            throw JsonFaults.duplicate(key, "the request");
        }
        seen |= bit;
    }

    private void readInputs(String model) {
        boolean more = json.enter('[', ']', () -> "'inputs'", "an array");
        while (more) {
            checkCount("inputs", body.inputCount);
            inputs.read(body, model);
            more = json.goesOn(']');
        }
    }

    private static void checkCount(String field, int count) {
        if (count == MAX_TENSORS) {
            throw ServingException.invalid(
                    "Unable to parse '%s': more than %d elements (expected: no more)".formatted(field, MAX_TENSORS));
        }
    }

    private void readOutputs() {
        boolean more = json.enter('[', ']', () -> "'outputs'", "an array");
        while (more) {
            checkCount("outputs", body.outputCount);
            readOutput();
            more = json.goesOn(']');
        }
    }

    private void readOutput() {
        boolean named = false;
        boolean parametersRead = false;
        outputParameters.clear();
        boolean more = json.enter('{', '}', outputField, "an object");
        while (more) {
            json.key();
            if (json.string.is(NAME)) {
                if (named) {
                    throw JsonFaults.duplicate("name", whereOutput());
                }
                named = true;
                json.string(outputNameField);
                outputName.set(json.string);
            } else if (json.string.is(PARAMETERS)) {
                if (parametersRead) {
                    throw JsonFaults.duplicate("parameters", whereOutput());
                }
                parametersRead = true;
                outputParameters.read();
            } else {
                json.skipValue();
            }
            more = json.goesOn('}');
        }
        if (!named) {
            throw JsonFaults.missing("name", " of " + whereOutput());
        }
        body.addOutput(outputName, outputParameters.binary);
    }
}
