package dev.penstock.server.payload;

import dev.penstock.core.Assigned;
import dev.penstock.core.DataType;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/// Records as JSON: requests and responses in it are bodies of the Open Inference Protocol, so that they can
/// be sent again as they are. Pure.
///
/// What JSON has no words for: NaN and infinities are the strings "NaN", "Infinity" and "-Infinity"; elements
/// of BYTES that are no UTF-8 are objects `{"b64": "…"}`, as TensorFlow Serving has them.
final class PayloadJson {
    private static final JsonFactory JSON = new JsonFactory();

    private static final Pattern NUMBER = Pattern.compile("\\d{1,18}");

    /// Bits that a BF16 lacks to be a FP32.
    private static final int BF16_MISSING_BITS = 16;

    /// Always with six digits of a second, so that lines sort by their text.
    private static final DateTimeFormatter TIME =
            new DateTimeFormatterBuilder().appendInstant(6).toFormatter();

    private PayloadJson() {}

    /// The whole record as one line, its end included.
    static byte[] line(PayloadRecord record) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), bytes)) {
            json.writeStartObject();
            json.writeStringProperty("time", TIME.format(record.time()));
            json.writeStringProperty("id", record.id());
            json.writeStringProperty("model", record.model());
            if (record.version() > 0) {
                json.writeNumberProperty("version", record.version());
            }
            arm(json, record);
            json.writeNumberProperty("latency_us", record.latencyMicros());
            texts(json, "headers", record.headers(), false);
            redactedHeaders(json, record);
            json.writeName("request");
            request(json, record);
            if (record.failure() == null) {
                json.writeName("response");
                response(json, record);
            } else {
                json.writeObjectPropertyStart("error");
                json.writeStringProperty("code", record.failure().name());
                json.writeStringProperty("message", record.message());
                json.writeEndObject();
            }
            json.writeEndObject();
        }
        bytes.write('\n');
        return bytes.toByteArray();
    }

    private static void arm(JsonGenerator json, PayloadRecord record) {
        Assigned arm = record.arm();
        if (arm != null) {
            json.writeStringProperty("route", arm.route());
            json.writeStringProperty("arm", arm.arm());
            json.writeStringProperty("assignment", arm.header());
        }
    }

    private static void redactedHeaders(JsonGenerator json, PayloadRecord record) {
        if (!record.headers().isEmpty()) {
            // Also if there are none: lines without it are of a release that did not say.
            json.writeArrayPropertyStart("redacted_headers");
            new TreeSet<>(record.redactedHeaders()).forEach(json::writeString);
            json.writeEndArray();
        }
    }

    /// The request alone.
    static byte[] request(PayloadRecord record) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), bytes)) {
            request(json, record);
        }
        return bytes.toByteArray();
    }

    /// The answer alone, or what REST would have said instead.
    static byte[] response(PayloadRecord record) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), bytes)) {
            if (record.failure() == null) {
                response(json, record);
            } else {
                json.writeStartObject();
                json.writeStringProperty("error", record.failure().name() + ": " + record.message());
                json.writeEndObject();
            }
        }
        return bytes.toByteArray();
    }

    private static void request(JsonGenerator json, PayloadRecord record) {
        json.writeStartObject();
        if (!record.callerId().isEmpty()) {
            json.writeStringProperty("id", record.callerId());
        }
        texts(json, "parameters", record.parameters(), true);
        tensors(json, "inputs", record.inputs());
        if (!record.wanted().isEmpty()) {
            json.writeArrayPropertyStart("outputs");
            for (String output : record.wanted()) {
                json.writeStartObject();
                json.writeStringProperty("name", output);
                json.writeEndObject();
            }
            json.writeEndArray();
        }
        json.writeEndObject();
    }

    private static void response(JsonGenerator json, PayloadRecord record) {
        json.writeStartObject();
        json.writeStringProperty("model_name", record.model());
        json.writeStringProperty("model_version", Long.toString(record.version()));
        if (!record.callerId().isEmpty()) {
            json.writeStringProperty("id", record.callerId());
        }
        tensors(json, "outputs", record.outputs());
        json.writeEndObject();
    }

    /// @param numbers whether texts of digits are numbers: the server reads some parameters as such only
    private static void texts(JsonGenerator json, String name, Map<String, String> texts, boolean numbers) {
        if (!texts.isEmpty()) {
            json.writeObjectPropertyStart(name);
            new TreeMap<>(texts).forEach((key, value) -> {
                if (numbers && NUMBER.matcher(value).matches()) {
                    json.writeName(key);
                    json.writeNumber(Long.parseLong(value));
                } else {
                    json.writeStringProperty(key, value);
                }
            });
            json.writeEndObject();
        }
    }

    private static void tensors(JsonGenerator json, String name, List<PayloadTensor> tensors) {
        json.writeArrayPropertyStart(name);
        for (PayloadTensor tensor : tensors) {
            json.writeStartObject();
            json.writeStringProperty("name", tensor.name());
            json.writeStringProperty("datatype", tensor.type().name());
            json.writeArrayPropertyStart("shape");
            for (long dim : tensor.shape().toArray()) {
                json.writeNumber(dim);
            }
            json.writeEndArray();
            if (tensor.redaction() != Redaction.NONE) {
                json.writeStringProperty("redacted", tensor.redaction().word());
            }
            if (!tensor.hash().isEmpty()) {
                json.writeStringProperty("hash", tensor.hash());
            }
            if (tensor.hasData()) {
                json.writeArrayPropertyStart("data");
                ByteBuffer left = tensor.data().duplicate().order(ByteOrder.LITTLE_ENDIAN);
                while (left.hasRemaining()) {
                    element(json, tensor.type(), left);
                }
                json.writeEndArray();
            }
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void element(JsonGenerator json, DataType type, ByteBuffer left) {
        switch (type) {
            case BOOL -> json.writeBoolean(left.get() != 0);
            case INT8 -> json.writeNumber((int) left.get());
            case INT16 -> json.writeNumber((int) left.getShort());
            case INT32 -> json.writeNumber(left.getInt());
            case INT64 -> json.writeNumber(left.getLong());
            case UINT8 -> json.writeNumber(Byte.toUnsignedInt(left.get()));
            case UINT16 -> json.writeNumber(Short.toUnsignedInt(left.getShort()));
            case UINT32 -> json.writeNumber(Integer.toUnsignedLong(left.getInt()));
            case UINT64 -> json.writeNumber(Long.toUnsignedString(left.getLong()));
            case FP16 -> single(json, Float.float16ToFloat(left.getShort()));
            case BF16 -> single(json, Float.intBitsToFloat(left.getShort() << BF16_MISSING_BITS));
            case FP32 -> single(json, left.getFloat());
            case FP64 -> real(json, left.getDouble());
            case BYTES -> bytes(json, left);
        }
    }

    private static void single(JsonGenerator json, float value) {
        if (Float.isFinite(value)) {
            json.writeNumber(value);
        } else {
            json.writeString(Float.toString(value));
        }
    }

    private static void real(JsonGenerator json, double value) {
        if (Double.isFinite(value)) {
            json.writeNumber(value);
        } else {
            json.writeString(Double.toString(value));
        }
    }

    private static void bytes(JsonGenerator json, ByteBuffer left) {
        byte[] text = new byte[left.getInt()];
        left.get(text);
        try {
            json.writeString(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(text))
                    .toString());
        } catch (CharacterCodingException e) {
            json.writeStartObject();
            json.writeStringProperty("b64", Base64.getEncoder().encodeToString(text));
            json.writeEndObject();
        }
    }
}
