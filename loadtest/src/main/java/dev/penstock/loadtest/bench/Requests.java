package dev.penstock.loadtest.bench;

import com.google.protobuf.UnsafeByteOperations;
import dev.penstock.loadtest.bench.Subject.Input;
import dev.penstock.loadtest.engine.InferPayloads;
import dev.penstock.loadtest.engine.Payload;
import dev.penstock.proto.inference.ModelInferRequest;
import dev.penstock.proto.inference.ModelInferRequest.InferInputTensor;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// Writes a subject's requests for each wire. Pure.
final class Requests {
    private static final MathContext NINE_DIGITS = new MathContext(9);

    private Requests() {}

    /// @param variant from 0 up to the subject's number of them
    static Payload of(Subject subject, int variant, Wire wire) {
        return switch (wire) {
            case GRPC -> InferPayloads.unary(message(subject, variant));
            case STREAM -> InferPayloads.streamed(message(subject, variant));
            case JSON -> InferPayloads.json(subject.name(), "", json(subject, variant));
            case BINARY -> InferPayloads.binary(subject.name(), "", head(subject), subject.bytes(variant));
        };
    }

    static ModelInferRequest message(Subject subject, int variant) {
        ModelInferRequest.Builder request = ModelInferRequest.newBuilder().setModelName(subject.name());
        for (Input input : subject.inputs()) {
            request.addInputs(InferInputTensor.newBuilder()
                            .setName(input.name())
                            .setDatatype(datatype(input))
                            .addAllShape(subject.dims()))
                    .addRawInputContents(UnsafeByteOperations.unsafeWrap(subject.bytes(variant, input)));
        }
        return request.build();
    }

    private static String json(Subject subject, int variant) {
        return subject.inputs().stream()
                .map(input -> tensor(subject, input, "\"data\":" + data(subject, variant, input)))
                .collect(Collectors.joining(",", "{\"inputs\":[", "]}"));
    }

    private static String head(Subject subject) {
        return subject.inputs().stream()
                .map(input -> tensor(
                        subject,
                        input,
                        "\"parameters\":{\"binary_data_size\":" + subject.elements() * input.bytes() + "}"))
                .collect(Collectors.joining(",", "{\"inputs\":[", "],\"parameters\":{\"binary_data_output\":true}}"));
    }

    private static String tensor(Subject subject, Input input, String rest) {
        return "{\"name\":\"%s\",\"datatype\":\"%s\",\"shape\":%s,%s}"
                .formatted(input.name(), datatype(input), subject.dims(), rest);
    }

    private static String data(Subject subject, int variant, Input input) {
        return IntStream.range(0, subject.elements())
                .mapToObj(i -> input.ints()
                        ? Long.toString(Subject.longAt(input, variant, i))
                        : decimal(Subject.floatAt(variant, i)))
                .collect(Collectors.joining(",", "[", "]"));
    }

    private static String decimal(float value) {
        return new BigDecimal((double) value).round(NINE_DIGITS).toPlainString();
    }

    private static String datatype(Input input) {
        return input.ints() ? "INT64" : "FP32";
    }
}
