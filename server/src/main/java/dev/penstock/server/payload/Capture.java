package dev.penstock.server.payload;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.InferenceRequest;
import dev.penstock.core.ModelKey;
import dev.penstock.core.ReplySink;
import dev.penstock.core.Shape;
import dev.penstock.core.Tensor;
import dev.penstock.core.batching.BatchOutputs;
import dev.penstock.core.batching.Native;
import dev.penstock.server.fast.FastCall;
import dev.penstock.server.fast.Layout;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// What was copied of a request that is kept, until its outcome. Written by the thread that made it, then by
/// the one that brings the outcome.
///
/// Whatever goes wrong here, the request goes on.
final class Capture {
    private static final System.Logger LOG = System.getLogger(Capture.class.getName());

    private final PayloadLog log;
    private final String callerId;
    private final long startNanos;
    private final Instant time;
    private final Map<String, String> parameters;
    private final Map<String, String> headers;
    private final List<String> wanted;

    /// Null if there was no room for them.
    private final @Nullable List<PayloadTensor> inputs;

    private Capture(
            PayloadLog log,
            String callerId,
            Map<String, String> parameters,
            Map<String, String> headers,
            List<String> wanted,
            @Nullable List<PayloadTensor> inputs) {
        this.log = log;
        this.callerId = callerId;
        this.startNanos = log.clock().nanoTime();
        this.time = log.time().instant();
        this.parameters = parameters;
        this.headers = headers;
        this.wanted = wanted;
        this.inputs = inputs;
    }

    /// Copies a request of the general path.
    static Capture of(PayloadLog log, InferenceRequest request, ReplySink sink) {
        long bytes = request.inputs().stream().mapToLong(Tensor::byteCount).sum();
        List<PayloadTensor> inputs = log.hasRoom(bytes) ? copies(request.inputs()) : null;
        return new Capture(
                log,
                request.id(),
                parameters(request.priority(), request.timeoutNanos()),
                headers(log, sink::header),
                request.outputs(),
                inputs);
    }

    /// Copies a request of the fast path.
    static Capture of(PayloadLog log, FastCall call, Layout layout) {
        boolean fits = log.hasRoom(call.rows() * layout.inputRowBytes);
        return new Capture(
                log,
                new String(call.id(), 0, call.idLength(), StandardCharsets.UTF_8),
                parameters(call.priority(), call.timeoutNanos()),
                headers(log, call::header),
                List.of(),
                fits ? rows(layout.inputs, layout, call.rows(), call::inputAddress) : null);
    }

    /// The model of `model` or `model@alias`.
    static String modelOf(String address) {
        int at = address.indexOf('@');
        return at < 0 ? address : address.substring(0, at);
    }

    private static Map<String, String> parameters(long priority, long timeoutNanos) {
        Map<String, String> parameters = new HashMap<>();
        if (priority > 0) {
            parameters.put("priority", Long.toString(priority));
        }
        if (timeoutNanos > 0) {
            parameters.put("timeout", Long.toString(TimeUnit.NANOSECONDS.toMicros(timeoutNanos)));
        }
        return parameters;
    }

    private static Map<String, String> headers(PayloadLog log, Function<String, @Nullable CharSequence> sent) {
        Map<String, String> headers = new HashMap<>();
        for (String name : log.headers()) {
            CharSequence value = sent.apply(name);
            if (value != null) {
                headers.put(name, value.toString());
            }
        }
        return headers;
    }

    private static List<PayloadTensor> copies(List<Tensor> tensors) {
        return tensors.stream()
                .map(tensor -> PayloadTensor.of(tensor.name(), tensor.type(), tensor.shape(), copy(tensor.data())))
                .toList();
    }

    private static ByteBuffer copy(ByteBuffer data) {
        ByteBuffer copy = ByteBuffer.allocate(data.remaining()).order(ByteOrder.LITTLE_ENDIAN);
        copy.put(0, data, data.position(), data.remaining());
        return copy;
    }

    private interface Addresses {
        long of(int tensor);
    }

    private static List<PayloadTensor> rows(List<Layout.Tensor> tensors, Layout layout, int rows, Addresses addresses) {
        List<PayloadTensor> copies = new ArrayList<>(tensors.size());
        for (int i = 0; i < tensors.size(); i++) {
            Layout.Tensor tensor = tensors.get(i);
            byte[] data = new byte[Math.toIntExact(rows * tensor.rowBytes)];
            MemorySegment.copy(Native.ALL, addresses.of(i), MemorySegment.ofArray(data), 0, data.length);
            copies.add(PayloadTensor.of(
                    new String(tensor.name, StandardCharsets.UTF_8),
                    tensor.type,
                    shape(layout, tensor, rows),
                    ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN)));
        }
        return copies;
    }

    private static Shape shape(Layout layout, Layout.Tensor tensor, int rows) {
        if (layout.rowDims() == 0) {
            return tensor.shape;
        }
        long[] dims = tensor.shape.toArray();
        dims[0] = rows;
        return Shape.of(dims);
    }

    /// To be called while the outputs are there.
    void answered(ModelKey key, List<Tensor> outputs) {
        attempt(() -> {
            long bytes = outputs.stream().mapToLong(Tensor::byteCount).sum();
            finish(key, null, "", log.hasRoom(bytes) ? copies(outputs) : null);
        });
    }

    /// The same on the fast path.
    void answered(Layout layout, int rows, BatchOutputs outputs, int firstRow) {
        attempt(() -> {
            long bytes = layout.outputs.stream()
                    .mapToLong(tensor -> rows * tensor.rowBytes)
                    .sum();
            Addresses addresses = output -> outputs.address(output) + firstRow * outputs.rowBytes(output);
            finish(
                    layout.model.key(),
                    null,
                    "",
                    log.hasRoom(bytes) ? rows(layout.outputs, layout, rows, addresses) : null);
        });
    }

    /// @param key the version it was about, or null if none was found
    void failed(String model, @Nullable ModelKey key, ErrorCode code, String message) {
        attempt(() -> {
            if (key == null) {
                finish(modelOf(model), 0, code, message, List.of());
            } else {
                finish(key, code, message, List.of());
            }
        });
    }

    private void attempt(Runnable action) {
        try {
            action.run();
        } catch (RuntimeException | OutOfMemoryError e) {
            log.dropped();
            LOG.log(System.Logger.Level.DEBUG, "a request could not be kept", e);
        }
    }

    private void finish(
            ModelKey key, @Nullable ErrorCode failure, String message, @Nullable List<PayloadTensor> outputs) {
        finish(key.name(), key.version(), failure, message, outputs);
    }

    private void finish(
            String model,
            long version,
            @Nullable ErrorCode failure,
            String message,
            @Nullable List<PayloadTensor> outputs) {
        if (inputs == null || outputs == null) {
            log.dropped();
            return;
        }
        long micros = TimeUnit.NANOSECONDS.toMicros(log.clock().nanoTime() - startNanos);
        log.offer(new PayloadRecord(
                callerId.isEmpty() ? log.newId() : callerId,
                callerId,
                model,
                version,
                time,
                micros,
                parameters,
                headers,
                inputs,
                wanted,
                failure,
                message,
                outputs));
    }
}
