package dev.penstock.server.rest;

import dev.penstock.core.BytesElements;
import dev.penstock.core.DataType;
import dev.penstock.core.ErrorCode;
import dev.penstock.core.ServingException;
import dev.penstock.server.rest.text.TensorDataScanner;
import java.nio.ByteBuffer;

/// Reads the elements of inputs straight into the memory that tensors are views of. How they are nested does
/// not matter, only how many there are. Reused; confined to one thread.
final class ElementsReader {
    /// Says what is wrong with elements that could not be read.
    interface Faults {
        /// @param wrong which element could not be read, or -1 if all could
        /// @return the refusal of the value that is next
        ServingException find(InferInput input, long elements, int wrong);
    }

    /// The largest buffer there is.
    private static final long MAX_BYTES = 1 << 30;

    private final JsonCursor json;
    private final ElementRoom room;
    private final TensorDataScanner numbers = new TensorDataScanner(true);
    private final boolean base64;
    private final Faults faults;

    /// @param base64 whether bytes may be written as [Base64Value] reads them
    ElementsReader(JsonCursor json, ElementRoom room, boolean base64, Faults faults) {
        this.json = json;
        this.room = room;
        this.base64 = base64;
        this.faults = faults;
    }

    /// Reads the array that is next, or the single element.
    ///
    /// @param used where in the room the elements are put
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
        int found;
        try {
            found = scan(input.type(), target, used, elements);
        } catch (ServingException e) {
            throw faults.find(input, elements, numbers.elements());
        }
        if (found != elements) {
            throw faults.find(input, elements, -1);
        }
        json.at = numbers.end();
        return bytes;
    }

    private int scan(DataType type, ByteBuffer target, int used, int elements) {
        if (json.peek() == '[') {
            return numbers.scan(json.text, json.at, json.limit, type, target, used, elements);
        }
        numbers.scanOne(json.text, json.at, json.limit, type, target, used);
        return 1;
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
            } else {
                int bytes = found < elements ? readText(at) : -1;
                if (bytes < 0) {
                    json.at = start;
                    throw faults.find(input, elements, found);
                }
                at += bytes;
                found++;
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

    /// @return how many bytes were put at `at`, or -1 if what is next is no text
    private int readText(int at) {
        if (json.tryString()) {
            TextSpan text = json.string;
            return put(at, text.bytes, text.from, text.length());
        }
        ByteBuffer decoded = base64 ? Base64Value.tryRead(json) : null;
        return decoded == null ? -1 : put(at, decoded.array(), decoded.arrayOffset(), decoded.remaining());
    }

    private int put(int at, byte[] text, int from, int length) {
        int bytes = checked(at, BytesElements.LENGTH_BYTES + (long) length);
        reserved(at, bytes).putInt(at, length).put(at + BytesElements.LENGTH_BYTES, text, from, length);
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
