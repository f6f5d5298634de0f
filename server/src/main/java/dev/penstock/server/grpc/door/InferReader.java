package dev.penstock.server.grpc.door;

import dev.penstock.server.grpc.door.WireRequest.Input;
import dev.penstock.server.grpc.door.WireRequest.Parameter;
import dev.penstock.server.grpc.door.WireRequest.Span;

/// Reads a ModelInferRequest in native memory into a [WireRequest] without copying or allocating.
///
/// It accepts and refuses what protobuf-java does and finds the same values: fields in any order, unknown ones and
/// groups skipped, lists packed or not, the last of repeated scalars, messages merged, strings checked as UTF-8.
/// Confined to one thread.
final class InferReader {
    private static final int INT_CONTENTS = 2;
    private static final int UINT_CONTENTS = 4;
    private static final int FP32_CONTENTS = 6;
    private static final int FP64_CONTENTS = 7;
    private static final int BYTES_CONTENTS = 8;

    private final WireCursor in = new WireCursor();
    private final WireRequest request = new WireRequest();

    /// What the last successful [#read] found.
    WireRequest request() {
        return request;
    }

    /// @return whether these bytes are such a message
    boolean read(long address, int bytes) {
        request.clear();
        in.begin(address, bytes);
        try {
            readRequest();
            return true;
        } catch (WireCursor.Malformed _) {
            return false;
        }
    }

    private void readRequest() {
        for (int tag = in.tag(); tag != 0; tag = in.tag()) {
            switch (tag) {
                case 1 << 3 | WireCursor.BYTES -> string(request.name);
                case 2 << 3 | WireCursor.BYTES -> string(request.version);
                case 3 << 3 | WireCursor.BYTES -> string(request.id);
                case 4 << 3 | WireCursor.BYTES -> parameter(WireRequest.REQUEST);
                case 5 << 3 | WireCursor.BYTES -> input(request.inputCount);
                case 6 << 3 | WireCursor.BYTES -> requestedOutput(request.outputCount);
                case 7 << 3 | WireCursor.BYTES -> bytes(request.addRaw());
                default -> skip(tag, 7);
            }
        }
    }

    private void input(int index) {
        Input input = request.addInput();
        int length = in.length();
        input.element.set(in.position(), length);
        long outer = in.enter(length);
        for (int tag = in.tag(); tag != 0; tag = in.tag()) {
            switch (tag) {
                case 1 << 3 | WireCursor.BYTES -> string(input.name);
                case 2 << 3 | WireCursor.BYTES -> string(input.datatype);
                case 3 << 3 | WireCursor.VARINT -> input.addDim(in.varint64());
                case 3 << 3 | WireCursor.BYTES -> packedDims(input);
                case 4 << 3 | WireCursor.BYTES -> parameter(index);
                case 5 << 3 | WireCursor.BYTES -> contents(input);
                default -> skip(tag, 5);
            }
        }
        in.leave(outer);
    }

    private void packedDims(Input input) {
        long outer = in.narrow(in.length());
        while (!in.atEnd()) {
            input.addDim(in.varint64());
        }
        in.widen(outer);
    }

    private void requestedOutput(int index) {
        Span name = request.addOutput();
        long outer = in.enter(in.length());
        for (int tag = in.tag(); tag != 0; tag = in.tag()) {
            switch (tag) {
                case 1 << 3 | WireCursor.BYTES -> string(name);
                case 2 << 3 | WireCursor.BYTES -> parameter(WireRequest.outputScope(index));
                default -> skip(tag, 2);
            }
        }
        in.leave(outer);
    }

    /// One entry of a map from names to InferParameter.
    private void parameter(int scope) {
        Parameter parameter = request.addParameter(scope);
        long outer = in.enter(in.length());
        for (int tag = in.tag(); tag != 0; tag = in.tag()) {
            switch (tag) {
                case 1 << 3 | WireCursor.BYTES -> string(parameter.key);
                case 2 << 3 | WireCursor.BYTES -> parameterValue(parameter);
                default -> in.skipInEntry(tag);
            }
        }
        in.leave(outer);
    }

    private void parameterValue(Parameter parameter) {
        long outer = in.enter(in.length());
        for (int tag = in.tag(); tag != 0; tag = in.tag()) {
            switch (tag) {
                case WireRequest.BOOL << 3 | WireCursor.VARINT ->
                    number(parameter, WireRequest.BOOL, in.varint64() != 0 ? 1 : 0);
                case WireRequest.INT64 << 3 | WireCursor.VARINT -> number(parameter, WireRequest.INT64, in.varint64());
                case WireRequest.STRING << 3 | WireCursor.BYTES -> {
                    string(parameter.text);
                    parameter.kind = WireRequest.STRING;
                }
                case WireRequest.DOUBLE << 3 | WireCursor.FIXED64 ->
                    number(parameter, WireRequest.DOUBLE, in.fixed64());
                case WireRequest.UINT64 << 3 | WireCursor.VARINT ->
                    number(parameter, WireRequest.UINT64, in.varint64());
                default -> skip(tag, 5);
            }
        }
        in.leave(outer);
    }

    private static void number(Parameter parameter, int kind, long value) {
        parameter.kind = kind;
        parameter.value = value;
    }

    private void contents(Input input) {
        long outer = in.enter(in.length());
        for (int tag = in.tag(); tag != 0; tag = in.tag()) {
            int field = tag >>> 3;
            int wireType = tag & 7;
            if (field > BYTES_CONTENTS || !isElement(field, wireType)) {
                skip(tag, BYTES_CONTENTS);
            } else if (wireType == WireCursor.BYTES && field != BYTES_CONTENTS) {
                packedElements(input, field);
            } else {
                skipElement(in, field);
                input.contents |= 1 << field;
            }
        }
        in.leave(outer);
    }

    private void packedElements(Input input, int field) {
        long outer = in.narrow(in.length());
        while (!in.atEnd()) {
            skipElement(in, field);
            input.contents |= 1 << field;
        }
        in.widen(outer);
    }

    /// Steps over a field of a message whose own end with `lastField`.
    private void skip(int tag, int lastField) {
        if (tag >>> 3 > lastField) {
            request.addUnknown();
        }
        in.skip(tag);
    }

    /// Steps over one element of that list of `contents`.
    static void skipElement(WireCursor in, int field) {
        if (field == INT_CONTENTS || field == UINT_CONTENTS) {
            in.varint32();
        } else {
            in.skip(field << 3 | elementType(field));
        }
    }

    /// Whether that wire type carries elements of that list: one by one or packed.
    static boolean isElement(int field, int wireType) {
        return wireType == WireCursor.BYTES || wireType == elementType(field);
    }

    /// How one element of that list of `contents` is written.
    static int elementType(int field) {
        return switch (field) {
            case FP32_CONTENTS -> WireCursor.FIXED32;
            case FP64_CONTENTS -> WireCursor.FIXED64;
            case BYTES_CONTENTS -> WireCursor.BYTES;
            default -> WireCursor.VARINT;
        };
    }

    private void string(Span into) {
        bytes(into);
        if (!Utf8.isValid(into.address, into.length)) {
            throw WireCursor.Malformed.INSTANCE;
        }
    }

    private void bytes(Span into) {
        int length = in.length();
        into.set(in.position(), length);
        in.skipBytes(length);
    }
}
