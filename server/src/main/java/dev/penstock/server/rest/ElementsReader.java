package dev.penstock.server.rest;

import dev.penstock.core.BytesElements;
import dev.penstock.core.DataType;
import dev.penstock.core.ErrorCode;
import dev.penstock.core.ServingException;
import dev.penstock.server.rest.text.TensorDataScanner;
import java.nio.ByteBuffer;
import java.util.function.Supplier;

/// Reads the `data` of inputs straight into the memory that tensors are views of. How it is nested does not matter,
/// only how many elements there are. Reused; confined to one thread.
final class ElementsReader {
    /// The largest buffer there is.
    private static final long MAX_BYTES = 1 << 30;

    private final JsonCursor json;
    private final ElementRoom room;
    private final TensorDataScanner numbers = new TensorDataScanner(true);
    private final ElementFaults faults;

    /// @param where for messages: `input 'x'`
    ElementsReader(JsonCursor json, ElementRoom room, Supplier<String> where) {
        this.json = json;
        this.room = room;
        this.faults = new ElementFaults(json, where);
    }

    /// Reads the array that is next.
    ///
    /// @param used where in the room its elements are put
    /// @param elements how many there have to be
    /// @return how many bytes they take
    int read(InferInput input, int used, long elements) {
        int start = json.at;
        // An element takes two bytes of text or more, so a shape alone makes nobody reserve memory.
        if (elements > (json.limit - start) / 2) {
            throw faults.find(input, elements, -1);
        }
        return input.type() == DataType.BYTES
                ? readTexts(input, used, (int) elements)
                : readNumbers(input, used, (int) elements);
    }

    private int readNumbers(InferInput input, int used, int elements) {
        int bytes = checked(used, (long) elements * input.type().byteSize());
        ByteBuffer target = reserved(used, bytes);
        int start = json.at;
        int found;
        try {
            found = numbers.scan(json.text, start, json.limit, input.type(), target, used, elements);
        } catch (ServingException e) {
            throw faults.find(input, elements, numbers.elements());
        }
        if (found != elements) {
            throw faults.find(input, elements, -1);
        }
        json.at = numbers.end();
        return bytes;
    }

    private int readTexts(InferInput input, int used, int elements) {
        int start = json.at;
        int at = used;
        int found = 0;
        int depth = 0;
        do {
            int next = json.peek();
            if (next == '[' && depth < TensorDataScanner.MAX_DEPTH) {
                json.at++;
                depth++;
                if (!json.take(']')) {
                    continue;
                }
                depth--;
            } else if (found < elements && json.tryString()) {
                at += append(at);
                found++;
            } else {
                json.at = start;
                throw faults.find(input, elements, found);
            }
            while (depth > 0 && !json.goesOn(']')) {
                depth--;
            }
        } while (depth > 0);
        if (found != elements) {
            json.at = start;
            throw faults.find(input, elements, -1);
        }
        return at - used;
    }

    /// @return how many bytes were appended at `at`
    private int append(int at) {
        TextSpan text = json.string;
        int bytes = checked(at, BytesElements.LENGTH_BYTES + (long) text.length());
        reserved(at, bytes)
                .putInt(at, text.length())
                .put(at + BytesElements.LENGTH_BYTES, text.bytes, text.from, text.length());
        return bytes;
    }

    private static int checked(int used, long bytes) {
        if (used + bytes > MAX_BYTES) {
            throw new ServingException(
                    ErrorCode.TOO_LARGE,
                    "the elements of the request's inputs take %d bytes or more (expected: <= %d)"
                            .formatted(used + bytes, MAX_BYTES));
        }
        return (int) bytes;
    }

    private ByteBuffer reserved(int used, int more) {
        ByteBuffer target = room.reserve(used, more);
        if (target == null) {
            throw new ServingException(ErrorCode.OVERLOADED, room.refusal(more));
        }
        return target;
    }
}
