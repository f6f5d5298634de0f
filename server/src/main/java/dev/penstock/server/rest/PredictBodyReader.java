package dev.penstock.server.rest;

import dev.penstock.core.ServingException;
import dev.penstock.core.Signature;
import dev.penstock.server.wire.HeaderText;
import java.nio.charset.StandardCharsets;

/// Reads the JSON of predictions as TensorFlow Serving and KServe's V1 have it: `instances`, a row for each,
/// or `inputs`, a tensor for each. Without a tree; elements go straight into the memory that tensors are
/// views of. Keys may come in any order; those that are not known are ignored. Confined to one thread.
final class PredictBodyReader {
    /// What signatures of TensorFlow's models are called by default, and the only one that a model has here.
    static final String SIGNATURE = "serving_default";

    private static final byte[] SIGNATURE_NAME = ascii("signature_name");
    private static final byte[] INSTANCES = ascii("instances");
    private static final byte[] INPUTS = ascii("inputs");
    private static final byte[] PARAMETERS = ascii("parameters");

    private final ElementRoom room;
    private final JsonCursor json = new JsonCursor();
    private final InferBody body = new InferBody();
    private final PredictTensors tensors;
    private final InstanceReader instances;
    private final ParameterReader parameters = new ParameterReader(json, () -> "the request", true);
    private final NamedInputs names = new NamedInputs();
    private int seen;

    PredictBodyReader(ElementRoom room) {
        this.room = room;
        this.tensors = new PredictTensors(json, room, body, names);
        this.instances = new InstanceReader(json, room, tensors, names);
    }

    private static byte[] ascii(String word) {
        return word.getBytes(StandardCharsets.US_ASCII);
    }

    /// Reads the JSON from `from` to `to`. Elements are in the room afterwards.
    ///
    /// @param signature of the version that will answer
    /// @param model its name, for messages
    /// @return what was read, until the next is
    /// @throws ServingException that names the field and says what is wrong; then nothing is reserved
    InferBody read(byte[] text, int from, int to, String model, Signature signature) {
        json.reset(text, from, to);
        body.clear();
        parameters.clear();
        names.of(model, signature);
        seen = 0;
        boolean read = false;
        try {
            readRequest();
            read = true;
        } finally {
            if (!read) {
                room.clear();
            }
        }
        body.timeoutNanos = parameters.timeoutNanos;
        body.priority = parameters.priority;
        return body;
    }

    private void readRequest() {
        if (json.peek() < 0) {
            throw ServingException.invalid("Unable to parse the request: it is empty (expected: a JSON object)");
        }
        boolean more = json.enter('{', '}', () -> "the request", "an object");
        while (more) {
            json.key();
            readField();
            more = json.goesOn('}');
        }
        if (json.peek() >= 0) {
            json.skipValue();
            throw ServingException.invalid("Unable to parse the request: more JSON follows its first object");
        }
        if ((seen & 1) == 0) {
            throw ServingException.invalid("Unable to parse the request: neither 'instances' nor 'inputs' is there");
        }
    }

    private void readField() {
        TextSpan key = json.string;
        if (key.is(INSTANCES)) {
            firstTensors(true);
            instances.read();
        } else if (key.is(INPUTS)) {
            firstTensors(false);
            readInputs();
        } else if (key.is(SIGNATURE_NAME)) {
            first(2, "signature_name");
            readSignature();
        } else if (key.is(PARAMETERS)) {
            first(4, "parameters");
            parameters.read();
        } else {
            json.skipValue();
        }
    }

    private void firstTensors(boolean rows) {
        if ((seen & 1) != 0 && rows != body.inRows) {
            throw ServingException.invalid("'instances' and 'inputs' are both there (expected: one of them)");
        }
        first(1, rows ? "instances" : "inputs");
        body.inRows = rows;
    }

    private void first(int bit, String key) {
        if ((seen & bit) != 0) {
            throw JsonFaults.duplicate(key, "the request");
        }
        seen |= bit;
    }

    private void readSignature() {
        json.string(() -> "'signature_name'");
        String name = json.string.toString();
        if (!name.isEmpty() && !name.equals(SIGNATURE)) {
            throw ServingException.invalid(
                    "Serving signature name: \"%s\" not found in signature def (expected: \"%s\")"
                            .formatted(HeaderText.quote(name), SIGNATURE));
        }
    }

    private void readInputs() {
        if (json.peek() != '{' || Base64Value.isNext(json)) {
            tensors.read(names.sole(json, () -> "'inputs'"), "inputs", false);
            return;
        }
        names.begin();
        boolean more = json.enter('{', '}', () -> "'inputs'", "an object");
        while (more) {
            json.key();
            tensors.read(names.next(json.string, () -> "inputs"), "inputs", true);
            more = json.goesOn('}');
        }
    }
}
