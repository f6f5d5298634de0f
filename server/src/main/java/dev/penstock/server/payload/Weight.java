package dev.penstock.server.payload;

import dev.penstock.core.InferenceRequest;
import dev.penstock.core.Tensor;
import dev.penstock.server.fast.FastCall;
import dev.penstock.server.fast.Layout;
import java.util.List;
import java.util.Map;

/// The memory that what is kept of requests takes, about. Pure.
final class Weight {
    /// Of a record, beside what is counted one by one.
    private static final long RECORD_BYTES = 1024;

    /// Of a tensor, beside its name and its data: objects, and the shape.
    private static final long TENSOR_BYTES = 200;

    /// Of a text, beside its characters.
    private static final long TEXT_BYTES = 64;

    private Weight() {}

    static long of(InferenceRequest request) {
        long texts = of(request.id()) + of(request.model());
        for (String output : request.outputs()) {
            texts += of(output);
        }
        return RECORD_BYTES + texts + of(request.inputs());
    }

    static long of(FastCall call, Layout layout) {
        long tensors = 0;
        for (Layout.Tensor input : layout.inputs) {
            tensors += TENSOR_BYTES + TEXT_BYTES + input.name.length;
        }
        return RECORD_BYTES + TEXT_BYTES + call.idLength() + tensors + call.rows() * layout.inputRowBytes;
    }

    static long ofOutputs(Layout layout, int rows) {
        long bytes = 0;
        for (Layout.Tensor output : layout.outputs) {
            bytes += TENSOR_BYTES + TEXT_BYTES + output.name.length + rows * output.rowBytes;
        }
        return bytes;
    }

    static long of(List<Tensor> tensors) {
        long bytes = 0;
        for (Tensor tensor : tensors) {
            bytes += TENSOR_BYTES + of(tensor.name()) + tensor.byteCount();
        }
        return bytes;
    }

    static long of(Map<String, String> texts) {
        long bytes = 0;
        for (Map.Entry<String, String> text : texts.entrySet()) {
            bytes += of(text.getKey()) + of(text.getValue());
        }
        return bytes;
    }

    /// Characters beyond Latin-1 take two bytes each.
    static long of(String text) {
        return TEXT_BYTES + 2L * text.length();
    }
}
