package dev.penstock.loadtest.bench;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.penstock.loadtest.engine.AnswerCheck;
import dev.penstock.proto.inference.ModelInferResponse;
import dev.penstock.proto.inference.ModelStreamInferResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.MissingNode;

/// Reads a model's last FP32 output, which in REST binary must be the last of all, and holds it against what is
/// right. A batch may add in another order than a single row, so what is nearly equal is right.
final class Answers {
    private static final double TOLERANCE = 1e-3;
    private static final JsonMapper MAPPER = JsonMapper.builder().build();
    private static final float[] NONE = {};

    private Answers() {}

    /// Accepts what is near `expected`.
    ///
    /// @param bytes of every right answer, or -1: JSON writes numbers as short as they are
    static AnswerCheck near(Wire wire, float[] expected, long bytes) {
        return new AnswerCheck() {
            @Override
            public long expectedBytes() {
                return bytes;
            }

            @Override
            public boolean accepts(ByteBuffer answer) {
                return isNear(floats(wire, answer, expected.length), expected);
            }
        };
    }

    /// Whether no two values differ by more than a thousandth of the largest one.
    static boolean isNear(float[] found, float[] expected) {
        if (found.length != expected.length) {
            return false;
        }
        double largest = 0;
        for (float value : expected) {
            largest = Math.max(largest, Math.abs(value));
        }
        for (int i = 0; i < found.length; i++) {
            // Also true of a NaN.
            if (!(Math.abs(found[i] - expected[i]) <= TOLERANCE * largest)) {
                return false;
            }
        }
        return true;
    }

    /// @param count how many floats the output has; what is negative reads all of them, of all but REST binary
    /// @return none if the answer cannot be read
    static float[] floats(Wire wire, ByteBuffer answer, int count) {
        try {
            return switch (wire) {
                case GRPC -> last(ModelInferResponse.parseFrom(answer));
                case STREAM -> last(ModelStreamInferResponse.parseFrom(answer).getInferResponse());
                case JSON -> last(MAPPER.readTree(bytes(answer)));
                case BINARY -> tail(answer, count);
            };
        } catch (InvalidProtocolBufferException | JacksonException e) {
            return NONE;
        }
    }

    private static float[] last(ModelInferResponse response) {
        for (int i = response.getRawOutputContentsCount() - 1; i >= 0; i--) {
            if (response.getOutputs(i).getDatatype().equals("FP32")) {
                return floats(response.getRawOutputContents(i).asReadOnlyByteBuffer());
            }
        }
        return NONE;
    }

    private static float[] last(JsonNode json) {
        JsonNode data = MissingNode.getInstance();
        for (JsonNode output : json.path("outputs")) {
            data = output.path("datatype").asString("").equals("FP32") ? output.path("data") : data;
        }
        float[] values = new float[data.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = data.path(i).floatValue(Float.NaN);
        }
        return values;
    }

    private static float[] tail(ByteBuffer answer, int count) {
        int bytes = count * Float.BYTES;
        return answer.remaining() < bytes ? NONE : floats(answer.slice(answer.limit() - bytes, bytes));
    }

    /// @param bytes little-endian
    static float[] floats(ByteBuffer bytes) {
        float[] values = new float[bytes.remaining() / Float.BYTES];
        bytes.order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
        return values;
    }

    private static byte[] bytes(ByteBuffer answer) {
        byte[] copy = new byte[answer.remaining()];
        answer.duplicate().get(copy);
        return copy;
    }

    static String text(float[] values) {
        return values.length <= 8 ? Arrays.toString(values) : values.length + " floats";
    }
}
