package dev.penstock.server.rest;

import dev.penstock.core.DataType;
import dev.penstock.core.ServingException;
import dev.penstock.core.Shape;
import java.util.Arrays;
import java.util.function.Supplier;

/// Finds out what is wrong with the nested arrays of a prediction, and names the place: `instances[2][0]`.
/// Slow, and only for refusals. Confined to one thread.
final class PredictFaults implements ElementsReader.Faults {
    private final JsonCursor json;
    private final Supplier<String> where;

    private DataType type = DataType.BYTES;
    private long wrong;
    private long found;
    private int rank;
    private boolean values;
    private final long[] dims = new long[Shape.MAX_RANK];
    private final int[] indexes = new int[Shape.MAX_RANK];

    /// @param where of the whole value: `instances`
    PredictFaults(JsonCursor json, Supplier<String> where) {
        this.json = json;
        this.where = where;
    }

    @Override
    public ServingException find(InferInput input, long elements, int wrongElement) {
        return find(input.type(), wrongElement);
    }

    /// @return the refusal of the value that is next, whose arrays have no shape
    ServingException shapeless(DataType expected) {
        return find(expected, -1);
    }

    private ServingException find(DataType expected, int wrongElement) {
        type = expected;
        wrong = wrongElement;
        found = 0;
        rank = 0;
        values = false;
        Arrays.fill(dims, -1);
        try {
            walk(0);
        } catch (ServingException e) {
            return e;
        }
        // The value is good, and what follows it is not.
        return json.malformed("',' or what ends the request");
    }

    private void walk(int depth) {
        if (json.peek() == '[') {
            walkArray(depth);
            return;
        }
        values = true;
        if (depth != rank) {
            throw wrong(depth, "an array, as there is beside it");
        }
        if (found == wrong || isNoValue()) {
            throw wrong(depth, "for " + type + ": " + expected());
        }
        json.skipValue();
        found++;
    }

    private boolean isNoValue() {
        return json.peek() == '{' && !(type == DataType.BYTES && Base64Value.isNext(json));
    }

    private void walkArray(int depth) {
        if (values && depth == rank) {
            throw wrong(depth, "a value, as there is beside it");
        }
        if (depth == Shape.MAX_RANK) {
            throw wrong(depth, "arrays at most " + Shape.MAX_RANK + " deep");
        }
        rank = Math.max(rank, depth + 1);
        json.at++;
        int count = 0;
        boolean more = !json.take(']');
        while (more) {
            indexes[depth] = count++;
            walk(depth + 1);
            more = json.goesOn(']');
        }
        if (dims[depth] >= 0 && dims[depth] != count) {
            throw ServingException.invalid("'%s' has length %d (expected: %d, as the arrays beside it have)"
                    .formatted(path(depth), count, dims[depth]));
        }
        dims[depth] = count;
    }

    private ServingException wrong(int depth, String expected) {
        return json.wrong(() -> "'" + path(depth) + "'", expected);
    }

    private String path(int depth) {
        StringBuilder path = new StringBuilder(where.get());
        for (int i = 0; i < depth; i++) {
            path.append('[').append(indexes[i]).append(']');
        }
        return path.toString();
    }

    private String expected() {
        return type == DataType.BYTES
                ? ElementFaults.expected(type) + ", or an object {\"b64\":\"...\"} with base64"
                : ElementFaults.expected(type);
    }
}
