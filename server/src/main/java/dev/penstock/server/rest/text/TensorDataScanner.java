package dev.penstock.server.rest.text;

import dev.penstock.core.DataType;
import dev.penstock.core.ServingException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// Reads a tensor's `data`, a JSON array of numbers or booleans, straight into the tensor's bytes.
///
/// The array may be flat or nested, up to [#MAX_DEPTH] deep; elements are taken in the order of the text, and
/// brackets say nothing about the shape: it is enough that there are as many elements as the shape wants.
/// Types are read as [NumberScanner] says; FP16 and BF16 are rounded once, to nearest, ties to even; BOOL is
/// `true`, `false`, `0` or `1`. [DataType#BYTES] is not for this class.
///
/// The whole text must be in one array of bytes. Allocates nothing per element. Confined to one thread at a
/// time.
public final class TensorDataScanner {
    public static final int MAX_DEPTH = 16;

    private final NumberScanner numbers;
    private byte[] text = {};
    private int limit;
    private int position;
    private int elements;

    public TensorDataScanner(boolean nonFiniteAllowed) {
        numbers = new NumberScanner(nonFiniteAllowed);
    }

    /// Reads the array whose opening bracket is at `offset` (or after white space from there).
    ///
    /// @param limit nothing there or beyond is looked at
    /// @param target gets the elements, little-endian, from its index `targetOffset` on; its position stays
    /// @param maxElements more than these are refused; `target` has room for them
    /// @return how many elements there were
    /// @throws ServingException that names the element, its text and byte offset; `target` then holds
    ///         what came before
    public int scan(
            byte[] text, int offset, int limit, DataType type, ByteBuffer target, int targetOffset, int maxElements) {
        checkTarget(type, target, targetOffset, maxElements);
        numbers.reset(text, offset, limit);
        this.text = text;
        this.limit = limit;
        position = offset;
        elements = 0;
        try {
            scanArray(type, target, targetOffset, maxElements);
            return elements;
        } catch (ServingException e) {
            throw ServingException.invalid("element " + elements + ": " + e.reason());
        }
    }

    /// Reads the single element at `offset` (or after white space from there), which is in no array.
    ///
    /// @param target gets the element, little-endian, at its index `targetOffset`; its position stays
    /// @throws ServingException that names the element's text and byte offset
    public void scanOne(byte[] text, int offset, int limit, DataType type, ByteBuffer target, int targetOffset) {
        checkTarget(type, target, targetOffset, 1);
        numbers.reset(text, offset, limit);
        this.text = text;
        this.limit = limit;
        position = offset;
        elements = 0;
        peek();
        position = readElement(type, position, target, targetOffset);
        elements = 1;
    }

    /// Where the text goes on after what was read last.
    public int end() {
        return position;
    }

    /// How many elements were read when the last array ended, or before it was refused.
    public int elements() {
        return elements;
    }

    private static void checkTarget(DataType type, ByteBuffer target, int targetOffset, int maxElements) {
        if (!type.hasFixedSize() || target.order() != ByteOrder.LITTLE_ENDIAN) {
            throw new IllegalArgumentException(
                    "%s, %s (expected: a type of fixed size, LITTLE_ENDIAN)".formatted(type, target.order()));
        }
        long end = targetOffset + (long) maxElements * type.byteSize();
        if (targetOffset < 0 || maxElements < 0 || end > target.limit()) {
            throw new IllegalArgumentException("target: %d elements of %s at %d (expected: to fit into %d bytes)"
                    .formatted(maxElements, type, targetOffset, target.limit()));
        }
    }

    private void scanArray(DataType type, ByteBuffer target, int targetOffset, int maxElements) {
        int depth = 0;
        do {
            depth = open(depth);
            if (peek() != ']') {
                checkRoom(maxElements);
                readElements(type, target, targetOffset, maxElements);
            }
            depth = close(depth);
        } while (depth > 0);
    }

    private void checkRoom(int maxElements) {
        if (elements == maxElements) {
            throw ServingException.invalid(
                    "more elements at byte " + position + " (expected: " + maxElements + ", as the shape says)");
        }
    }

    /// Reads elements from the position on, as long as only a comma stands between them, which is the usual
    /// case.
    private void readElements(DataType type, ByteBuffer target, int targetOffset, int most) {
        byte[] bytes = text;
        int last = limit - 1;
        int width = type.byteSize();
        int count = elements;
        int to = targetOffset + count * width;
        int at = readElement(type, position, target, to);
        elements = ++count;
        while (count < most && at < last && bytes[at] == ',' && startsElement(bytes[at + 1])) {
            to += width;
            at = readElement(type, at + 1, target, to);
            elements = ++count;
        }
        position = at;
    }

    private static boolean startsElement(byte character) {
        return character > ',' && character < '[';
    }

    /// Passes the brackets before an element, and ends at the element or at the bracket that closes an empty
    /// array.
    private int open(int depth) {
        int opened = depth;
        while (peek() == '[') {
            opened++;
            position++;
            if (opened > MAX_DEPTH) {
                throw ServingException.invalid("array " + opened + " deep at byte " + (position - 1)
                        + " (expected: at most " + MAX_DEPTH + ")");
            }
        }
        if (opened == 0 || (opened == depth && peek() == ']')) {
            throw numbers.unexpected(position, opened == 0 ? "'['" : "an element");
        }
        return opened;
    }

    /// Passes the brackets after an element, and the comma if arrays are still open.
    private int close(int depth) {
        int left = depth;
        int next = peek();
        while (next == ']') {
            left--;
            position++;
            if (left == 0) {
                return 0;
            }
            next = peek();
        }
        if (next != ',') {
            throw numbers.unexpected(position, "',' or ']'");
        }
        position++;
        return left;
    }

    /// The next byte that is not white space, or -1 at the end. Moves to it.
    private int peek() {
        while (position < limit) {
            int next = text[position];
            if (next > ' ' || !isSpace(next)) {
                return next;
            }
            position++;
        }
        return -1;
    }

    private static boolean isSpace(int character) {
        return character == ' ' || character == '\n' || character == '\r' || character == '\t';
    }

    /// @return where the element ends
    private int readElement(DataType type, int at, ByteBuffer target, int to) {
        int end = type == DataType.BOOL ? -1 : numbers.read(at);
        if (end < 0) {
            return readWord(type, at, target, to);
        }
        switch (type) {
            case FP32 -> target.putInt(to, (int) numbers.bits(FloatFormat.FP32));
            case FP64 -> target.putLong(to, numbers.bits(FloatFormat.FP64));
            case FP16 -> target.putShort(to, (short) numbers.bits(FloatFormat.FP16));
            case BF16 -> target.putShort(to, (short) numbers.bits(FloatFormat.BF16));
            case INT64 -> target.putLong(to, numbers.integer(Long.MIN_VALUE, Long.MAX_VALUE));
            case INT32 -> target.putInt(to, (int) numbers.integer(Integer.MIN_VALUE, Integer.MAX_VALUE));
            case INT16 -> target.putShort(to, (short) numbers.integer(Short.MIN_VALUE, Short.MAX_VALUE));
            case INT8 -> target.put(to, (byte) numbers.integer(Byte.MIN_VALUE, Byte.MAX_VALUE));
            case UINT64 -> target.putLong(to, numbers.unsignedLong());
            case UINT32 -> target.putInt(to, (int) numbers.integer(0, 0xFFFF_FFFFL));
            case UINT16 -> target.putShort(to, (short) numbers.integer(0, 0xFFFF));
            case UINT8 -> target.put(to, (byte) numbers.integer(0, 0xFF));
            case BOOL, BYTES -> throw new AssertionError("no numbers");
        }
        return end;
    }

    /// Reads an element that is a word: a boolean, or a number that is not finite.
    private int readWord(DataType type, int at, ByteBuffer target, int to) {
        numbers.moveTo(at);
        switch (type) {
            case FP32 -> target.putInt(to, (int) numbers.nextBits(FloatFormat.FP32));
            case FP64 -> target.putLong(to, numbers.nextBits(FloatFormat.FP64));
            case FP16 -> target.putShort(to, (short) numbers.nextBits(FloatFormat.FP16));
            case BF16 -> target.putShort(to, (short) numbers.nextBits(FloatFormat.BF16));
            case BOOL -> target.put(to, nextBool());
            default -> throw numbers.unexpected(at, "an integer");
        }
        return numbers.position();
    }

    private byte nextBool() {
        int at = numbers.position();
        boolean isTrue = numbers.at("true", at);
        if (isTrue || numbers.at("false", at)) {
            numbers.moveTo(at + (isTrue ? 4 : 5));
            return (byte) (isTrue ? 1 : 0);
        }
        int digit = at < limit ? text[at] : -1;
        if (digit == '0' || digit == '1') {
            numbers.moveTo(at + 1);
            return (byte) (digit - '0');
        }
        throw numbers.unexpected(at, "true, false, 0 or 1");
    }
}
