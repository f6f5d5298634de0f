package dev.penstock.server.rest;

import dev.penstock.core.ServingException;
import dev.penstock.server.wire.HeaderText;
import java.util.Arrays;
import java.util.function.Supplier;

/// Reads the `instances` of a prediction: rows of the one input there is, or objects with a row of each
/// input. The rows of an input lie apart in the text, so those of objects are looked for first and read input
/// by input. Reused; confined to one thread.
@SuppressWarnings("UnnecessaryLambda") // Kept, so that no instance makes it anew.
final class InstanceReader {
    private static final int KEPT_PLACES = 16 * 1024;

    private final JsonCursor json;
    private final ElementRoom room;
    private final PredictTensors tensors;
    private final NamedInputs names;

    /// The inputs of the first instance, in its order; all others have the same.
    private int[] inputs = {};

    /// The place of each input among those, or -1.
    private int[] columns = {};

    private int inputCount;

    /// Where the values begin: one for each of those inputs, instance by instance.
    private int[] places = {};

    /// The bytes of [#places] that count against the memory for requests: all, where they are not kept.
    private long counted;

    private int count;
    private final Supplier<String> path = () -> "instances[" + count + "]";
    private final Supplier<String> field = () -> "'" + path.get() + "'";

    InstanceReader(JsonCursor json, ElementRoom room, PredictTensors tensors, NamedInputs names) {
        this.json = json;
        this.room = room;
        this.tensors = tensors;
        this.names = names;
    }

    /// Reads the array that is next.
    void read() {
        json.peek();
        int start = json.at;
        if (!json.enter('[', ']', () -> "'instances'", "an array")) {
            throw ServingException.invalid("'instances' is empty (expected: one or more)");
        }
        count = 0;
        if (json.peek() == '{' && !Base64Value.isNext(json)) {
            try {
                readObjects();
            } finally {
                trim();
            }
            return;
        }
        int input = names.sole(json, field);
        json.at = start;
        tensors.read(input, "instances", false);
    }

    private void readObjects() {
        readFirst();
        count++;
        while (json.goesOn(']')) {
            readNext();
            count++;
        }
        int end = json.at;
        for (int i = 0; i < inputCount; i++) {
            tensors.readRows(inputs[i], count, places, i, inputCount);
        }
        json.at = end;
    }

    private void readFirst() {
        names.begin();
        if (inputs.length < names.count()) {
            inputs = new int[names.count()];
            columns = new int[names.count()];
        }
        Arrays.fill(columns, -1);
        inputCount = 0;
        boolean more = json.enter('{', '}', field, "an object");
        if (!more) {
            throw ServingException.invalid("'instances[0]' is empty (expected: an object with inputs)");
        }
        while (more) {
            json.key();
            int input = names.next(json.string, path);
            inputs[inputCount] = input;
            columns[input] = inputCount;
            makeRoom(inputCount + 1);
            places[inputCount++] = json.at;
            json.skipValue();
            more = json.goesOn('}');
        }
    }

    private void readNext() {
        names.begin();
        int first = Math.multiplyExact(count, inputCount);
        makeRoom(Math.addExact(first, inputCount));
        int found = 0;
        boolean more = json.enter('{', '}', field, "an object, as 'instances[0]' is");
        while (more) {
            json.key();
            places[first + columnOf(names.next(json.string, path))] = json.at;
            json.skipValue();
            found++;
            more = json.goesOn('}');
        }
        if (found < inputCount) {
            throw lacksOne();
        }
    }

    private int columnOf(int input) {
        if (columns[input] >= 0) {
            return columns[input];
        }
        throw ServingException.invalid("'%s' has the input '%s', which 'instances[0]' has not (expected: the same ones)"
                .formatted(path.get(), HeaderText.quote(names.spec(input).name())));
    }

    private ServingException lacksOne() {
        int lacking = 0;
        while (names.isNamed(inputs[lacking])) {
            lacking++;
        }
        return ServingException.invalid("'%s' lacks the input '%s', which 'instances[0]' has (expected: the same ones)"
                .formatted(
                        path.get(), HeaderText.quote(names.spec(inputs[lacking]).name())));
    }

    private void makeRoom(int end) {
        if (places.length >= end) {
            return;
        }
        int length = Math.max(64, Math.addExact(end, end / 2));
        if (length > KEPT_PLACES) {
            long more = (long) length * Integer.BYTES - counted;
            room.count(more);
            counted += more;
        }
        places = Arrays.copyOf(places, length);
    }

    private void trim() {
        if (places.length > KEPT_PLACES) {
            places = new int[] {};
        }
        if (counted > 0) {
            room.uncount(counted);
            counted = 0;
        }
    }
}
