package dev.penstock.router.cache;

import dev.penstock.core.InferenceReply;
import dev.penstock.core.ModelKey;
import dev.penstock.core.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/// The cache's own copy of an answer, on the heap; nobody writes to it any more.
final class StoredReply {
    /// A key and its wrapper, the nodes that the cache and its table keep, this object and its list, rounded up.
    private static final int ENTRY_BYTES = 256;
    /// The tensor, its shape, its buffer and the array's header, rounded up. Names belong to the model.
    private static final int TENSOR_BYTES = 160;

    private final List<Tensor> outputs;
    private final long bytes;

    private StoredReply(List<Tensor> outputs, long bytes) {
        this.outputs = outputs;
        this.bytes = bytes;
    }

    /// What a copy would take, its key and the cache's bookkeeping included.
    static long bytesOf(InferenceReply reply) {
        long bytes = ENTRY_BYTES;
        for (Tensor output : reply.outputs()) {
            bytes += TENSOR_BYTES + (long) output.shape().rank() * Long.BYTES + output.byteCount();
        }
        return bytes;
    }

    static StoredReply copyOf(InferenceReply reply) {
        List<Tensor> outputs = new ArrayList<>(reply.outputs().size());
        for (Tensor output : reply.outputs()) {
            ByteBuffer copy = ByteBuffer.allocate(output.data().remaining());
            copy.put(output.data().duplicate()).flip();
            outputs.add(with(output, copy));
        }
        return new StoredReply(List.copyOf(outputs), bytesOf(reply));
    }

    long bytes() {
        return bytes;
    }

    /// The answer once more, with positions of its own over the same bytes.
    InferenceReply reply(ModelKey key) {
        List<Tensor> views = new ArrayList<>(outputs.size());
        for (Tensor output : outputs) {
            views.add(with(output, output.data()));
        }
        return new InferenceReply(key, views);
    }

    private static Tensor with(Tensor output, ByteBuffer data) {
        return new Tensor(
                output.name(),
                output.type(),
                output.shape(),
                data.asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN));
    }
}
