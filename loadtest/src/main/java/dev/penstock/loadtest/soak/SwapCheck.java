package dev.penstock.loadtest.soak;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.penstock.loadtest.bench.Wire;
import dev.penstock.loadtest.engine.AnswerCheck;
import dev.penstock.loadtest.input.Json;
import dev.penstock.proto.inference.ModelInferResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.function.LongSupplier;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/// Whether an answer is that of one version, says so itself and in its header, and whether that version could
/// answer then.
///
/// @param variant of the request
/// @param problems told of each answer that is not right
/// @param nanoClock of the run
record SwapCheck(
        SwapModel model, int variant, Wire wire, Promotions promotions, Problems problems, LongSupplier nanoClock)
        implements AnswerCheck {
    /// What names the version beside the answer: a header by REST, metadata by gRPC.
    static final String HEADER = "x-penstock-version";

    /// What an answer says.
    ///
    /// @param label the version that it names
    /// @param value its only number
    record Reading(String label, double value) {}

    @Override
    public boolean accepts(ByteBuffer answer) {
        return accepts(answer, nanoClock.getAsLong(), List.of(""));
    }

    @Override
    public boolean accepts(ByteBuffer answer, long sentNanos, List<String> headers) {
        String problem = problem(answer, headers.getFirst(), sentNanos, nanoClock.getAsLong());
        if (!problem.isEmpty()) {
            problems.add(wire + ": " + problem);
        }
        return problem.isEmpty();
    }

    private String problem(ByteBuffer answer, String header, long sentNanos, long nowNanos) {
        try {
            Reading reading = wire == Wire.GRPC ? message(answer) : json(answer);
            return problem(reading, header, sentNanos, nowNanos);
        } catch (InvalidProtocolBufferException | JacksonException e) {
            return "an answer that cannot be read: " + e.getMessage();
        }
    }

    /// @return empty if all is right
    String problem(Reading reading, String header, long sentNanos, long nowNanos) {
        long version = model.versionOf(variant, reading.value);
        if (version < 0) {
            return "%s from version %s (expected: %s)"
                    .formatted(reading.value, reading.label, model.answer(variant, 0) + " plus a version");
        }
        if (!reading.label.equals(Long.toString(version))) {
            return "an answer of version %d that says it is of version '%s'".formatted(version, reading.label);
        }
        if (!header.equals(reading.label)) {
            return "an answer of version %d with the header %s: '%s'".formatted(version, HEADER, header);
        }
        String objection = promotions.objection(version, sentNanos, nowNanos);
        return objection.isEmpty() ? "" : "an answer of version %d: %s".formatted(version, objection);
    }

    static Reading message(ByteBuffer answer) throws InvalidProtocolBufferException {
        ModelInferResponse response = ModelInferResponse.parseFrom(answer);
        boolean single = response.getRawOutputContentsCount() == 1
                && response.getRawOutputContents(0).size() == Float.BYTES;
        double value = single
                ? (double) response.getRawOutputContents(0)
                        .asReadOnlyByteBuffer()
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .getFloat()
                : Double.NaN;
        return new Reading(response.getModelVersion(), value);
    }

    static Reading json(ByteBuffer answer) {
        byte[] copy = new byte[answer.remaining()];
        answer.duplicate().get(copy);
        JsonNode json = Json.MAPPER.readTree(copy);
        JsonNode data = json.path("outputs").path(0).path("data");
        double value = data.size() == 1 ? data.path(0).asDouble(Double.NaN) : Double.NaN;
        return new Reading(json.path("model_version").asString(""), value);
    }
}
