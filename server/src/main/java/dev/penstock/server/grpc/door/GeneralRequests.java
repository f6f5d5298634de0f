package dev.penstock.server.grpc.door;

import dev.penstock.core.DataType;
import dev.penstock.core.InferenceRequest;
import dev.penstock.core.ServingException;
import dev.penstock.core.Shape;
import dev.penstock.core.Tensor;
import dev.penstock.server.grpc.door.WireRequest.Input;
import dev.penstock.server.grpc.door.WireRequest.Parameter;
import dev.penstock.server.grpc.door.WireRequest.Span;
import dev.penstock.server.wire.MessageLimits;
import dev.penstock.server.wire.ReservedParameters;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Turns a read message into a request of the core. Raw tensors are views of the message's memory. Confined to one
/// event loop.
///
/// It refuses what the message itself gets wrong; whether the request fits its model is the core's to say.
final class GeneralRequests {
    private static final byte[] TIMEOUT = ReservedParameters.TIMEOUT.getBytes(StandardCharsets.US_ASCII);
    private static final byte[] PRIORITY = ReservedParameters.PRIORITY.getBytes(StandardCharsets.US_ASCII);
    private static final byte[] SEQUENCE_ID = ReservedParameters.SEQUENCE_ID.getBytes(StandardCharsets.US_ASCII);

    private final TypedContents typed = new TypedContents();

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

    /// @throws ServingException naming the field that is wrong
    InferenceRequest of(WireRequest message, long deadlineNanos) {
        long timeoutNanos = timeoutNanos(message);
        refuseAbsurdity(message);
        refuseSequences(message);
        refuseParameters(message);
        return new InferenceRequest(
                message.name.text(),
                message.version.text(),
                message.id.text(),
                inputs(message),
                outputs(message),
                deadlineNanos,
                timeoutNanos,
                priority(message),
                0);
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

    private List<Tensor> inputs(WireRequest message) {
        String model = message.name.text();
        boolean raw = message.rawCount > 0;
        if (raw) {
            checkRaw(model, message);
        }
        List<Tensor> inputs = new ArrayList<>(message.inputCount);
        for (int i = 0; i < message.inputCount; i++) {
            Input input = message.input(i);
            String name = input.name.text();
            DataType type = typeOf(model, name, input);
            ByteBuffer data = raw ? view(message.raw(i)) : typed.encode(input, type);
            inputs.add(new Tensor(name, type, shapeOf(model, name, input), data));
        }
        return inputs;
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

    private static DataType typeOf(String model, String name, Input input) {
        @Nullable DataType type = DataType.byName(input.datatype.text());
        if (type == null) {
            throw ServingException.invalid("inference input '%s' data-type is '%s' for model '%s' (expected: one of %s)"
                    .formatted(name, input.datatype.text(), model, Arrays.toString(DataType.values())));
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
