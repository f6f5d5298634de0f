package dev.penstock.loadtest.bench;

import com.google.protobuf.UnsafeByteOperations;
import dev.penstock.loadtest.bench.Subject.Input;
import dev.penstock.loadtest.engine.InferPayloads;
import dev.penstock.loadtest.engine.Payload;
import dev.penstock.proto.inference.ModelInferRequest;
import dev.penstock.proto.inference.ModelInferRequest.InferInputTensor;
import java.io.ByteArrayOutputStream;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// Writes a subject's request for each wire. Pure.
final class Requests {
    private static final MathContext NINE_DIGITS = new MathContext(9);

    private Requests() {}

    static Payload of(Subject subject, Wire wire) {
        return switch (wire) {
            case GRPC -> InferPayloads.unary(message(subject));
            case STREAM -> InferPayloads.streamed(message(subject));
            case JSON -> InferPayloads.json(subject.name(), "", json(subject));
            case BINARY -> InferPayloads.binary(subject.name(), "", head(subject), tensors(subject));
        };
    }

    private static ModelInferRequest message(Subject subject) {
        ModelInferRequest.Builder request = ModelInferRequest.newBuilder().setModelName(subject.name());
        for (Input input : subject.inputs()) {
            request.addInputs(InferInputTensor.newBuilder()
                            .setName(input.name())
                            .setDatatype(datatype(input))
                            .addAllShape(subject.dims()))
                    .addRawInputContents(UnsafeByteOperations.unsafeWrap(bytes(subject, input)));
        }
        return request.build();
    }

    private static String json(Subject subject) {
        return subject.inputs().stream()
                .map(input -> tensor(subject, input, "\"data\":" + data(subject, input)))
                .collect(Collectors.joining(",", "{\"inputs\":[", "]}"));
    }

    private static String head(Subject subject) {
        return subject.inputs().stream()
                .map(input -> tensor(
                        subject, input, "\"parameters\":{\"binary_data_size\":" + bytes(subject, input).length + "}"))
                .collect(Collectors.joining(",", "{\"inputs\":[", "],\"parameters\":{\"binary_data_output\":true}}"));
    }

    private static String tensor(Subject subject, Input input, String rest) {
        return "{\"name\":\"%s\",\"datatype\":\"%s\",\"shape\":%s,%s}"
                .formatted(input.name(), datatype(input), subject.dims(), rest);
    }

    private static String data(Subject subject, Input input) {
        return IntStream.range(0, subject.elements())
                .mapToObj(i -> input.ints() ? Long.toString(Subject.longAt(input, i)) : decimal(Subject.floatAt(i)))
                .collect(Collectors.joining(",", "[", "]"));
    }

    private static String decimal(float value) {
        return new BigDecimal((double) value).round(NINE_DIGITS).toPlainString();
    }

    private static byte[] tensors(Subject subject) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (Input input : subject.inputs()) {
            all.writeBytes(bytes(subject, input));
        }
        return all.toByteArray();
    }

    private static byte[] bytes(Subject subject, Input input) {
        int size = input.ints() ? Long.BYTES : Float.BYTES;
        ByteBuffer data = ByteBuffer.allocate(subject.elements() * size).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < subject.elements(); i++) {
            if (input.ints()) {
                data.putLong(Subject.longAt(input, i));
            } else {
                data.putFloat(Subject.floatAt(i));
            }
        }
        return data.array();
    }

    private static String datatype(Input input) {
        return input.ints() ? "INT64" : "FP32";
    }
}
