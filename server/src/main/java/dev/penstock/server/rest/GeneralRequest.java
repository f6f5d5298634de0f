package dev.penstock.server.rest;

import dev.penstock.core.InferenceRequest;
import dev.penstock.core.Tensor;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Makes what was read of a request one of the core's. Pure.
final class GeneralRequest {
    private GeneralRequest() {}

    /// @param elements what was read of JSON tensors; null if there are none
    /// @param binary holds the binary data from `binaryFrom` on
    /// @return a call whose tensors are views of both buffers
    static InferCall of(
            InferBody body, String model, String version, @Nullable ByteBuf elements, ByteBuf binary, int binaryFrom) {
        List<Tensor> inputs = new ArrayList<>(body.inputCount);
        for (int i = 0; i < body.inputCount; i++) {
            InferInput input = body.input(i);
            ByteBuffer data = input.isBinary
                    ? view(binary, binaryFrom + (int) input.offset, input)
                    : view(elements, (int) input.offset, input);
            inputs.add(new Tensor(input.name.toString(), input.type(), input.shape(), data));
        }
        List<String> outputs = new ArrayList<>(body.outputCount);
        for (int i = 0; i < body.outputCount; i++) {
            outputs.add(body.output(i).toString());
        }
        String id = body.id.toString();
        InferenceRequest request = new InferenceRequest(
                model, version, id, inputs, outputs, InferenceRequest.NO_DEADLINE, body.timeoutNanos, body.priority, 0);
        return new InferCall(request, form(body, id, outputs));
    }

    private static ByteBuffer view(@Nullable ByteBuf bytes, int from, InferInput input) {
        ByteBuffer view = bytes == null ? ByteBuffer.allocate(0) : bytes.nioBuffer(from, (int) input.bytes);
        return view.order(ByteOrder.LITTLE_ENDIAN);
    }

    private static ReplyForm form(InferBody body, String id, List<String> outputs) {
        Map<String, Boolean> binary = new HashMap<>();
        for (int i = 0; i < outputs.size(); i++) {
            if (body.isBinaryOutput(i) != body.binaryByDefault) {
                binary.put(outputs.get(i), !body.binaryByDefault);
            }
        }
        return new ReplyForm(id, body.binaryByDefault, binary, body.nonFiniteAsText);
    }
}
