package dev.penstock.server.rest;

import dev.penstock.core.DataType;
import dev.penstock.core.ServingException;
import dev.penstock.server.rest.text.TensorDataScanner;
import java.util.function.Supplier;

/// Finds out what is wrong with a `data` array that could not be read. Slow, and only for refusals. Confined
/// to one thread.
final class ElementFaults {
    private final JsonCursor json;
    private final Supplier<String> where;

    ElementFaults(JsonCursor json, Supplier<String> where) {
        this.json = json;
        this.where = where;
    }

    /// @param wrong which element could not be read, or -1 if all could
    /// @return the refusal of the array that is next
    ServingException find(InferInput input, long elements, int wrong) {
        long found = 0;
        int depth = 0;
        do {
            int next = json.peek();
            if (next == '[') {
                if (depth == TensorDataScanner.MAX_DEPTH) {
                    return ServingException.invalid(
                            "Unable to parse 'data' of %s: arrays more than %d deep (expected: no more)"
                                    .formatted(where.get(), TensorDataScanner.MAX_DEPTH));
                }
                json.at++;
                depth++;
                if (!json.take(']')) {
                    continue;
                }
                depth--;
            } else {
                if (found == wrong && found < elements) {
                    return wrongElement(found, input.type());
                }
                json.skipValue();
                found++;
            }
            while (depth > 0 && !json.goesOn(']')) {
                depth--;
            }
        } while (depth > 0);
        return ServingException.invalid(
                "unexpected number of elements in 'data' of %s: %d (expected: %d, the product of shape %s)"
                        .formatted(where.get(), found, elements, input.shape()));
    }

    private ServingException wrongElement(long index, DataType type) {
        String shown = json.shown();
        if (json.peek() != '"') {
            json.skipValue();
        }
        return ServingException.invalid("Unable to parse 'data' of %s: element %d is %s (expected for %s: %s)"
                .formatted(where.get(), index, shown, type, expected(type)));
    }

    /// What an element of that type looks like.
    static String expected(DataType type) {
        return switch (type) {
            case BOOL -> "true, false, 1 or 0";
            case UINT8 -> "an integer from 0 to 255";
            case UINT16 -> "an integer from 0 to 65535";
            case UINT32 -> "an integer from 0 to 4294967295";
            case UINT64 -> "an integer from 0 to 18446744073709551615";
            case INT8 -> "an integer from -128 to 127";
            case INT16 -> "an integer from -32768 to 32767";
            case INT32 -> "an integer from -2147483648 to 2147483647";
            case INT64 -> "an integer from -9223372036854775808 to 9223372036854775807";
            case FP16 -> "a number from -65504 to 65504, NaN, Infinity or -Infinity";
            case BF16, FP32, FP64 -> "a number in the range of " + type + ", NaN, Infinity or -Infinity";
            case BYTES -> "a string of Unicode text";
        };
    }
}
