package dev.penstock.server.grpc.door;

import dev.penstock.core.DataType;
import dev.penstock.core.ErrorCode;
import dev.penstock.core.InferenceRequest;
import dev.penstock.core.ServingException;
import dev.penstock.core.Shape;
import dev.penstock.core.Tensor;
import dev.penstock.server.fast.Staging;
import dev.penstock.server.grpc.door.WireRequest.Input;
import dev.penstock.server.grpc.door.WireRequest.Parameter;
import dev.penstock.server.grpc.door.WireRequest.Span;
import dev.penstock.server.wire.MessageLimits;
import dev.penstock.server.wire.ReservedParameters;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Turns a read message into a request of the core. Raw tensors are views of the message's memory. Confined
/// to one event loop.
///
/// It refuses what the message itself gets wrong; whether the request fits its model is the core's to say.
final class GeneralRequests {
    private static final byte[] TIMEOUT = ReservedParameters.TIMEOUT.getBytes(StandardCharsets.US_ASCII);
    private static final byte[] PRIORITY = ReservedParameters.PRIORITY.getBytes(StandardCharsets.US_ASCII);
    private static final byte[] SEQUENCE_ID = ReservedParameters.SEQUENCE_ID.getBytes(StandardCharsets.US_ASCII);

    private static final ByteBuffer NO_ELEMENTS = ByteBuffer.allocateDirect(0);

    private final TypedContents typed = new TypedContents();
    private final Staging staging;

    GeneralRequests(Staging staging) {
        this.staging = staging;
    }

    /// What the parameter `timeout` says.
    ///
    /// @return nanoseconds; 0 without one
    private static long timeoutNanos(WireRequest message) {
        Parameter timeout = message.parameter(WireRequest.REQUEST, TIMEOUT);
        if (timeout == null) {
            return 0;
        }
        return switch (timeout.kind) {
            case WireRequest.INT64 -> ReservedParameters.timeoutNanos(timeout.value);
            // From 2^63 on it is negative here, and as good as none.
            case WireRequest.UINT64 -> ReservedParameters.timeoutNanos(Math.max(timeout.value, 0));
            case WireRequest.STRING -> ReservedParameters.timeoutNanos(timeout.text.text());
            default -> throw ReservedParameters.wrongTimeout(nameOf(timeout.kind));
        };
    }

    private static String nameOf(int kind) {
        return switch (kind) {
            case WireRequest.BOOL -> "bool_param";
            case WireRequest.DOUBLE -> "double_param";
            default -> "parameterchoice_not_set";
        };
    }

    /// @param call which keeps what was made of the message's bytes
    /// @throws ServingException naming the field that is wrong, or if there is no room for its elements
    InferenceRequest of(WireRequest message, InferCall call) {
        long timeoutNanos = timeoutNanos(message);
        refuseAbsurdity(message);
        refuseSequences(message);
        refuseParameters(message);
        return new InferenceRequest(
                message.name.text(),
                message.version.text(),
                message.id.text(),
                inputs(message, call),
                outputs(message),
                call.deadlineNanos(),
                timeoutNanos,
                priority(message),
                call.caller());
    }

    private static int priority(WireRequest message) {
        Parameter priority = message.parameter(WireRequest.REQUEST, PRIORITY);
        if (priority == null) {
            return 0;
        }
        boolean number = priority.kind == WireRequest.INT64 || priority.kind == WireRequest.UINT64;
        if (!number) {
            throw ReservedParameters.wrongPriority("of another type");
        }
        if (priority.kind == WireRequest.INT64 && priority.value < 0) {
            throw ReservedParameters.wrongPriority(Long.toString(priority.value));
        }
        return ReservedParameters.priority(priority.value);
    }

    private static void refuseAbsurdity(WireRequest message) {
        String field = message.tooMany;
        if (field != null) {
            throw MessageLimits.tooMany(field, MessageLimits.MAX_ELEMENTS + 1, MessageLimits.MAX_ELEMENTS);
        }
        for (int i = 0; i < message.inputCount; i++) {
            if (message.input(i).rank > MessageLimits.MAX_DIMS) {
                throw MessageLimits.tooMany("'shape' of one input", message.input(i).rank, MessageLimits.MAX_DIMS);
            }
        }
    }

    // Answering the steps of a sequence as if they were requests of their own would be wrong without a word.
    private static void refuseSequences(WireRequest message) {
        Parameter id = message.parameter(WireRequest.REQUEST, SEQUENCE_ID);
        if (id != null && id.kind == WireRequest.STRING) {
            ReservedParameters.checkSequence(id.text.text());
        } else if (id != null && (id.kind == WireRequest.INT64 || id.kind == WireRequest.UINT64)) {
            ReservedParameters.checkSequence(id.value);
        }
    }

    private List<Tensor> inputs(WireRequest message, InferCall call) {
        String model = message.name.text();
        boolean raw = message.rawCount > 0;
        if (raw) {
            checkRaw(model, message);
        }
        List<DataType> types = types(model, message);
        ByteBuffer elements = raw ? NO_ELEMENTS : roomForElements(message, types, call);
        List<Tensor> inputs = new ArrayList<>(message.inputCount);
        for (int i = 0; i < message.inputCount; i++) {
            Input input = message.input(i);
            String name = input.name.text();
            DataType type = types.get(i);
            ByteBuffer data = raw ? view(message.raw(i)) : encode(input, type, elements);
            inputs.add(new Tensor(name, type, shapeOf(model, name, input), data));
        }
        return inputs;
    }

    private static List<DataType> types(String model, WireRequest message) {
        List<DataType> types = new ArrayList<>(message.inputCount);
        for (int i = 0; i < message.inputCount; i++) {
            types.add(typeOf(model, message.input(i)));
        }
        return types;
    }

    /// Elements may take eight times the bytes that brought them, and nobody has asked for their model yet:
    /// so they count like those.
    private ByteBuffer roomForElements(WireRequest message, List<DataType> types, InferCall call) {
        long bytes = 0;
        for (int i = 0; i < message.inputCount; i++) {
            bytes += aligned(typed.count(message.input(i), types.get(i)));
        }
        if (bytes == 0) {
            return NO_ELEMENTS;
        }
        if (bytes > Staging.MAX_BYTES) {
            throw new ServingException(
                    ErrorCode.TOO_LARGE,
                    "the inputs have %d bytes (expected: at most %d)".formatted(bytes, Staging.MAX_BYTES));
        }
        ByteBuf room = staging.tryTakeWhole((int) bytes);
        if (room == null) {
            throw new ServingException(ErrorCode.OVERLOADED, staging.refusal(bytes));
        }
        call.bytes.keepElements(room);
        return Memory.ALL.asSlice(room.memoryAddress(), bytes).asByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    }

    private static long aligned(long bytes) {
        return bytes + Long.BYTES - 1 & -Long.BYTES;
    }

    /// @param room from whose position on it goes
    private ByteBuffer encode(Input input, DataType type, ByteBuffer room) {
        int start = room.position();
        typed.encode(input, type, room);
        int bytes = room.position() - start;
        room.position(start + (int) aligned(bytes));
        return room.slice(start, bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static void checkRaw(String model, WireRequest message) {
        for (int i = 0; i < message.inputCount; i++) {
            // An empty message beside raw contents says nothing; some clients send one.
            if (message.input(i).contents != 0) {
                throw ServingException.invalid(
                        "contents field must not be specified when using raw_input_contents for '%s' for model '%s'"
                                .formatted(message.input(i).name.text(), model));
            }
        }
        if (message.rawCount != message.inputCount) {
            throw ServingException.invalid(
                    "raw_input_contents for model '%s' has %d entries (expected: %d, one per input)"
                            .formatted(model, message.rawCount, message.inputCount));
        }
    }

    private static ByteBuffer view(Span bytes) {
        return Memory.ALL
                .asSlice(bytes.address, bytes.length)
                .asByteBuffer()
                .asReadOnlyBuffer()
                .order(ByteOrder.LITTLE_ENDIAN);
    }

    private static DataType typeOf(String model, Input input) {
        @Nullable DataType type = DataType.byName(input.datatype.text());
        if (type == null) {
            throw ServingException.invalid("inference input '%s' data-type is '%s' for model '%s' (expected: one of %s)"
                    .formatted(input.name.text(), input.datatype.text(), model, Arrays.toString(DataType.values())));
        }
        return type;
    }

    private static Shape shapeOf(String model, String name, Input input) {
        if (input.rank > Shape.MAX_RANK) {
            throw ServingException.invalid("shape of input '%s' for model '%s' has %d dimensions (expected: at most %d)"
                    .formatted(name, model, input.rank, Shape.MAX_RANK));
        }
        return Shape.of(Arrays.copyOf(input.dims, input.rank));
    }

    private static List<String> outputs(WireRequest message) {
        List<String> outputs = new ArrayList<>(message.outputCount);
        for (int i = 0; i < message.outputCount; i++) {
            outputs.add(message.output(i).text());
        }
        return outputs;
    }

    // Once over all: a message may have thousands, of thousands of tensors.
    private static void refuseParameters(WireRequest message) {
        for (int i = 0; i < message.parameterCount; i++) {
            Parameter parameter = message.parameter(i);
            String key = parameter.key.text();
            if (ReservedParameters.isRefused(key)) {
                ReservedParameters.check(key, owner(message, parameter.scope));
            }
        }
    }

    private static String owner(WireRequest message, int scope) {
        if (scope == WireRequest.REQUEST) {
            return "the request";
        }
        return scope >= 0
                ? "input '" + message.input(scope).name.text() + "'"
                : "output '" + message.output(WireRequest.REQUEST - 1 - scope).text() + "'";
    }
}
