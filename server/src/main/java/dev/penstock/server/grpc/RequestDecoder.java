package dev.penstock.server.grpc;

import com.google.protobuf.ByteString;
import dev.penstock.core.DataType;
import dev.penstock.core.InferenceRequest;
import dev.penstock.core.NanoClock;
import dev.penstock.core.ServingException;
import dev.penstock.core.Shape;
import dev.penstock.core.Tensor;
import dev.penstock.proto.inference.ModelInferRequest;
import dev.penstock.proto.inference.ModelInferRequest.InferInputTensor;
import dev.penstock.proto.inference.ModelInferRequest.InferRequestedOutputTensor;
import dev.penstock.server.wire.MessageLimits;
import dev.penstock.server.wire.ReservedParameters;
import io.grpc.Deadline;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Turns the protocol's message into a request of the core. Raw tensors stay views of the message. Thread-safe.
///
/// It refuses what the message itself gets wrong; whether the request fits its model is the core's to say.
final class RequestDecoder {
    private final NanoClock clock;

    RequestDecoder(NanoClock clock) {
        this.clock = clock;
    }

    /// @param callDeadline that of the call that brought the message
    /// @throws ServingException naming the field that is wrong
    InferenceRequest decode(ModelInferRequest message, @Nullable Deadline callDeadline) {
        MessageLimits.checkId(message.getIdBytes().size());
        long timeoutNanos = Parameters.timeoutNanos(message.getParametersMap());
        Parameters.refuseSequences(message.getParametersMap());
        refuseParameters(message.getParametersMap().keySet(), "the request");
        return new InferenceRequest(
                message.getModelName(),
                message.getModelVersion(),
                message.getId(),
                inputs(message),
                outputs(message),
                deadlineNanos(callDeadline),
                timeoutNanos,
                Parameters.priority(message.getParametersMap()),
                0);
    }

    private long deadlineNanos(@Nullable Deadline callDeadline) {
        if (callDeadline == null) {
            return InferenceRequest.NO_DEADLINE;
        }
        long leftNanos = callDeadline.timeRemaining(TimeUnit.NANOSECONDS);
        return leftNanos >= ReservedParameters.LONGEST_TIMEOUT
                ? InferenceRequest.NO_DEADLINE
                : clock.nanoTime() + leftNanos;
    }

    private static List<Tensor> inputs(ModelInferRequest message) {
        boolean raw = message.getRawInputContentsCount() > 0;
        if (raw) {
            checkRaw(message);
        }
        List<Tensor> inputs = new ArrayList<>(message.getInputsCount());
        for (int i = 0; i < message.getInputsCount(); i++) {
            InferInputTensor input = message.getInputs(i);
            refuseParameters(input.getParametersMap().keySet(), "input '" + input.getName() + "'");
            DataType type = typeOf(message.getModelName(), input);
            ByteBuffer data = raw
                    ? view(message.getRawInputContents(i))
                    : TypedContents.encode(input.getName(), type, input.getContents());
            inputs.add(new Tensor(input.getName(), type, shapeOf(message.getModelName(), input), data));
        }
        return inputs;
    }

    private static void checkRaw(ModelInferRequest message) {
        for (InferInputTensor input : message.getInputsList()) {
            // An empty message beside raw contents says nothing; some clients send one.
            if (input.hasContents() && !TypedContents.isEmpty(input.getContents())) {
                throw ServingException.invalid(
                        "contents field must not be specified when using raw_input_contents for '%s' for model '%s'"
                                .formatted(input.getName(), message.getModelName()));
            }
        }
        if (message.getRawInputContentsCount() != message.getInputsCount()) {
            throw ServingException.invalid(
                    "raw_input_contents for model '%s' has %d entries (expected: %d, one per input)"
                            .formatted(
                                    message.getModelName(),
                                    message.getRawInputContentsCount(),
                                    message.getInputsCount()));
        }
    }

    private static ByteBuffer view(ByteString bytes) {
        return bytes.asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    }

    private static DataType typeOf(String model, InferInputTensor input) {
        @Nullable DataType type = DataType.byName(input.getDatatype());
        if (type == null) {
            throw ServingException.invalid("inference input '%s' data-type is '%s' for model '%s' (expected: one of %s)"
                    .formatted(input.getName(), input.getDatatype(), model, Arrays.toString(DataType.values())));
        }
        return type;
    }

    private static Shape shapeOf(String model, InferInputTensor input) {
        if (input.getShapeCount() > Shape.MAX_RANK) {
            throw ServingException.invalid("shape of input '%s' for model '%s' has %d dimensions (expected: at most %d)"
                    .formatted(input.getName(), model, input.getShapeCount(), Shape.MAX_RANK));
        }
        long[] dims = new long[input.getShapeCount()];
        for (int i = 0; i < dims.length; i++) {
            dims[i] = input.getShape(i);
        }
        return Shape.of(dims);
    }

    private static List<String> outputs(ModelInferRequest message) {
        List<String> outputs = new ArrayList<>(message.getOutputsCount());
        for (InferRequestedOutputTensor output : message.getOutputsList()) {
            refuseParameters(output.getParametersMap().keySet(), "output '" + output.getName() + "'");
            outputs.add(output.getName());
        }
        return outputs;
    }

    private static void refuseParameters(Iterable<String> names, String where) {
        for (String name : names) {
            ReservedParameters.check(name, where);
        }
    }
}
