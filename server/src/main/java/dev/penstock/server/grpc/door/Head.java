package dev.penstock.server.grpc.door;

import dev.penstock.core.ModelName;
import dev.penstock.server.fast.FastModel;
import dev.penstock.server.fast.FastRoute;
import dev.penstock.server.fast.Layout;
import dev.penstock.server.wire.ReservedParameters;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A request's head, resolved and checked: all of the request but its id and its tensors' bytes. Confined to
/// one event loop.
final class Head {
    private static final byte[] TIMEOUT = "timeout".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] PRIORITY = "priority".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] SEQUENCE_ID = "sequence_id".getBytes(StandardCharsets.US_ASCII);
    private static final int KEPT_ANSWERS = 16;

    final FastRoute route;
    final Layout layout;
    final String modelName;
    final int rows;
    final long timeoutNanos;
    final long priority;

    /// By place in the request: which input of the signature it is, and its bytes.
    final int[] inputs;

    final int[] inputBytes;

    /// Whether everything the engine reads is so little that it is copied while offered.
    final boolean small;

    /// By place in the answer: which output of the signature it is.
    final int[] outputs;

    private final List<Answer> answers = new ArrayList<>(1);

    private Head(FastRoute route, Layout layout, WireRequest request, int[] inputs, int rows, int[] outputs) {
        this.route = route;
        this.layout = layout;
        this.modelName = request.name.text();
        this.rows = rows;
        this.inputs = inputs;
        this.outputs = outputs;
        this.inputBytes = new int[inputs.length];
        long bytes = 0;
        for (int i = 0; i < inputs.length; i++) {
            inputBytes[i] = request.raw(i).length;
            bytes += inputBytes[i];
        }
        small = bytes < FastModel.COPY_AT_ONCE_BYTES;
        timeoutNanos = timeoutNanos(request);
        WireRequest.Parameter wanted = request.parameter(WireRequest.REQUEST, PRIORITY);
        priority = wanted == null ? 0 : wanted.value;
    }

    /// @return null if the request does not fit, or says something that only the general path understands
    static @Nullable Head of(FastRoute route, Layout layout, WireRequest request) {
        int count = layout.inputs.size();
        if (request.inputCount != count || request.rawCount != count || !hasPlainParameters(request)) {
            return null;
        }
        int[] inputs = new int[count];
        boolean[] seen = new boolean[count];
        int rows = 0;
        for (int i = 0; i < count; i++) {
            inputs[i] = indexOf(layout.inputs, request.input(i).name);
            int found = inputs[i] < 0 || seen[inputs[i]] ? 0 : rows(layout, inputs[i], request, i);
            if (found == 0 || (rows != 0 && found != rows)) {
                return null;
            }
            seen[inputs[i]] = true;
            rows = found;
        }
        int @Nullable [] outputs = outputs(layout, request);
        return rows == 0 || outputs == null ? null : new Head(route, layout, request, inputs, rows, outputs);
    }

    private static int rows(Layout layout, int index, WireRequest request, int place) {
        Layout.Tensor tensor = layout.inputs.get(index);
        WireRequest.Input input = request.input(place);
        int rows = layout.rows(tensor, input.dims, input.rank);
        boolean fits = input.datatype.is(tensor.datatype)
                && input.contents == 0
                && request.raw(place).length == rows * tensor.rowBytes;
        return fits ? rows : 0;
    }

    private static int @Nullable [] outputs(Layout layout, WireRequest request) {
        boolean all = request.outputCount == 0;
        int[] outputs = new int[all ? layout.outputs.size() : request.outputCount];
        for (int i = 0; i < outputs.length; i++) {
            outputs[i] = all ? i : indexOf(layout.outputs, request.output(i));
            if (outputs[i] < 0) {
                return null;
            }
            for (int j = 0; j < i; j++) {
                if (outputs[j] == outputs[i]) {
                    return null;
                }
            }
        }
        return outputs;
    }

    private static int indexOf(List<Layout.Tensor> tensors, WireRequest.Span name) {
        for (int i = 0; i < tensors.size(); i++) {
            if (name.is(tensors.get(i).name)) {
                return i;
            }
        }
        return -1;
    }

    private static boolean hasPlainParameters(WireRequest request) {
        if (request.tooMany != null) {
            return false;
        }
        for (int i = 0; i < request.parameterCount; i++) {
            WireRequest.Parameter parameter = request.parameter(i);
            boolean number = parameter.value >= 0
                    && (parameter.kind == WireRequest.INT64 || parameter.kind == WireRequest.UINT64);
            if (parameter.scope != WireRequest.REQUEST
                    || parameter.key.is(SEQUENCE_ID)
                    || ReservedParameters.isRefused(parameter.key.text())
                    || (!number && (parameter.key.is(TIMEOUT) || parameter.key.is(PRIORITY)))) {
                return false;
            }
        }
        return true;
    }

    private static long timeoutNanos(WireRequest request) {
        WireRequest.Parameter timeout = request.parameter(WireRequest.REQUEST, TIMEOUT);
        if (timeout == null || timeout.value == 0) {
            return 0;
        }
        return Math.min(TimeUnit.MICROSECONDS.toNanos(timeout.value), GrpcTimeout.FOREVER_NANOS);
    }

    /// What every answer of that model to such a request begins with.
    ///
    /// @return null if the model is not of this head's layout
    @Nullable
    @SuppressWarnings("ReferenceEquality") // A version is one object.
    Answer answerOf(FastModel model) {
        for (int i = 0; i < answers.size(); i++) {
            if (answers.get(i).layout.model == model) {
                return answers.get(i);
            }
        }
        Layout other = model == layout.model ? layout : model.layout();
        if (!other.takesCallsOf(layout)) {
            return null;
        }
        if (answers.size() == KEPT_ANSWERS) {
            answers.removeFirst();
        }
        Answer answer = new Answer(this, other, ModelName.isAddress(modelName));
        answers.add(answer);
        return answer;
    }
}
