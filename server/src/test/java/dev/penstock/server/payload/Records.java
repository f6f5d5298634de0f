package dev.penstock.server.payload;

import dev.penstock.core.Assigned;
import dev.penstock.core.DataType;
import dev.penstock.core.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Records for tests.
final class Records {
    static final Instant TIME = Instant.parse("2026-01-31T12:00:00.123456Z");

    static final Assigned ARM =
            new Assigned("front", "canary", "digits", 1, "hash", true, "front/v1", 42, 7, 2_500);

    private Records() {}

    static PayloadTensor floats(String name, float... values) {
        ByteBuffer data = ByteBuffer.allocate(Float.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            data.putFloat(value);
        }
        return PayloadTensor.of(name, DataType.FP32, Shape.of(1, values.length), data.flip());
    }

    static PayloadTensor texts(String name, String... texts) {
        int bytes = 0;
        for (String text : texts) {
            bytes += Integer.BYTES + text.getBytes(StandardCharsets.UTF_8).length;
        }
        ByteBuffer data = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
        for (String text : texts) {
            byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
            data.putInt(encoded.length).put(encoded);
        }
        return PayloadTensor.of(name, DataType.BYTES, Shape.of(texts.length), data.flip());
    }

    static PayloadRecord of(String id, List<PayloadTensor> inputs, List<PayloadTensor> outputs) {
        return new PayloadRecord(
                id,
                id,
                "digits",
                3,
                ARM,
                TIME,
                412,
                Map.of("priority", "7"),
                Map.of("x-user", "anna"),
                Set.of(),
                inputs,
                List.of(),
                null,
                "",
                outputs);
    }
}
