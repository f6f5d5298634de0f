package dev.penstock.server.payload;

import dev.penstock.core.Assigned;
import dev.penstock.core.ErrorCode;
import dev.penstock.core.InferenceRequest;
import dev.penstock.core.ModelKey;
import dev.penstock.core.ReplySink;
import dev.penstock.core.Tensor;
import dev.penstock.core.batching.BatchOutputs;
import dev.penstock.server.fast.CopiedRows;
import dev.penstock.server.fast.FastCall;
import dev.penstock.server.fast.Layout;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What was copied of a request that is kept, until its outcome. Written by the thread that made it, then by
/// the one that brings the outcome.
///
/// Whatever goes wrong here, the request goes on.
final class Capture {
    private final PayloadLog log;
    private final String callerId;
    private final long startNanos;
    private final Instant time;
    private final Map<String, String> parameters;
    private final Map<String, String> headers;
    private final List<String> wanted;

    private final List<PayloadTensor> inputs;

    /// Told before the outcome, by whoever brings it; null where there is no route.
    private volatile @Nullable Assigned arm;

    /// The room of all this; what is added takes more.
    private final Reservation reservation;

    /// Whether it has its outcome, or is to have none: who sets this has the reservation from then on.
    private final AtomicBoolean ended = new AtomicBoolean();

    private Capture(
            PayloadLog log,
            Reservation reservation,
            String callerId,
            Map<String, String> parameters,
            Map<String, String> headers,
            List<String> wanted,
            List<PayloadTensor> inputs) {
        this.log = log;
        this.reservation = reservation;
        this.callerId = callerId;
        this.startNanos = log.clock().nanoTime();
        this.time = log.time().instant();
        this.parameters = parameters;
        this.headers = headers;
        this.wanted = wanted;
        this.inputs = inputs;
    }

    /// Copies a request of the general path.
    ///
    /// @return null if there is no room for it
    static @Nullable Capture of(PayloadLog log, InferenceRequest request, ReplySink sink) {
        Map<String, String> headers = headers(log, sink::header);
        Reservation reservation = log.reserve(Weight.of(request) + Weight.of(headers));
        return taken(
                reservation,
                () -> new Capture(
                        log,
                        Objects.requireNonNull(reservation),
                        request.id(),
                        parameters(request.priority(), request.timeoutNanos()),
                        headers,
                        request.outputs(),
                        kept(CopiedRows.copies(request.inputs()))));
    }

    /// Copies a request of the fast path.
    ///
    /// @return null if there is no room for it
    static @Nullable Capture of(PayloadLog log, FastCall call, Layout layout) {
        Map<String, String> headers = headers(log, call::header);
        Reservation reservation = log.reserve(Weight.of(call, layout) + Weight.of(headers));
        Capture capture = taken(
                reservation,
                () -> new Capture(
                        log,
                        Objects.requireNonNull(reservation),
                        new String(call.id(), 0, call.idLength(), StandardCharsets.UTF_8),
                        parameters(call.priority(), call.timeoutNanos()),
                        headers,
                        List.of(),
                        kept(CopiedRows.inputs(call, layout))));
        if (capture != null) {
            capture.arm = call.arm();
        }
        return capture;
    }

    /// What cannot be copied gives its room back.
    private static @Nullable Capture taken(@Nullable Reservation reservation, Supplier<Capture> copying) {
        if (reservation == null) {
            return null;
        }
        Capture copied = null;
        try {
            copied = copying.get();
        } finally {
            if (copied == null) {
                reservation.release();
            }
        }
        return copied;
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

    private static List<PayloadTensor> kept(List<Tensor> copies) {
        return copies.stream()
                .map(tensor -> PayloadTensor.of(tensor.name(), tensor.type(), tensor.shape(), tensor.data()))
                .toList();
    }

    /// A route gives the request to an arm; the last one counts.
    void assigned(Assigned newArm) {
        arm = newArm;
    }

    /// To be called while the outputs are there.
    void answered(ModelKey key, List<Tensor> outputs) {
        attempt(() -> {
            if (hasRoom(Weight.of(outputs))) {
                finish(key.name(), key.version(), null, "", kept(CopiedRows.copies(outputs)));
            }
        });
    }

    /// The same on the fast path.
    void answered(Layout layout, int rows, BatchOutputs outputs, int firstRow) {
        attempt(() -> {
            if (hasRoom(Weight.ofOutputs(layout, rows))) {
                ModelKey key = layout.model.key();
                List<Tensor> copies = CopiedRows.outputs(layout, rows, outputs, firstRow);
                finish(key.name(), key.version(), null, "", kept(copies));
            }
        });
    }

    /// A request that fits its version has no answer.
    void failed(ModelKey key, ErrorCode code, String message) {
        attempt(() -> {
            if (hasRoom(Weight.of(message))) {
                finish(key.name(), key.version(), code, message, List.of());
            }
        });
    }

    /// A request was refused before it was held against a version. Its fields may be any, and may have other
    /// names than rules know: of its tensors only names, types and shapes are kept, and of a request to no
    /// known model no headers either.
    ///
    /// @param model as it was called
    /// @param key the version it was about, or null if none was found
    void refused(String model, @Nullable ModelKey key, ErrorCode code, String message) {
        attempt(() -> {
            if (!hasRoom(Weight.of(message))) {
                return;
            }
            List<PayloadTensor> outlines = inputs.stream()
                    .map(input -> input.without(Redaction.DROP, ""))
                    .toList();
            PayloadRecord record = key == null
                    ? record(modelOf(model), 0, code, message, List.of())
                            .with(Map.of(), Map.of(), Set.of(), outlines, List.of())
                    : record(key.name(), key.version(), code, message, List.of())
                            .with(parameters, headers, Set.of(), outlines, List.of());
            log.hand(reservation, record);
        });
    }

    /// There is no outcome: what it was to be offered to did not take it.
    void untaken() {
        if (ended.compareAndSet(false, true)) {
            reservation.release();
        }
    }

    private boolean hasRoom(long more) {
        boolean fits = reservation.grow(more);
        if (!fits) {
            log.dropped();
        }
        return fits;
    }

    private void attempt(Runnable action) {
        if (!ended.compareAndSet(false, true)) {
            return;
        }
        try {
            action.run();
        } catch (RuntimeException | OutOfMemoryError e) {
            reservation.release();
            log.lost(e);
        }
    }

    private void finish(
            String model, long version, @Nullable ErrorCode failure, String message, List<PayloadTensor> outputs) {
        log.hand(reservation, record(model, version, failure, message, outputs));
    }

    private PayloadRecord record(
            String model, long version, @Nullable ErrorCode failure, String message, List<PayloadTensor> outputs) {
        long micros = TimeUnit.NANOSECONDS.toMicros(log.clock().nanoTime() - startNanos);
        return new PayloadRecord(
                callerId.isEmpty() ? log.newId() : callerId,
                callerId,
                model,
                version,
                arm,
                time,
                micros,
                parameters,
                headers,
                Set.of(),
                inputs,
                wanted,
                failure,
                message,
                outputs);
    }
}
