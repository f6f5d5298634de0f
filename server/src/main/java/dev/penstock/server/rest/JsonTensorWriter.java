package dev.penstock.server.rest;

import dev.penstock.core.BytesElements;
import dev.penstock.core.ServingException;
import dev.penstock.core.Tensor;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import tools.jackson.core.JsonGenerator;

/// Writes one output's elements as a flat JSON array. Floating-point numbers have as few digits as tell them apart.
final class JsonTensorWriter {
    private final JsonGenerator json;
    private final boolean nonFiniteAsStrings;

    JsonTensorWriter(JsonGenerator json, boolean nonFiniteAsStrings) {
        this.json = json;
        this.nonFiniteAsStrings = nonFiniteAsStrings;
    }

    /// @throws ServingException if an element has no form in JSON
    void write(Tensor output) {
        json.writeStartArray();
        ByteBuffer data = output.data().duplicate().order(ByteOrder.LITTLE_ENDIAN);
        for (int index = 0; data.hasRemaining(); index++) {
            writeElement(output, data, index);
        }
        json.writeEndArray();
    }

    private void writeElement(Tensor output, ByteBuffer data, int index) {
        switch (output.type()) {
            case BOOL -> json.writeBoolean(data.get() != 0);
            case UINT8 -> json.writeNumber(Byte.toUnsignedInt(data.get()));
            case UINT16 -> json.writeNumber(Short.toUnsignedInt(data.getShort()));
            case UINT32 -> json.writeNumber(Integer.toUnsignedLong(data.getInt()));
            case UINT64 -> writeUnsigned(data.getLong());
            case INT8 -> json.writeNumber((int) data.get());
            case INT16 -> json.writeNumber((int) data.getShort());
            case INT32 -> json.writeNumber(data.getInt());
            case INT64 -> json.writeNumber(data.getLong());
            case FP16 -> writeFloat(output, Float.float16ToFloat(data.getShort()), index);
            case BF16 -> writeFloat(output, SmallFloats.fromBf16(data.getShort()), index);
            case FP32 -> writeFloat(output, data.getFloat(), index);
            case FP64 -> writeDouble(output, data.getDouble(), index);
            case BYTES -> writeString(output, data, index);
        }
    }

    private void writeUnsigned(long value) {
        if (value >= 0) {
            json.writeNumber(value);
        } else {
            json.writeNumber(Long.toUnsignedString(value));
        }
    }

    private void writeFloat(Tensor output, float value, int index) {
        if (Float.isFinite(value)) {
            json.writeNumber(value);
        } else {
            writeNonFinite(output, value, index);
        }
    }

    private void writeDouble(Tensor output, double value, int index) {
        if (Double.isFinite(value)) {
            json.writeNumber(value);
        } else {
            writeNonFinite(output, value, index);
        }
    }

    private void writeNonFinite(Tensor output, double value, int index) {
        if (!nonFiniteAsStrings) {
            throw nonFinite(index, output.name(), value);
        }
        json.writeString(Double.toString(value));
    }

    /// The refusal of an element that JSON has no number for.
    static ServingException nonFinite(int index, String output, double value) {
        return ServingException.invalid(
                "element %d of output '%s' is %s, which JSON has no number for: ask for the output as binary data, or send the request parameter \"non_finite\":\"string\" to get it as a string"
                        .formatted(index, output, value));
    }

    private void writeString(Tensor output, ByteBuffer data, int index) {
        byte[] text = new byte[elementBytes(output, data)];
        data.get(text);
        if (!ByteBufUtil.isText(Unpooled.wrappedBuffer(text), StandardCharsets.UTF_8)) {
            throw ServingException.invalid(
                    "element %d of output '%s' is not UTF-8, so JSON cannot carry it: ask for the output as binary data"
                            .formatted(index, output.name()));
        }
        json.writeUTF8String(text, 0, text.length);
    }

    private static int elementBytes(Tensor output, ByteBuffer data) {
        int length = data.remaining() < BytesElements.LENGTH_BYTES ? -1 : data.getInt();
        if (length < 0 || length > data.remaining()) {
            throw new IllegalStateException("output '%s' ends within an element".formatted(output.name()));
        }
        return length;
    }
}
