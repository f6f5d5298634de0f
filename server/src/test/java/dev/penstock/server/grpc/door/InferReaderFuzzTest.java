package dev.penstock.server.grpc.door;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import dev.penstock.core.DataType;
import dev.penstock.core.ServingException;
import dev.penstock.proto.inference.InferParameter;
import dev.penstock.proto.inference.InferTensorContents;
import dev.penstock.proto.inference.ModelInferRequest;
import dev.penstock.proto.inference.ModelInferRequest.InferInputTensor;
import dev.penstock.proto.inference.ModelInferRequest.InferRequestedOutputTensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Holds the hand-written reader against protobuf-java on mutated messages. `-Dpenstock.fuzz.messages=N` runs more,
/// `-Dpenstock.fuzz.seed=N` others.
class InferReaderFuzzTest {
    private static final int MESSAGES = Integer.getInteger("penstock.fuzz.messages", 50_000);
    private static final long SEED = Long.getLong("penstock.fuzz.seed", 20_261_121);
    private static final int MAX_BYTES = 1 << 16;

    private final InferReader reader = new InferReader();
    private final TypedContents typed = new TypedContents();

    @Test
    void acceptsAndReadsWhatProtobufJavaDoes() {
        Random random = new Random(SEED);
        RequestMutations mutations = new RequestMutations(random);
        int accepted = 0;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate(MAX_BYTES);
            for (int i = 0; i < MESSAGES; i++) {
                byte[] message = mutations.next();
                accepted += compare(message, memory, i) ? 1 : 0;
            }
        }

        // Both sides of the decision must have been tried for the comparison to mean anything.
        assertThat(accepted).as("seed %d", SEED).isBetween(MESSAGES / 10, MESSAGES * 9 / 10);
    }

    private boolean compare(byte[] message, MemorySegment memory, int round) {
        MemorySegment.copy(message, 0, memory, ValueLayout.JAVA_BYTE, 0, message.length);
        @Nullable ModelInferRequest expected = parse(message);
        boolean read = reader.read(memory.address(), message.length);
        String what = "message %d of seed %d: %s"
                .formatted(round, SEED, HexFormat.of().formatHex(message));

        assertThat(read).as(what).isEqualTo(expected != null);
        if (expected != null) {
            compareValues(reader.request(), expected, what);
        }
        return read;
    }

    private static @Nullable ModelInferRequest parse(byte[] message) {
        try {
            return ModelInferRequest.parseFrom(message);
        } catch (InvalidProtocolBufferException e) {
            return null;
        }
    }

    private void compareValues(WireRequest found, ModelInferRequest expected, String what) {
        assertThat(found.tooMany).as(what).isNull();
        assertThat(found.name.text()).as(what).isEqualTo(expected.getModelName());
        assertThat(found.version.text()).as(what).isEqualTo(expected.getModelVersion());
        assertThat(found.id.text()).as(what).isEqualTo(expected.getId());
        assertThat(parameters(found, WireRequest.REQUEST)).as(what).isEqualTo(known(expected.getParametersMap()));
        assertThat(found.inputCount).as(what).isEqualTo(expected.getInputsCount());
        for (int i = 0; i < found.inputCount; i++) {
            compareInput(found, i, expected.getInputs(i), what);
        }
        assertThat(found.outputCount).as(what).isEqualTo(expected.getOutputsCount());
        for (int i = 0; i < found.outputCount; i++) {
            InferRequestedOutputTensor output = expected.getOutputs(i);
            assertThat(found.output(i).text()).as(what).isEqualTo(output.getName());
            assertThat(parameters(found, WireRequest.outputScope(i)))
                    .as(what)
                    .isEqualTo(known(output.getParametersMap()));
        }
        assertThat(found.rawCount).as(what).isEqualTo(expected.getRawInputContentsCount());
        for (int i = 0; i < found.rawCount; i++) {
            assertThat(bytes(found.raw(i))).as(what).isEqualTo(expected.getRawInputContents(i));
        }
    }

    private void compareInput(WireRequest found, int index, InferInputTensor expected, String what) {
        WireRequest.Input input = found.input(index);
        assertThat(input.name.text()).as(what).isEqualTo(expected.getName());
        assertThat(input.datatype.text()).as(what).isEqualTo(expected.getDatatype());
        assertThat(input.rank).as(what).isEqualTo(expected.getShapeCount());
        for (int i = 0; i < Math.min(input.rank, WireRequest.MAX_RANK); i++) {
            assertThat(input.dims[i]).as(what).isEqualTo(expected.getShape(i));
        }
        assertThat(parameters(found, index)).as(what).isEqualTo(known(expected.getParametersMap()));
        for (DataType type : DataType.values()) {
            compareContents(input, type, expected.getContents(), what);
        }
    }

    // Only the list that is alone can be encoded; its elements are compared as bytes.
    private void compareContents(WireRequest.Input input, DataType type, InferTensorContents expected, String what) {
        int filled = ExpectedContents.filledLists(expected);
        assertThat(input.contents).as(what).isEqualTo(filled);
        if (filled == 0 || filled != ExpectedContents.listOf(type)) {
            return;
        }
        @Nullable ByteBuffer bytes = ExpectedContents.bytes(type, expected);
        try {
            ByteBuffer encoded =
                    ByteBuffer.allocate((int) typed.count(input, type)).order(ByteOrder.LITTLE_ENDIAN);
            typed.encode(input, type, encoded);
            assertThat(encoded.hasRemaining()).as(what).isFalse();
            assertThat(encoded.flip()).as(what).isEqualTo(bytes);
        } catch (ServingException e) {
            assertThat(bytes).as("%s: %s", e.reason(), what).isNull();
        }
    }

    private static Map<String, InferParameter> parameters(WireRequest request, int scope) {
        Map<String, InferParameter> parameters = new HashMap<>();
        for (int i = 0; i < request.parameterCount; i++) {
            WireRequest.Parameter parameter = request.parameter(i);
            if (parameter.scope == scope) {
                parameters.put(parameter.key.text(), value(parameter));
            }
        }
        return parameters;
    }

    private static Map<String, InferParameter> known(Map<String, InferParameter> parameters) {
        Map<String, InferParameter> known = new HashMap<>();
        parameters.forEach((key, value) -> known.put(
                key,
                value.toBuilder()
                        .setUnknownFields(UnknownFieldSet.getDefaultInstance())
                        .build()));
        return known;
    }

    private static InferParameter value(WireRequest.Parameter parameter) {
        InferParameter.Builder value = InferParameter.newBuilder();
        return switch (parameter.kind) {
            case WireRequest.BOOL -> value.setBoolParam(parameter.value != 0).build();
            case WireRequest.INT64 -> value.setInt64Param(parameter.value).build();
            case WireRequest.STRING ->
                value.setStringParam(parameter.text.text()).build();
            case WireRequest.DOUBLE ->
                value.setDoubleParam(Double.longBitsToDouble(parameter.value)).build();
            case WireRequest.UINT64 -> value.setUint64Param(parameter.value).build();
            default -> value.build();
        };
    }

    private static ByteString bytes(WireRequest.Span span) {
        return ByteString.copyFrom(
                Memory.ALL.asSlice(span.address, span.length).asByteBuffer().order(ByteOrder.LITTLE_ENDIAN));
    }
}
